/** Samples looked at before and after a pick. */
const SIDE = 100;
const PART = 0.95;

/**
 * How much larger samples are after a pick than before it, in decibels to one decimal: 20 log10 of the ratio of their
 * 95th percentiles (signed values of all components together), in 100 samples on each side or as many as there are.
 * `rows` is one window, component after component. Undefined where the program has none.
 * Source: `_get_snr` of smousavi05/EQTransformer.
 */
export function windowSnrDb(
  rows: Float32Array,
  windowSamples: number,
  sample: number,
): number | undefined {
  if (sample <= 0 || sample + SIDE === windowSamples) return undefined;
  const toEnd = windowSamples - sample;
  const side = toEnd < SIDE ? toEnd : Math.min(SIDE, sample);
  const noise = percentile(rows, windowSamples, sample - side, sample);
  const signal = percentile(rows, windowSamples, sample, sample + side);
  const decibels = 10 * Math.log10((signal / noise) ** 2);
  return Number.isFinite(decibels) ? Math.round(10 * decibels) / 10 : undefined;
}

/** Between the two nearest values by a straight line. */
function percentile(rows: Float32Array, windowSamples: number, from: number, to: number): number {
  const values: number[] = [];
  for (let row = 0; row < rows.length; row += windowSamples) {
    values.push(...rows.subarray(row + from, row + to));
  }
  values.sort((a, b) => a - b);
  const place = PART * (values.length - 1);
  const below = values[Math.floor(place)] ?? NaN;
  const above = values[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

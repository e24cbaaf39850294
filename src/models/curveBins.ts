// Probability curves thinned for drawing: bins keep the maximum, for a peak must never vanish.

/** Samples a bin of the stored thinned curve holds. */
export const CURVE_BIN_SAMPLES = 64;

/**
 * Writes the maxima of blocks of `CURVE_BIN_SAMPLES` samples; block b covers `[64 b, 64 b + 64)`.
 * `fromBin` and `toBin` bound the work, so that a long curve can be done slice by slice.
 */
export function maximumBins(
  curve: Float32Array,
  fromBin: number,
  toBin: number,
  out: Float32Array,
): void {
  for (let bin = fromBin; bin < toBin; bin += 1) {
    const end = Math.min(curve.length, (bin + 1) * CURVE_BIN_SAMPLES);
    let maximum = 0;
    for (let i = bin * CURVE_BIN_SAMPLES; i < end; i += 1) {
      const value = curve[i] as number;
      if (value > maximum) maximum = value;
    }
    out[bin] = maximum;
  }
}

/**
 * Thins values to min/max pairs for drawing: output bin b holds (0, maximum of `perBin` values).
 * The last bin may cover fewer.
 */
export function drawnBins(values: Float32Array, perBin: number): Float32Array {
  const bins = Math.ceil(values.length / perBin);
  const out = new Float32Array(2 * bins);
  for (let bin = 0; bin < bins; bin += 1) {
    const end = Math.min(values.length, (bin + 1) * perBin);
    let maximum = 0;
    for (let i = bin * perBin; i < end; i += 1) {
      const value = values[i] as number;
      if (value > maximum) maximum = value;
    }
    out[2 * bin + 1] = maximum;
  }
  return out;
}

/** Samples `[from, to)` of a record that a digitiser or amplifier cut off. */
export interface ClippedSpan {
  readonly from: number;
  readonly to: number;
}

/** Equal extreme samples in a row that no signal makes by itself. */
const LEAST_SAMPLES = 4;
/**
 * Flat tops: at least four samples in a row at the record's highest or lowest value, as recorded (a filter rounds
 * them), where it is not flat as a whole. Spans in order of time.
 */
export function clippedSpans(samples: ArrayLike<number>): ClippedSpan[] {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (!(highest > lowest)) return [];
  const spans: ClippedSpan[] = [];
  let from = 0;
  for (let i = 1; i <= samples.length; i += 1) {
    const side = (k: number): number =>
      samples[k] === highest ? 1 : samples[k] === lowest ? -1 : 0;
    if (i < samples.length && side(i) === side(from)) continue;
    if (side(from) !== 0 && i - from >= LEAST_SAMPLES) spans.push({ from, to: i });
    from = i;
  }
  return spans;
}

/** Bars of the probability histogram. */
export const BINS = 40;

/** The bar of a probability; 1 belongs to the last. */
export function binOf(value: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(value * BINS)));
}

export function histogram(values: readonly number[]): Uint32Array {
  const counts = new Uint32Array(BINS);
  for (const value of values) {
    const bin = binOf(value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

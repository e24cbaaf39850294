import type { ResidualHistogram } from '../domain/evaluation/comparison.ts';
import type { ResidualStatistics } from '../domain/evaluation/score.ts';

/**
 * Count, mean, standard deviation (divisor n), median and median absolute deviation about the median (unscaled)
 * of residuals in seconds; null where there are none.
 */
export function residualStatistics(residualsS: readonly number[]): ResidualStatistics {
  const n = residualsS.length;
  if (n === 0) return { n, mean: null, std: null, mad: null, median: null };
  const mean = residualsS.reduce((sum, value) => sum + value, 0) / n;
  const variance = residualsS.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  const median = medianOf(residualsS);
  const mad = medianOf(residualsS.map((value) => Math.abs(value - median)));
  return { n, mean, std: Math.sqrt(variance), mad, median };
}

/** The middle value, the mean of the two middle ones; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

/**
 * Counts per bin over ± `halfWidthS`. An odd number of bins puts zero in the middle of one. Values beyond, which
 * a matching within the tolerance does not give, are not counted.
 */
export function residualHistogram(
  residualsS: readonly number[],
  halfWidthS: number,
  bins: number,
): ResidualHistogram {
  const widthS = (2 * halfWidthS) / bins;
  const edgesS = Array.from({ length: bins + 1 }, (_, i) => i * widthS - halfWidthS);
  const counts = new Array<number>(bins).fill(0);
  for (const value of residualsS) {
    if (Math.abs(value) > halfWidthS) continue;
    const bin = widthS > 0 ? Math.floor((value + halfWidthS) / widthS) : 0;
    const place = Math.max(0, Math.min(bins - 1, bin));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return { edgesS, counts };
}

import type { ComparedOnset } from '../../../src/contract/messages/comparison.ts';
import { type ResidualBin, residualS } from '../../state/comparison.svelte.ts';

/** Odd, so that one bin has zero in its middle. */
export const RESIDUAL_BINS = 41;

/** Width of a bin over ± tolerance. */
export const binWidthS = (toleranceS: number): number => (2 * toleranceS) / RESIDUAL_BINS;

/** How many onsets of a phase lie in each bin; a residual at the tolerance is in the last one. */
export function residualCounts(
  onsets: readonly ComparedOnset[],
  phase: string,
  toleranceS: number,
): Uint32Array {
  const counts = new Uint32Array(RESIDUAL_BINS);
  for (const onset of onsets) {
    const residual = residualS(onset);
    if (residual === undefined || onset.phase !== phase) continue;
    const bin = binAt(residual, toleranceS);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

export function binAt(residual: number, toleranceS: number): number {
  const bin = Math.floor((residual + toleranceS) / binWidthS(toleranceS));
  return Math.min(RESIDUAL_BINS - 1, Math.max(0, bin));
}

/** The residuals of a bin; the first and the last hold what lies at the tolerance too. */
export function binRange(phase: string, bin: number, toleranceS: number): ResidualBin {
  const width = binWidthS(toleranceS);
  const fromS = bin === 0 ? -Infinity : -toleranceS + bin * width;
  const toS = bin === RESIDUAL_BINS - 1 ? Infinity : -toleranceS + (bin + 1) * width;
  return { phase, fromS, toS };
}

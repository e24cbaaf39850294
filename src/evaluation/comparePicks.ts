import type { PhaseComparison, PickComparison, PickPair } from '../domain/evaluation/comparison.ts';
import type { ScoredPhase, Tolerance } from '../domain/evaluation/tolerance.ts';
import { matchPicks } from './matchPicks.ts';
import { residualHistogram, residualStatistics } from './residuals.ts';
import { type ScoredPick, scoredPhase } from './scoredPick.ts';

export interface CompareOptions {
  readonly tolerance: Tolerance;
  /** A pair counts as moved when it is further apart than this; one sample of the model, as a rule. */
  readonly movedBeyondS: number;
  /** Bins of each histogram over ± tolerance; odd, so that one has zero in its middle. */
  readonly bins?: number;
}

const BINS = 41;

/**
 * Two pick sets side by side: what both have, what moved, what only one has, with residuals b − a. Pairs are those
 * of `matchPicks`, a as the reference.
 */
export function comparePicks(
  a: readonly ScoredPick[],
  b: readonly ScoredPick[],
  options: CompareOptions,
): PickComparison {
  const matching = matchPicks(a, b, options.tolerance);
  const pairs = matching.pairs.map(({ reference, pick, phase, residualS }): PickPair => {
    const moved = Math.abs(residualS) > options.movedBeyondS;
    return { a: reference, b: pick, phase, residualS, moved };
  });
  const ofPhase = (phase: ScoredPhase): PhaseComparison => {
    const own = pairs.filter((pair) => pair.phase === phase);
    const residuals = own.map((pair) => pair.residualS);
    const count = (picks: readonly ScoredPick[], indices: readonly number[]): number =>
      indices.filter((index) => scoredPhase(picks[index]?.phase ?? '') === phase).length;
    return {
      matched: own.length,
      moved: own.filter((pair) => pair.moved).length,
      onlyA: count(a, matching.missed),
      onlyB: count(b, matching.extra),
      residualS: residualStatistics(residuals),
      histogram: residualHistogram(residuals, options.tolerance[phase], options.bins ?? BINS),
    };
  };
  return {
    pairs,
    onlyA: matching.missed,
    onlyB: matching.extra,
    byPhase: { P: ofPhase('P'), S: ofPhase('S') },
    otherPhaseA: matching.otherReferences,
    otherPhaseB: matching.otherPicks,
  };
}

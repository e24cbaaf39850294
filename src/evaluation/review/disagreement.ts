// What other models, or the members of an ensemble, say of a pick.

import type { PickScatter } from '../../domain/event/pickScatter.ts';
import type { DoubtSign, ReviewPick } from './reviewPick.ts';

/** A run that looked at the same data. Times in the picks' seconds. */
export interface SecondOpinion {
  readonly runId: number;
  readonly modelId: string;
  /** Onset times by `NET.STA PHASE`, rising. */
  readonly onsetsS: ReadonlyMap<string, Float64Array>;
  /** Whether it looked there. */
  readonly looked: (station: string, timeS: number) => boolean;
  /** Of a phase, where the run has one. */
  readonly threshold: (phase: string) => number | undefined;
}

export interface OpinionTolerance {
  /** Beyond it, it is another onset. */
  readonly sameOnsetS: number;
  /** Within it, both mean the same sample. */
  readonly agreeS: number;
}

export const OPINION_TOLERANCE: OpinionTolerance = { sameOnsetS: 0.5, agreeS: 0.1 };

/**
 * The strongest disagreement on a pick: 1 where another run has nothing within the tolerance, rising from 0 to 1
 * with the residual between the two bounds. A run of the same model with a threshold above the pick's probability
 * says nothing.
 */
export function disagreementOn(
  pick: ReviewPick,
  modelId: string | undefined,
  opinions: readonly SecondOpinion[],
  tolerance: OpinionTolerance = OPINION_TOLERANCE,
): DoubtSign | undefined {
  let worst: DoubtSign | undefined;
  for (const opinion of opinions) {
    if (opinion.runId === pick.runId || !opinion.looked(pick.station, pick.timeS)) continue;
    const sameModel = opinion.modelId === modelId;
    if (sameModel && (pick.probability ?? 1) < (opinion.threshold(pick.phase) ?? 0)) continue;
    const sign = compared(pick, opinion, tolerance);
    if (sign && sign.degree > (worst?.degree ?? 0)) worst = sign;
  }
  return worst;
}

function compared(
  pick: ReviewPick,
  { onsetsS, modelId, runId }: SecondOpinion,
  { sameOnsetS, agreeS }: OpinionTolerance,
): DoubtSign | undefined {
  const who = `${modelId} (run ${runId})`;
  const nearest = nearestOf(onsetsS.get(`${pick.station} ${pick.phase}`), pick.timeS);
  const byS = nearest === undefined ? Infinity : nearest - pick.timeS;
  const apartS = Math.abs(byS);
  if (apartS > sameOnsetS) {
    return { degree: 1, text: `${who} has no ${pick.phase} within ${sameOnsetS} s` };
  }
  if (apartS <= agreeS) return undefined;
  const side = byS < 0 ? 'earlier' : 'later';
  return {
    degree: (apartS - agreeS) / (sameOnsetS - agreeS),
    text: `${who} has it ${apartS.toFixed(2)} s ${side}`,
  };
}

/** The spread of an ensemble or of repeated windows: the share that does not see the pick, or how far times scatter. */
export function spreadSign(
  { asked, agreeing, timeDeviationS }: PickScatter,
  { sameOnsetS, agreeS }: OpinionTolerance = OPINION_TOLERANCE,
): DoubtSign | undefined {
  if (asked < 2) return undefined;
  const without = 1 - agreeing / asked;
  const scatter = ((timeDeviationS ?? 0) - agreeS) / (sameOnsetS - agreeS);
  if (without <= 0 && scatter <= 0) return undefined;
  if (without >= scatter)
    return { degree: without, text: `${agreeing} of ${asked} that looked see it` };
  return {
    degree: Math.min(1, scatter),
    text: `its time scatters by ${(timeDeviationS ?? 0).toFixed(2)} s among ${agreeing} of ${asked}`,
  };
}

/** The value of a rising list that is nearest; undefined of an empty one. */
export function nearestOf(sorted: Float64Array | undefined, value: number): number | undefined {
  if (!sorted || sorted.length === 0) return undefined;
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [sorted[low - 1], sorted[low]];
  if (before === undefined || after === undefined) return before ?? after;
  return value - before <= after - value ? before : after;
}

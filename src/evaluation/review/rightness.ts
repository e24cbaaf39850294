// How likely an analyst accepts a pick, from what they said of picks like it.
//
//   r₀ = ½ + ½ · clamp((p − t) / (1 − t), 0, 0.9)                before any decision: at the threshold t one in two is
//                                                               right, far above it 19 of 20; ½ without a probability
//   r₁ = (K r₀ + A) / (K + A + W)                               A accepted, W rejected of the phase, all stations
//   r  = (K r₁ + A′) / (K + A′ + W′)                            of the phase at the station alone
//
// A and W are weighted by how near their probability is: 1, ⅔ and ⅓ for the same and the next two bins of 0.05.
// K = 4 decisions is what the level above is worth.

import { type ReviewPick, verdictOf } from './reviewPick.ts';

const BINS = 20;
/** Picks without a probability have a bin of their own. */
const NO_PROBABILITY = BINS + 2;
const REACH = 2;
export const PRIOR_DECISIONS = 4;
const MOST_SURE = 0.9;

interface Tally {
  readonly right: Float64Array;
  readonly wrong: Float64Array;
}

/** Decisions near a pick's probability, weighted. */
export interface NearDecisions {
  readonly right: number;
  readonly wrong: number;
}

/** The decisions so far, by phase and by station and phase. */
export class Decisions {
  readonly #tallies = new Map<string, Tally>();
  readonly #hours = new Map<string, number>();

  constructor(picks: readonly ReviewPick[]) {
    for (const pick of picks) {
      const verdict = verdictOf(pick);
      if (!verdict) continue;
      const bin = binOf(pick.probability);
      for (const key of [pick.phase, stationKey(pick)]) {
        const tally = this.#tallies.get(key) ?? emptyTally();
        tally[verdict][bin] = (tally[verdict][bin] ?? 0) + 1;
        this.#tallies.set(key, tally);
      }
      this.#hours.set(hourKey(pick), (this.#hours.get(hourKey(pick)) ?? 0) + 1);
    }
  }

  /** Of the pick's phase at its station, or at all stations. */
  near(pick: ReviewPick, where: 'station' | 'everywhere'): NearDecisions {
    const tally = this.#tallies.get(where === 'station' ? stationKey(pick) : pick.phase);
    if (!tally) return NONE;
    const bin = binOf(pick.probability);
    if (bin === NO_PROBABILITY)
      return { right: tally.right[bin] ?? 0, wrong: tally.wrong[bin] ?? 0 };
    let [right, wrong] = [0, 0];
    for (let by = -REACH; by <= REACH; by += 1) {
      const other = bin + by;
      if (other < 0 || other >= BINS) continue;
      const weight = 1 - Math.abs(by) / (REACH + 1);
      right += weight * (tally.right[other] ?? 0);
      wrong += weight * (tally.wrong[other] ?? 0);
    }
    return { right, wrong };
  }

  /** Decisions at the pick's station within its hour. */
  inHour(pick: ReviewPick): number {
    return this.#hours.get(hourKey(pick)) ?? 0;
  }

  /** The estimate r of the head of this file, 0 to 1. */
  right(pick: ReviewPick): number {
    const everywhere = this.near(pick, 'everywhere');
    const phase = withPrior(priorOf(pick), everywhere);
    return withPrior(phase, this.near(pick, 'station'));
  }
}

const NONE: NearDecisions = { right: 0, wrong: 0 };

function withPrior(prior: number, { right, wrong }: NearDecisions): number {
  return (PRIOR_DECISIONS * prior + right) / (PRIOR_DECISIONS + right + wrong);
}

function priorOf({ probability, threshold }: ReviewPick): number {
  if (probability === undefined || threshold === undefined || threshold >= 1) return 0.5;
  const above = (probability - threshold) / (1 - threshold);
  return 0.5 + 0.5 * Math.min(MOST_SURE, Math.max(0, above));
}

function emptyTally(): Tally {
  return {
    right: new Float64Array(NO_PROBABILITY + 1),
    wrong: new Float64Array(NO_PROBABILITY + 1),
  };
}

function binOf(probability: number | undefined): number {
  if (probability === undefined) return NO_PROBABILITY;
  return Math.min(BINS - 1, Math.max(0, Math.floor(probability * BINS)));
}

const stationKey = ({ station, phase }: ReviewPick): string => `${station} ${phase}`;
const hourKey = ({ station, timeS }: ReviewPick): string =>
  `${station} ${Math.floor(timeS / 3600)}`;

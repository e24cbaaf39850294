// How likely an analyst accepts a pick, from what they said of picks like it.
//
//   r₀ = ½ + ½ · clamp((p − t) / (1 − t), 0, 0.9)                before any decision: at the threshold t one in two is
//                                                               right, far above it 19 of 20; ½ without a probability
//   r₁ = (K r₀ + A) / (K + A + W)                               A accepted, W rejected of the phase, all stations
//   r  = (K r₁ + A′) / (K + A′ + W′)                            of the phase at the station alone
//
// A and W are weighted by how near their probability is: 1, ⅔ and ⅓ for the same and the next two bins of 0.05.
// K = 4 decisions is what the level above is worth.

import { type ReviewPick, verdictsOn } from './reviewPick.ts';

const BINS = 20;
/** Picks without a probability have a bin of their own. */
const NO_PROBABILITY = BINS + 2;
const REACH = 2;
export const PRIOR_DECISIONS = 4;
const MOST_SURE = 0.9;

/** Counts per bin, then weighted sums over the bins around each. */
interface Tally {
  readonly right: Float64Array;
  readonly wrong: Float64Array;
}

/** Decisions near a pick's probability, weighted. */
export interface NearDecisions {
  readonly right: number;
  readonly wrong: number;
}

/** By pick id. */
export type Verdicts = ReadonlyMap<number, 'right' | 'wrong'>;

const EVERYWHERE = '';

/** The decisions so far, by phase and by station and phase. */
export class Decisions {
  /** By station, then phase; weighted sums. */
  readonly #near = new Map<string, Map<string, Tally>>();
  readonly #hours = new Map<string, Map<number, number>>();

  constructor(picks: readonly ReviewPick[], verdicts: Verdicts = verdictsOn(picks)) {
    const counts = new Map<string, Map<string, Tally>>();
    for (const pick of picks) {
      const verdict = verdicts.get(pick.id);
      if (!verdict) continue;
      const bin = binOf(pick.probability);
      for (const station of [EVERYWHERE, pick.station]) {
        const tally = tallyAt(counts, station, pick.phase);
        tally[verdict][bin] = (tally[verdict][bin] ?? 0) + 1;
      }
      const hours = this.#hours.get(pick.station) ?? new Map<number, number>();
      hours.set(hourOf(pick), (hours.get(hourOf(pick)) ?? 0) + 1);
      this.#hours.set(pick.station, hours);
    }
    for (const [station, phases] of counts) {
      const summed = [...phases].map(([phase, tally]) => [phase, weighted(tally)] as const);
      this.#near.set(station, new Map(summed));
    }
  }

  /** Of the pick's phase at its station, or at all stations. */
  near(pick: ReviewPick, where: 'station' | 'everywhere'): NearDecisions {
    const station = where === 'station' ? pick.station : EVERYWHERE;
    const tally = this.#near.get(station)?.get(pick.phase);
    if (!tally) return NONE;
    const bin = binOf(pick.probability);
    return { right: tally.right[bin] ?? 0, wrong: tally.wrong[bin] ?? 0 };
  }

  /** Decisions at the pick's station within its hour. */
  inHour(pick: ReviewPick): number {
    return this.#hours.get(pick.station)?.get(hourOf(pick)) ?? 0;
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

const hourOf = ({ timeS }: ReviewPick): number => Math.floor(timeS / 3600);

function tallyAt(tallies: Map<string, Map<string, Tally>>, station: string, phase: string): Tally {
  const phases = tallies.get(station) ?? new Map<string, Tally>();
  const tally = phases.get(phase) ?? emptyTally();
  tallies.set(station, phases.set(phase, tally));
  return tally;
}

function weighted({ right, wrong }: Tally): Tally {
  return { right: right.map(weightedSum), wrong: wrong.map(weightedSum) };
}

function weightedSum(own: number, bin: number, counts: Float64Array): number {
  if (bin >= BINS) return own;
  let sum = own;
  for (let by = 1; by <= REACH; by += 1) {
    const weight = 1 - by / (REACH + 1);
    if (bin - by >= 0) sum += weight * (counts[bin - by] ?? 0);
    if (bin + by < BINS) sum += weight * (counts[bin + by] ?? 0);
  }
  return sum;
}

// How far the members of an ensemble, or the runs of one model at several offsets, disagree.

import { type Curve, commonLength, reduceMembers } from './members.ts';

/** Per sample, over the members with a value there. */
export interface CurveDisagreement {
  /** Standard deviation, divisor n. */
  readonly standardDeviation: Float64Array;
  /** Highest less lowest. */
  readonly range: Float64Array;
  readonly members: Uint16Array;
}

/** Spread of the members' probabilities at each sample; NaN, and 0 members, where none has a value. */
export function curveDisagreement(curves: readonly Curve[]): CurveDisagreement {
  const members = new Uint16Array(commonLength(curves));
  for (const curve of curves) {
    for (let i = 0; i < members.length; i += 1) {
      if (!Number.isNaN(curve[i])) members[i] = (members[i] as number) + 1;
    }
  }
  return {
    standardDeviation: reduceMembers(curves, standardDeviationOf),
    range: reduceMembers(curves, (values, _, count) => {
      let low = Infinity;
      let high = -Infinity;
      for (let k = 0; k < count; k += 1) {
        low = Math.min(low, values[k] as number);
        high = Math.max(high, values[k] as number);
      }
      return high - low;
    }),
    members,
  };
}

function standardDeviationOf(values: Float64Array, _: Int32Array, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += values[k] as number;
  const mean = sum / count;
  let squares = 0;
  for (let k = 0; k < count; k += 1) squares += ((values[k] as number) - mean) ** 2;
  return Math.sqrt(squares / count);
}

/** What one member says about a pick of the ensemble: its own highest sample nearby. */
export interface MemberVote {
  readonly member: number;
  readonly sample: number;
  readonly value: number;
}

/**
 * Each member's highest sample within `reachSamples` of an ensemble's pick; of equals the nearest to the pick.
 * Members without a value there are left out.
 */
export function memberVotes(
  curves: readonly Curve[],
  pickSample: number,
  reachSamples: number,
): MemberVote[] {
  return curves.flatMap((curve, member) => {
    const from = Math.max(0, pickSample - reachSamples);
    const to = Math.min(curve.length - 1, pickSample + reachSamples);
    let best: MemberVote | undefined;
    for (let sample = from; sample <= to; sample += 1) {
      const value = curve[sample] as number;
      if (value !== value || (best !== undefined && value < best.value)) continue;
      const nearer = Math.abs(sample - pickSample) < Math.abs((best?.sample ?? 0) - pickSample);
      if (best === undefined || value > best.value || nearer) best = { member, sample, value };
    }
    return best === undefined ? [] : [best];
  });
}

/** Scatter of the votes for a pick, of those at or above the threshold. */
export interface VoteScatter {
  readonly agreeing: number;
  /** Members with a value near the pick. */
  readonly asked: number;
  /** Of the agreeing members' samples less the pick's; undefined when none agrees. */
  readonly meanOffsetSamples: number | undefined;
  /** Divisor n; undefined when none agrees. */
  readonly offsetDeviationSamples: number | undefined;
  readonly earliestOffsetSamples: number | undefined;
  readonly latestOffsetSamples: number | undefined;
}

/** How many members see a pick and how far apart in time they do; for repeated runs, the pick's stability. */
export function voteScatter(
  votes: readonly MemberVote[],
  pickSample: number,
  threshold: number,
): VoteScatter {
  const offsets = votes
    .filter(({ value }) => value >= threshold)
    .map(({ sample }) => sample - pickSample);
  const some = offsets.length > 0;
  const values = Float64Array.from(offsets);
  return {
    agreeing: offsets.length,
    asked: votes.length,
    meanOffsetSamples: some ? offsets.reduce((a, b) => a + b, 0) / offsets.length : undefined,
    offsetDeviationSamples: some
      ? standardDeviationOf(values, new Int32Array(0), values.length)
      : undefined,
    earliestOffsetSamples: some ? Math.min(...offsets) : undefined,
    latestOffsetSamples: some ? Math.max(...offsets) : undefined,
  };
}

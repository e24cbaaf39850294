// Scores of parts: per station, per hour, per distance, per signal-to-noise ratio.

import { type EpochNs, epochNs } from '../base/time.ts';
import type { BinScore, Score, ScoreParts } from '../domain/evaluation/score.ts';
import { type Outcome, SCORE_OPTIONS, type ScoreOptions, scoreOf } from './score.ts';
import type { ScoredPick } from './scoredPick.ts';

const HOUR_NS = 3_600_000_000_000n;

/** By `NET.STA`, in order of the name. */
export function scoreByStation(
  outcomes: readonly Outcome[],
  options: ScoreOptions = SCORE_OPTIONS,
): { readonly station: string; readonly score: Score }[] {
  const groups = Map.groupBy(outcomes, ({ of }) => of.station);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([station, group]) => ({ station, score: scoreOf(group, options) }));
}

/** By full hour UTC, in order of time; hours without anything are not listed. */
export function scoreByHour(
  outcomes: readonly Outcome[],
  options: ScoreOptions = SCORE_OPTIONS,
): { readonly startNs: EpochNs; readonly score: Score }[] {
  const hourOf = (time: bigint): bigint => time - (((time % HOUR_NS) + HOUR_NS) % HOUR_NS);
  const groups = Map.groupBy(outcomes, ({ of }) => hourOf(of.time));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, group]) => ({ startNs: epochNs(hour), score: scoreOf(group, options) }));
}

/**
 * By a quantity of the reference, of an extra pick of the pick; where the reference has none, of its pick.
 * Edges ascend; below the first and from the last on are bins too. Empty bins are not listed.
 */
export function scoreByBin(
  outcomes: readonly Outcome[],
  valueOf: (pick: ScoredPick) => number | undefined,
  edges: readonly number[],
  options: ScoreOptions = SCORE_OPTIONS,
): BinScore[] {
  const groups = Map.groupBy(outcomes, ({ of, found }) => {
    const value = valueOf(of) ?? (found && valueOf(found));
    return value === undefined ? -1 : edges.filter((edge) => edge <= value).length;
  });
  return [...groups]
    .sort(([a], [b]) => (a < 0 ? 1 : b < 0 ? -1 : a - b))
    .map(([bin, group]) => ({
      from: edges[bin - 1] ?? null,
      to: edges[bin] ?? null,
      score: scoreOf(group, options),
    }));
}

/** Edges that suit local networks. */
const DISTANCE_EDGES_KM = [10, 25, 50, 100, 200, 400];
const SNR_EDGES = [1.5, 2, 3, 5, 10, 20];

export function scoreByDistance(outcomes: readonly Outcome[], options?: ScoreOptions): BinScore[] {
  return scoreByBin(outcomes, (pick) => pick.distanceKm, DISTANCE_EDGES_KM, options);
}

export function scoreBySnr(outcomes: readonly Outcome[], options?: ScoreOptions): BinScore[] {
  return scoreByBin(outcomes, (pick) => pick.snr, SNR_EDGES, options);
}

/** Everything by parts. */
export function scoreParts(outcomes: readonly Outcome[]): ScoreParts {
  return {
    byStation: scoreByStation(outcomes),
    byHour: scoreByHour(outcomes),
    byDistance: scoreByDistance(outcomes),
    bySnr: scoreBySnr(outcomes),
  };
}

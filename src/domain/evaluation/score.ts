// What a score says, as it crosses the contract and is printed. Null means that there is no such number:
// nothing to divide by, nothing to take a mean of. It is never 0 and never NaN.

import type { EpochNs } from '../../base/time.ts';
import type { ScoredPhase, Tolerance } from './tolerance.ts';

/** Said where fewer than `FEWEST_TO_TUNE` references of a phase are at hand. */
export const TOO_FEW_TO_TUNE = 'too few to tune';
export const FEWEST_TO_TUNE = 10;

/** The bounds of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** Of pick − reference in seconds, positive for a late pick. `std` divides by n, `mad` is the median |x − median|, unscaled. */
export interface ResidualStatistics {
  readonly n: number;
  readonly mean: number | null;
  readonly std: number | null;
  readonly mad: number | null;
  readonly median: number | null;
}

export interface ScoreCounts {
  readonly reference: number;
  readonly picks: number;
  readonly matched: number;
  /** References without a pick. */
  readonly missed: number;
  /** Picks without a reference. */
  readonly extra: number;
}

export interface Score extends ScoreCounts {
  readonly recall: number | null;
  readonly precision: number | null;
  readonly f1: number | null;
  readonly ci: {
    readonly recall: Interval | null;
    readonly precision: Interval | null;
    readonly f1: Interval | null;
  };
  readonly residualS: ResidualStatistics;
  /** `too few to tune`, or null. */
  readonly note: string | null;
}

/** Why a pick or reference is in no count. */
export type LeftOutReason =
  /** Rejected by an analyst. */
  | 'rejected'
  /** In a project that is the reference: not decided by an analyst yet. */
  | 'notReviewed'
  /** Neither P nor S. */
  | 'otherPhase'
  /** Before, after or beside what a run looked at. */
  | 'outsideSpan'
  /** Where there are no waveforms. */
  | 'outsideData'
  /** Rows of a file that are no picks. */
  | 'unreadable';
export type LeftOut = Readonly<Record<LeftOutReason, number>>;

/** A quantity's bin: holds its lower edge, not its upper; null where it is open. Both null: what has no value. */
export interface BinScore {
  readonly from: number | null;
  readonly to: number | null;
  readonly score: Score;
}

/** Scores of P and S together, part by part; parts without anything are not listed. */
export interface ScoreParts {
  /** `NET.STA`. */
  readonly byStation: readonly { readonly station: string; readonly score: Score }[];
  /** Full hours UTC. */
  readonly byHour: readonly { readonly startNs: EpochNs; readonly score: Score }[];
  /** Kilometres from the epicentre, as the reference says them. */
  readonly byDistance: readonly BinScore[];
  readonly bySnr: readonly BinScore[];
}

/** What `onset score` prints. */
export interface ScoreReport
  extends Readonly<Record<ScoredPhase | 'all', Score>>, Partial<ScoreParts> {
  readonly tolerance: Tolerance;
  readonly leftOut: { readonly reference: LeftOut; readonly picks: LeftOut };
}

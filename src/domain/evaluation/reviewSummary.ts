// What a review has said of the machine, as it crosses the contract.

import type { ResidualHistogram } from './comparison.ts';
import type { ResidualStatistics, Score } from './score.ts';
import type { ScoredPhase, Tolerance } from './tolerance.ts';
import type { Interval } from './score.ts';

/** What became of a machine's picks of one phase. Found = the other counts but `added` summed. */
export interface PhaseConfusion {
  readonly phase: ScoredPhase;
  /** Picks the machine made. */
  readonly found: number;
  /** As they were, or moved by no more than `movedBeyondS`. */
  readonly accepted: number;
  readonly moved: number;
  /** Their phase was changed to another family. */
  readonly relabelled: number;
  /** Rejected or removed. */
  readonly rejected: number;
  readonly deferred: number;
  readonly waiting: number;
  /** The analyst's picks within what was looked at that the machine did not make. */
  readonly added: number;
  /** Analyst − machine, of those that moved. */
  readonly movedS: ResidualStatistics;
  readonly histogram: ResidualHistogram;
}

export interface ConfusionGroup {
  readonly kind: 'all' | 'model' | 'set' | 'run' | 'station';
  /** `phasenet-stead`, `run 3`, the hash of the set, `XX.KALT`. */
  readonly name: string;
  readonly runIds: readonly number[];
  readonly phases: readonly PhaseConfusion[];
}

/** What the suggested threshold would have done to the picks that were decided. */
export interface WouldHaveChanged {
  /** Rejected picks below it: they would not have been there. */
  readonly spared: readonly number[];
  /** Accepted or corrected picks below it: they would have been missed. */
  readonly missed: readonly number[];
  /** Picks below it that still wait. */
  readonly waiting: readonly number[];
  /** Rejected picks at or above it. */
  readonly stillWrong: number;
}

export interface ReviewedThreshold {
  readonly phase: ScoredPhase;
  /** Undefined: all stations. */
  readonly station: string | undefined;
  /** As the run had it. */
  readonly inForce: number | undefined;
  /** Null where fewer than 10 reviewed onsets are at hand. */
  readonly suggested: number | null;
  /** At the suggestion; without one at the threshold in force. */
  readonly score: Score;
  readonly plausible: Interval | null;
  readonly changed: WouldHaveChanged | undefined;
  readonly note: string | null;
}

export interface ReviewSummary {
  readonly revision: number;
  readonly tolerance: Tolerance;
  /** A pick that was moved by less counts as accepted. */
  readonly movedBeyondS: number;
  /** All first, then models, sets and runs. */
  readonly groups: readonly ConfusionGroup[];
  /** Of the run below, by station. */
  readonly stations: readonly ConfusionGroup[];
  /** The run whose thresholds are suggested; undefined where no run was made. */
  readonly runId: number | undefined;
  /** All stations first, then by station. */
  readonly thresholds: readonly ReviewedThreshold[];
}

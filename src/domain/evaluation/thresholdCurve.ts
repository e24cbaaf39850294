// Recall, precision and false picks as the threshold goes down, as it crosses the contract.

import type { Interval, Score } from './score.ts';
import type { ScoredPhase } from './tolerance.ts';

/** What is kept with the threshold at `threshold`: picks of that probability and above. */
export interface ThresholdPoint {
  readonly threshold: number;
  readonly picks: number;
  readonly matched: number;
  readonly extra: number;
  readonly recall: number | null;
  readonly precision: number | null;
  readonly f1: number | null;
  /** False picks per hour of record, summed over stations; null where the hours are not known. */
  readonly falsePerHour: number | null;
  /** Share of the places without an onset that have a pick; null where the hours are not known. */
  readonly falsePositiveRate: number | null;
}

export interface ThresholdCurve {
  readonly phase: ScoredPhase;
  readonly reference: number;
  /** One point a distinct probability, highest first. */
  readonly points: readonly ThresholdPoint[];
  /** Mean precision over recall; null without references or picks. */
  readonly averagePrecision: number | null;
  /** Area under recall over false positive rate, the last point joined to (1, 1) by a straight line. */
  readonly rocArea: number | null;
}

/** The threshold with the best F1, with what speaks for it. */
export interface ThresholdSuggestion {
  readonly phase: ScoredPhase;
  /** Undefined: all stations together. */
  readonly station: string | undefined;
  /** Null where there are too few references to say, or no picks. */
  readonly threshold: number | null;
  /** At that threshold; without one, with all picks. */
  readonly score: Score;
  /** Thresholds around it whose F1 lies within the interval of the best. */
  readonly plausible: Interval | null;
  readonly curve: ThresholdCurve;
  /** `too few to tune`, or null. */
  readonly note: string | null;
}

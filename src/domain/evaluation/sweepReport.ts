// What a sweep found, as it crosses the contract.

import type { Score } from './score.ts';
import type { SweepRow } from './sweep.ts';
import type { ThresholdSuggestion } from './thresholdCurve.ts';
import type { ScoredPhase } from './tolerance.ts';

/** Whose F1 is sought to be large. */
export type SweepGoal = ScoredPhase | 'all';

export type PerPhase<T> = Readonly<Record<SweepGoal, T>>;

/** What one point of a sweep gives. */
export interface SweepScores extends PerPhase<Score> {
  /** False picks per hour of record, summed over stations; null where the hours are not known. */
  readonly falsePerHour: PerPhase<number | null>;
  /** Of the set with the values of this point. */
  readonly setHash: string;
  /** Whether the network was run for it; otherwise it is picked from kept curves. */
  readonly fromInference: boolean;
}

export interface SweepReport {
  readonly runId: number;
  readonly goal: SweepGoal;
  /** The parameters, in the order in which they were named. */
  readonly names: readonly string[];
  /** A page of what was tried, in the order in which it was. */
  readonly rows: readonly SweepRow<SweepScores>[];
  readonly offset: number;
  /** How many rows there are by now. */
  readonly total: number;
  readonly planned: number;
  readonly ended: boolean;
  /** The row with the largest F1; undefined while there is none. */
  readonly best: number | undefined;
  /** Rows that no other beats in recall of the goal and false picks per hour, by false picks. */
  readonly front: readonly number[];
  /** Once it has ended: P and S, of all stations together and of each, with what speaks for them. */
  readonly suggestions: readonly ThresholdSuggestion[];
  /** No suggestion lies below: by label, the lowest threshold that was looked at. */
  readonly suggestedFrom: Readonly<Record<string, number>>;
  /** References that lie in the locked part and were not read. */
  readonly locked: number;
  /** What the looks at the locked part so far mean; undefined while there was none. */
  readonly leakText: string | undefined;
  readonly warnings: readonly string[];
}

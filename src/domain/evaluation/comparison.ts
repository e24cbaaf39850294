// Two pick sets side by side, as it crosses the contract.

import type { ResidualStatistics } from './score.ts';
import type { ScoredPhase } from './tolerance.ts';

/** Counts of b − a per bin. */
export interface ResidualHistogram {
  /** Edges in seconds, one more than there are counts; a bin holds its lower edge, the last one its upper too. */
  readonly edgesS: readonly number[];
  readonly counts: readonly number[];
}

/** Two picks of one onset; the numbers are indices into the two lists. */
export interface PickPair {
  readonly a: number;
  readonly b: number;
  readonly phase: ScoredPhase;
  /** Time of b − time of a. */
  readonly residualS: number;
  /** Whether they differ by more than the amount that was asked. */
  readonly moved: boolean;
}

export interface PhaseComparison {
  /** Pairs within the tolerance, moved ones included. */
  readonly matched: number;
  readonly moved: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly residualS: ResidualStatistics;
  readonly histogram: ResidualHistogram;
}

export interface PickComparison {
  /** In order of the time of a. */
  readonly pairs: readonly PickPair[];
  /** Indices into a and into b, in order of time. */
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
  readonly byPhase: Readonly<Record<ScoredPhase, PhaseComparison>>;
  /** Indices of picks of other phases, which are not compared. */
  readonly otherPhaseA: readonly number[];
  readonly otherPhaseB: readonly number[];
}

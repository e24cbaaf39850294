// What the calls that set picks against picks carry.

import type { EpochNs } from '../../base/time.ts';
import type { EvaluationReport } from '../../domain/evaluation/evaluationReport.ts';
import type { LockChange, TestLock, TestLook } from '../../domain/evaluation/testLock.ts';
import type { Tolerance } from '../../domain/evaluation/tolerance.ts';
import type { Calibration } from '../../domain/evaluation/calibration.ts';
import type { PickSettings } from '../../domain/event/repick.ts';
import type { SetChanges } from '../../domain/parameterSet/setChanges.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { FileRef } from './session.ts';

/** What a comparison sets against each other: the picks a run made, or those an analyst stands by. */
export type ComparedPicks =
  { readonly kind: 'run'; readonly runId: number } | { readonly kind: 'reference' };

export interface ComparedPick {
  /** The pick of the catalog; undefined when a later run of the same model took its place. */
  readonly pickId: number | undefined;
  readonly stream: string;
  readonly time: EpochNs;
  readonly probability: number | undefined;
}

/** One onset of a comparison: in both within the tolerance, or in one only. */
export interface ComparedOnset {
  readonly sensorKey: string;
  readonly phase: string;
  readonly a: ComparedPick | undefined;
  readonly b: ComparedPick | undefined;
}

/** Scores of A with B as the truth; undefined where nothing can be divided. */
export interface ComparisonScore {
  readonly phase: string;
  readonly matched: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
  /** B − A over the matched onsets. */
  readonly meanResidualS: number | undefined;
  readonly stdResidualS: number | undefined;
  /** F1 of the picks of A at or above each threshold; empty without probabilities. */
  readonly curve: readonly { readonly threshold: number; readonly f1: number }[];
}

export interface Comparison {
  readonly toleranceS: number;
  /** Only what both have looked at is compared; undefined where that is everything. */
  readonly window: TimeWindow | undefined;
  readonly sensorKeys: readonly string[];
  /** By time of A, else of B. */
  readonly onsets: readonly ComparedOnset[];
  readonly scores: readonly ComparisonScore[];
  /** What could not be compared and why. */
  readonly notes: readonly string[];
  readonly revision: number;
}

/** A list of picks to score, or to score against. */
export type PickSetRef =
  /** CSV, QuakeML, markers, JSON of `scan`, or a project: of that the named run, else its newest run, as a reference its reviewed picks. */
  | { readonly kind: 'file'; readonly file: FileRef; readonly runId?: number | undefined }
  /** What a run of the open project found. */
  | { readonly kind: 'run'; readonly runId: number }
  /** What an analyst has confirmed or made in the open project. */
  | { readonly kind: 'reviewed' };

export interface RepickArgs {
  readonly runId: number;
  readonly settings: PickSettings;
  /** All time when absent. */
  readonly window?: TimeWindow;
  /** All sensors the run has curves of when absent. */
  readonly sensorKeys?: readonly string[];
  /** Whether the heights of all peaks are counted too. */
  readonly histograms?: boolean;
}

/** The picks a run would have with these settings, to be scored. */
export interface TuningScoreArgs {
  readonly runId: number;
  readonly settings: PickSettings;
  readonly reference: PickSetRef;
  readonly tolerance: Tolerance;
  /** By label: how right the probabilities would be with it is said too. Thresholds are of the model's own numbers. */
  readonly calibration?: Readonly<Record<string, Calibration>>;
  /** Measures the signal-to-noise ratio of every onset where waveforms are open; it takes seconds the first time. */
  readonly measureSnr?: boolean;
}

export interface EvaluationReply {
  readonly report: EvaluationReport;
  readonly warnings: readonly string[];
}

/** A parameter set: saved in the project, a file, or what a run was made with and what is changed of it. */
export type SetRef =
  | { readonly kind: 'saved'; readonly setId: number }
  | { readonly kind: 'file'; readonly file: FileRef }
  | { readonly kind: 'run'; readonly runId: number; readonly changes?: SetChanges };

/** What is kept apart from tuning, every look at it, and every change of what is. */
export interface LockView {
  readonly lock: TestLock;
  readonly looks: readonly TestLook[];
  readonly changes: readonly LockChange[];
  readonly leakText: string | undefined;
}

/** Which set is scored on the locked part: a run, or its curves picked again with changes. */
export interface TestScoreArgs {
  readonly runId: number;
  readonly changes?: SetChanges;
  readonly reference: PickSetRef;
  readonly tolerance: Tolerance;
  readonly withinData: boolean;
  /** What the set is called in the record of looks. */
  readonly name?: string;
}

/** How a set does on the locked part. */
export interface TestScore {
  readonly look: TestLook;
  /** False: it was looked at before, and this is what was seen then. */
  readonly first: boolean;
  readonly leakText: string | undefined;
}

import type { EpochNs } from '../../base/time.ts';
import type { Calibration } from '../evaluation/calibration.ts';
import type { TimeWindow } from '../waveform/timeWindow.ts';
import type { Ensemble } from './ensemble.ts';
import type { DetectorSettings } from './detectorSettings.ts';
import type { RunSettings } from './runSettings.ts';

/** Everything a run was made with: enough to make the same picks again. */
export interface RunParameters {
  readonly settings: RunSettings;
  readonly streams: readonly string[] | undefined;
  readonly window: TimeWindow | undefined;
  /** Names which stations and spans there were to be picked, so that a run that was cut short goes on only with the same. */
  readonly dataKey?: string;
  /** Thresholds at single stations (`NET.STA`) or sensors, by label, in the place of the settings'. */
  readonly stationThresholds?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By label: what the probabilities of the picks are turned into. Thresholds are of the model's own numbers. */
  readonly calibration?: Readonly<Record<string, Calibration>>;
  /** A classic detector in the place of a model: its curves are ratios, and thresholds are on levels. */
  readonly detector?: DetectorSettings;
  /** Several who looked together; `settings` then say how their common curve was picked. */
  readonly ensemble?: Ensemble;
}

export interface SkippedStream {
  readonly stream: string;
  readonly reason: string;
  /** Reading or running failed, where it otherwise was left out by rule. */
  readonly failed?: true;
}

/** One run of a model over data. */
export interface ModelRun {
  readonly id: number;
  readonly modelId: string;
  readonly modelVersion: string;
  readonly modelSha256: string;
  readonly programVersion: string;
  readonly parameters: RunParameters;
  /** Hash of the content of the parameter set it was made with; absent for runs of before there were sets. */
  readonly setHash?: string;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly startedNs: EpochNs;
  readonly finishedNs: EpochNs | undefined;
  readonly pickCount: number;
  /** What was not picked, and why. */
  readonly skipped: readonly SkippedStream[];
  /** What was picked, but not as the model would have it: absent components, resampled records, gaps, masks. */
  readonly notes: readonly SkippedStream[];
  /** Picks of earlier runs of the same model that nobody had dealt with and that this run took the place of. */
  readonly replaced?: readonly ReplacedPicks[];
}

export interface ReplacedPicks {
  /** The earlier run. */
  readonly runId: number;
  readonly pickCount: number;
}

import type { Calibration } from '../../src/domain/evaluation/calibration.ts';
import { type Combination, combinationOf } from '../../src/domain/event/ensemble.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { PickRule } from '../../src/domain/event/runSettings.ts';

/** What can be turned without a new run. */
export interface TuningSettings {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly pickRule: PickRule;
  readonly sensorThresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of an ensemble; undefined for a model alone. */
  readonly ensemble: Combination | undefined;
  /** By label; none where probabilities are taken as they come. It changes no pick, only what its number says. */
  readonly calibration: Readonly<Record<string, Calibration>>;
}

export function settingsOfRun({ parameters }: ModelRun): TuningSettings {
  const { thresholds, pickRule } = parameters.settings;
  const { stationThresholds, calibration, ensemble } = parameters;
  return {
    ...{ thresholds, pickRule, sensorThresholds: stationThresholds ?? {} },
    ensemble: ensemble && combinationOf(ensemble),
    calibration: calibration ?? {},
  };
}

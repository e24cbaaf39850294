import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { PickRule } from '../../src/domain/event/runSettings.ts';

/** What can be turned without a new run. */
export interface TuningSettings {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly pickRule: PickRule;
  readonly sensorThresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export function settingsOfRun({ parameters }: ModelRun): TuningSettings {
  const { thresholds, pickRule } = parameters.settings;
  return { thresholds, pickRule, sensorThresholds: parameters.stationThresholds ?? {} };
}

// What a person changed of a set, and the set that makes of it.

import { AppError } from '../../base/appError.ts';
import { type JsonObject, toJson } from '../../base/canonicalJson.ts';
import type { Calibration } from '../evaluation/calibration.ts';
import type { SweepPoint } from '../evaluation/sweep.ts';
import type { PickSettings } from '../event/repick.ts';
import type { RunSettings } from '../event/runSettings.ts';
import { JsonReader } from './jsonReader.ts';
import type { SetContent, SetModel } from './parameterSet.ts';
import { readSettings } from './readSettings.ts';
import { settingsWith } from './settingsWith.ts';

/** Thresholds by station (`NET.STA`) or sensor (`UW.HANS..HH`), then by label. */
export type StationThresholds = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** `sensorThresholds` may name stations too. */
export interface SetChanges extends PickSettings {
  /** Settings by name, as a sweep names them. */
  readonly point?: SweepPoint;
  /** By label; in the place of the set's own. An empty one takes calibration away. */
  readonly calibration?: Readonly<Record<string, Calibration>>;
}

/** The thresholds in force at a sensor: its own before those of its station before those of all. */
export function thresholdsAt(
  thresholds: Readonly<Record<string, number>>,
  stations: StationThresholds | undefined,
  sensorKey: string,
): Readonly<Record<string, number>> {
  if (stations === undefined) return thresholds;
  const [network = '', station = ''] = sensorKey.split('.');
  return { ...thresholds, ...stations[`${network}.${station}`], ...stations[sensorKey] };
}

/** The settings of a run with changes. Throws `bad-input` for a name or value they cannot take. */
export function changedSettings(settings: RunSettings, changes: SetChanges): RunSettings {
  const { thresholds, pickRule, point } = changes;
  const changed = {
    ...settings,
    thresholds: { ...settings.thresholds, ...thresholds },
    pickRule: pickRule ?? settings.pickRule,
  };
  return point === undefined ? changed : settingsWith(changed, point);
}

/**
 * A set with changes of one of its models, the only one when none is named; of an ensemble, of how its common curve is
 * picked. Throws `bad-input`.
 */
export function changedContent(
  content: SetContent,
  changes: SetChanges,
  modelId: string | undefined = content.models[0]?.id,
): SetContent {
  if (content.ensemble !== undefined) {
    return { ...content, ensemble: changedEnsemble(content.ensemble, changes) };
  }
  if (!content.models.some(({ id }) => id === modelId)) {
    throw new AppError('bad-input', `the set has no model ${modelId ?? ''} to change`);
  }
  const models = content.models.map((model) =>
    model.id === modelId ? changedModel(model, changes) : model,
  );
  return { ...content, models };
}

function changedEnsemble(ensemble: JsonObject, changes: SetChanges): JsonObject {
  const { sensorThresholds, calibration } = changes;
  if (Object.keys({ ...sensorThresholds, ...calibration }).length > 0) {
    throw new AppError(
      'bad-input',
      'an ensemble has neither thresholds of single stations nor a calibration; change its common thresholds',
    );
  }
  const common = readSettings(new JsonReader(ensemble.settings, 'ensemble.settings'));
  return { ...ensemble, settings: toJson(changedSettings(common, changes)) };
}

function changedModel(model: SetModel, changes: SetChanges): SetModel {
  const { sensorThresholds, calibration } = changes;
  const stations = Object.entries(sensorThresholds ?? {}).filter(
    ([, own]) => Object.keys(own).length > 0,
  );
  return {
    ...model,
    settings: changedSettings(model.settings, changes),
    stationThresholds:
      sensorThresholds === undefined ? model.stationThresholds : Object.fromEntries(stations),
    calibration: calibration ?? model.calibration,
  };
}

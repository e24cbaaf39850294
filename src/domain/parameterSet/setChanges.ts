// What a person changed of a set, and the set that makes of it.

import { AppError } from '../../base/appError.ts';
import { isJsonObject, type Json, type JsonObject, toJson } from '../../base/canonicalJson.ts';
import type { Calibration } from '../evaluation/calibration.ts';
import type { SweepPoint } from '../evaluation/sweep.ts';
import type { PickSettings } from '../event/repick.ts';
import type { RunSettings } from '../event/runSettings.ts';
import { checkCombination, type Combination, ENSEMBLE_RULES } from '../event/ensemble.ts';
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
  /** What needs the network; of an ensemble for every member. */
  readonly settings?: Partial<RunSettings>;
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

/** The settings of a run with changes, without what is of an ensemble. Throws `bad-input` for a name or value they cannot take. */
export function changedSettings(settings: RunSettings, changes: SetChanges): RunSettings {
  const { thresholds, pickRule, point, settings: own } = changes;
  const changed = {
    ...settings,
    ...own,
    thresholds: { ...settings.thresholds, ...thresholds },
    pickRule: pickRule ?? settings.pickRule,
  };
  if (point === undefined) return changed;
  const named = Object.entries(point).filter(([name]) => !isOfEnsemble(name));
  return settingsWith(changed, Object.fromEntries(named));
}

/**
 * A set with changes of one of its models, the only one when none is named; of an ensemble, of how its members are taken
 * together and their common curve is picked. Throws `bad-input`.
 */
export function changedContent(
  content: SetContent,
  changes: SetChanges,
  modelId: string | undefined = content.models[0]?.id,
): SetContent {
  if (content.ensemble !== undefined) {
    return { ...content, ensemble: changedEnsemble(content.ensemble, changes) };
  }
  if (changes.ensemble !== undefined || Object.keys(changes.point ?? {}).some(isOfEnsemble)) {
    throw new AppError('bad-input', 'the set runs no ensemble whose members are taken together');
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
  const { sensorThresholds, calibration, settings } = changes;
  const from = new JsonReader(ensemble, 'ensemble');
  const common = readSettings(from.object('settings'));
  const members = from.objects('members').map(({ fields }) => {
    const own = readSettings(new JsonReader(fields.settings, 'ensemble.members.settings'));
    return settings ? { ...fields, settings: toJson({ ...own, ...settings }) } : fields;
  });
  const rule = from.string('rule');
  const own = rule === 'first' ? undefined : readCombination(from);
  if (own === undefined && changes.ensemble !== undefined) {
    throw new AppError('bad-input', 'the picks of this set are those of its first member');
  }
  const combination = own && changedCombination(own, changes, members.length);
  const { stationThresholds, calibration: known } = ensemble;
  // What is said anew goes first: it may be that it is said no more.
  const said = [
    ...(combination ? ['weights', 'leastAgreeing'] : []),
    ...['stationThresholds', 'calibration'],
  ];
  const rest = Object.fromEntries(
    Object.entries(ensemble).filter(([name]) => !said.includes(name)),
  );
  const stations = sensorThresholds ? toJson(withSome(sensorThresholds)) : stationThresholds;
  const calibrated = calibration ? toJson(calibration) : known;
  return {
    ...rest,
    ...{ members, settings: toJson(changedSettings(common, changes)) },
    ...(combination && new JsonReader(toJson(combination), '').fields),
    ...(isSome(stations) && { stationThresholds: stations }),
    ...(isSome(calibrated) && { calibration: calibrated }),
  };
}

/** What is empty is left out, so that the same has the same hash. */
function isSome(json: Json | undefined): json is JsonObject {
  return json !== undefined && isJsonObject(json) && Object.keys(json).length > 0;
}

/** How the members are taken together, as JSON holds it. */
export function readCombination(from: JsonReader): Combination {
  return {
    rule: from.oneOf('rule', ENSEMBLE_RULES),
    ...(from.has('weights') && { weights: from.numberList('weights') }),
    ...(from.has('leastAgreeing') && { leastAgreeing: from.integer('leastAgreeing', 1) }),
  };
}

/** What a point of a sweep says of an ensemble begins so. */
const ENSEMBLE = 'ensemble.';

/** Whether a sweep's name is of how members are taken together: `ensemble.rule`. */
export function isOfEnsemble(name: string): boolean {
  return name.startsWith(ENSEMBLE);
}

/**
 * How the members are taken together with changes, those of a sweep's point too: `ensemble.rule`,
 * `ensemble.leastAgreeing`, `ensemble.weights.0` for the first member. Throws `bad-input`.
 */
export function changedCombination(
  own: Combination,
  { ensemble, point = {} }: Pick<SetChanges, 'ensemble' | 'point'>,
  members: number,
): Combination {
  let { rule, weights, leastAgreeing } = ensemble ?? own;
  for (const [name, value] of Object.entries(point).filter(([key]) => isOfEnsemble(key))) {
    const field = name.slice(ENSEMBLE.length);
    const member = /^weights\.(\d+)$/.exec(field)?.[1];
    if (field === 'rule') {
      rule = new JsonReader({ rule: value }, ENSEMBLE.slice(0, -1)).oneOf('rule', ENSEMBLE_RULES);
    } else if (field === 'leastAgreeing') leastAgreeing = Number(value);
    else if (member !== undefined && Number(member) < members) {
      weights = Array.from({ length: members }, (_, k) =>
        k === Number(member) ? Number(value) : (weights?.[k] ?? 1),
      );
    } else {
      throw new AppError(
        'bad-input',
        `there is no "${name}"; there are ensemble.rule, ensemble.leastAgreeing and ensemble.weights.0 to ensemble.weights.${members - 1}`,
      );
    }
  }
  checkCombination({ ...(weights && { weights }), leastAgreeing: leastAgreeing ?? 1 }, members);
  return {
    rule,
    ...(weights?.some((weight) => weight !== weights[0]) && { weights }),
    ...(leastAgreeing !== undefined && leastAgreeing > 1 && { leastAgreeing }),
  };
}

function changedModel(model: SetModel, changes: SetChanges): SetModel {
  const { sensorThresholds, calibration } = changes;
  return {
    ...model,
    settings: changedSettings(model.settings, changes),
    stationThresholds:
      sensorThresholds === undefined ? model.stationThresholds : withSome(sensorThresholds),
    calibration: calibration ?? model.calibration,
  };
}

/** Stations without a threshold of their own are not written down. */
function withSome(stations: StationThresholds): StationThresholds {
  return Object.fromEntries(
    Object.entries(stations).filter(([, own]) => Object.keys(own).length > 0),
  );
}

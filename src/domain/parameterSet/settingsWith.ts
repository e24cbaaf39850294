import { AppError } from '../../base/appError.ts';
import {
  isJsonObject,
  isList,
  type Json,
  type JsonObject,
  toJson,
} from '../../base/canonicalJson.ts';
import type { SweepPoint, SweepValue } from '../evaluation/sweep.ts';
import type { RunSettings } from '../event/runSettings.ts';
import { JsonReader } from './jsonReader.ts';
import { readSettings } from './readSettings.ts';

/**
 * Settings with some values replaced by name, as a sweep names them: a label of the model (`P`, any case) is its
 * threshold; else the way to the field, `pickRule.minimumDistanceSamples`; one number for a pair sets both
 * (`blindingSamples`). Throws `bad-input` for a name that the settings do not have and a value they cannot take.
 */
export function settingsWith(settings: RunSettings, point: SweepPoint): RunSettings {
  const json = Object.entries(point).reduce<Json>(
    (changed, [name, value]) => replaced(changed, pathOf(settings, name), name, value),
    toJson(settings),
  );
  return readSettings(new JsonReader(json, ''));
}

/** Whether a change can be made of probability curves that are kept, without running the network again. */
export function needsInference(name: string, settings: RunSettings): boolean {
  const [area] = pathOf(settings, name);
  return area !== 'thresholds' && area !== 'pickRule' && area !== 'ensemble';
}

function pathOf({ thresholds }: RunSettings, name: string): readonly string[] {
  const path = name.split('.');
  const [area = '', label = ''] = path;
  const wanted = path.length === 1 ? area : /^thresholds?$/.test(area) ? label : undefined;
  const known = Object.keys(thresholds).find(
    (each) => each.toLowerCase() === wanted?.toLowerCase(),
  );
  return known === undefined ? path : ['thresholds', known];
}

function replaced(json: Json, path: readonly string[], name: string, value: SweepValue): Json {
  const [field, ...rest] = path;
  if (field === undefined) return isList(json) ? json.map(() => value) : value;
  const fields: JsonObject | undefined = isJsonObject(json) ? json : undefined;
  const inner = fields?.[field];
  if (!fields || inner === undefined) {
    const known = fields ? Object.keys(fields).join(', ') : 'nothing inside';
    throw new AppError('bad-input', `there is no setting "${name}"; there is ${known}`);
  }
  return { ...fields, [field]: replaced(inner, rest, name, value) };
}

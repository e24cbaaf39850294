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
 * (`blindingSamples`); `filter` takes a band in Hz, `2-20`, `2-`, `-20` or `none`; `pickRule.kind` another rule, with what
 * the one before lacks. Throws `bad-input` for a name that the settings do not have and a value they cannot take.
 */
export function settingsWith(settings: RunSettings, point: SweepPoint): RunSettings {
  const json = Object.entries(point).reduce<Json>(
    (changed, [name, value]) => changedBy(changed, pathOf(settings, name), name, value),
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

/** Settings that a run has only where they differ from what is usual. */
const OPTIONAL = new Set(['windowSamples', 'absentAs']);
/** What a rule has that came in the place of one without: an off level as SeisBench's, the mean of two seconds. */
const RULE: JsonObject = {
  ...{ minimumDistanceSamples: 50, minimumWidthSamples: 0, windowSamples: 200 },
  off: { ratio: 0.5 },
};

function changedBy(json: Json, path: readonly string[], name: string, value: SweepValue): Json {
  if (!isJsonObject(json)) return json;
  if (name === 'filter') return withFilter(json, value);
  if (OPTIONAL.has(name)) return { ...json, [name]: value };
  const { pickRule } = json;
  if (name !== 'pickRule.kind' || !isJsonObject(pickRule)) return replaced(json, path, name, value);
  const fields = Object.entries({ ...RULE, ...pickRule }).filter(([field]) =>
    RULE_FIELDS[String(value)]?.includes(field),
  );
  return { ...json, pickRule: { ...Object.fromEntries(fields), kind: value } };
}

const RULE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  peaks: ['minimumDistanceSamples'],
  trigger: ['off', 'minimumWidthSamples'],
  dominance: ['minimumDistanceSamples', 'windowSamples'],
  'detection-gated': ['minimumDistanceSamples', 'off'],
};

function withFilter({ filter, ...rest }: JsonObject, value: SweepValue): JsonObject {
  if (value === 'none') return rest;
  const [, low = '', high = ''] = /^(\d+(?:\.\d+)?)?-(\d+(?:\.\d+)?)?$/.exec(String(value)) ?? [];
  const reversed = low !== '' && high !== '' && Number(low) >= Number(high);
  if (low + high === '' || reversed) {
    throw new AppError(
      'bad-input',
      `filter must be a band in Hz such as 2-20, 2-, -20, or none, not "${value}"`,
    );
  }
  const { corners = 4, zeroPhase = false } = isJsonObject(filter) ? filter : {};
  const band = {
    ...(low !== '' && { lowHz: Number(low) }),
    ...(high !== '' && { highHz: Number(high) }),
  };
  return { ...rest, filter: { ...band, corners, zeroPhase } };
}

function replaced(json: Json, path: readonly string[], name: string, value: SweepValue): Json {
  const [field, ...rest] = path;
  if (field === undefined) return isList(json) ? json.map(() => value) : value;
  const fields: JsonObject | undefined = isJsonObject(json) ? json : undefined;
  const inner = fields?.[field];
  if (!fields || inner === undefined) {
    const known = fields ? Object.keys(fields).join(', ') : 'nothing inside';
    const labels = isJsonObject(fields?.thresholds) ? Object.keys(fields.thresholds) : [];
    const words =
      labels.length > 0 ? `thresholds ${labels.join(', ')} and settings ${known}` : known;
    throw new AppError('bad-input', `there is no setting "${name}"; there is ${words}`);
  }
  return { ...fields, [field]: replaced(inner, rest, name, value) };
}

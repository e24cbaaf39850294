// Two sets field by field, in words.

import {
  canonicalJson,
  isJsonObject,
  isList,
  type Json,
  type JsonObject,
} from '../../base/canonicalJson.ts';
import { epochNs, formatIso } from '../../base/time.ts';
import type { ParameterSet } from './parameterSet.ts';

export interface SetDifference {
  /** `models.onset-1.settings.thresholds.P`. */
  readonly path: string;
  /** Undefined where only b has it. */
  readonly a: Json | undefined;
  readonly b: Json | undefined;
  /** `onset-1, threshold P: 0.3 → 0.25`. */
  readonly text: string;
}

/** What differs, in order of the path; nothing when both make the same picks. A model that one set lacks is one difference. */
export function diffSets(a: ParameterSet, b: ParameterSet): SetDifference[] {
  const [ofA, ofB] = [modelsOf(a.content), modelsOf(b.content)];
  const both = (content: JsonObject): JsonObject => ({
    ...content,
    models: [...modelsOf(content)].flatMap(([id, model]) =>
      ofA.has(id) && ofB.has(id) ? [model] : [],
    ),
  });
  const lacking = [...new Set([...ofA.keys(), ...ofB.keys()])].flatMap((id): SetDifference[] => {
    const [inA, inB] = [ofA.get(id), ofB.get(id)];
    if (inA !== undefined && inB !== undefined) return [];
    const text = `model ${id}: ${inB === undefined ? 'no longer in it' : 'new in it'}`;
    return [{ path: `models.${id}`, a: inA, b: inB, text }];
  });
  const fields = fieldDifferences(both(a.content), both(b.content));
  return [...lacking, ...fields].sort((x, y) => (x.path < y.path ? -1 : x.path > y.path ? 1 : 0));
}

function modelsOf({ models }: JsonObject): Map<string, Json> {
  const list = models !== undefined && isList(models) ? models : [];
  return new Map(list.map((model) => [modelName(model), model]));
}

function fieldDifferences(a: JsonObject, b: JsonObject): SetDifference[] {
  const [left, right] = [leavesOf(a), leavesOf(b)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths.flatMap((key) => {
    const [from, to] = [left.get(key), right.get(key)];
    if (from && to && canonicalJson(from.value) === canonicalJson(to.value)) return [];
    const path = from?.path ?? to?.path ?? [];
    const difference = { path: path.join('.'), a: from?.value, b: to?.value };
    return [{ ...difference, text: `${label(path)}: ${change(path, from?.value, to?.value)}` }];
  });
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: Json;
}

/** Models go by their id, so that another order is no difference; other lists are compared whole. */
function leavesOf(value: Json): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const visit = (inner: Json, path: readonly string[]): void => {
    if (isList(inner) && path.length === 1 && path[0] === 'models') {
      for (const model of inner) visit(model, [...path, modelName(model)]);
    } else if (isJsonObject(inner)) {
      for (const [name, member] of Object.entries(inner)) visit(member, [...path, name]);
    } else leaves.set(path.join('\0'), { path, value: inner });
  };
  visit(value, []);
  return leaves;
}

function modelName(model: Json): string {
  return isJsonObject(model) && typeof model.id === 'string' ? model.id : canonicalJson(model);
}

const WORDS: Readonly<Record<string, string>> = {
  programVersion: 'Onset',
  provider: 'run on',
  detectors: 'classic detectors',
  ensemble: 'ensemble',
  stations: 'stations',
  window: 'span',
  startNs: 'from',
  endNs: 'to',
  version: 'version',
  sha256: 'checksum',
  thresholds: 'threshold',
  stationThresholds: 'threshold at',
  calibration: 'calibration',
  pickRule: 'pick rule',
  preparation: 'window',
  blindingSamples: 'blinding (samples)',
  minimumDistanceSamples: 'minimum distance (samples)',
  minimumWidthSamples: 'minimum width (samples)',
  windowSamples: 'window (samples)',
  strideSamples: 'stride (samples)',
  taperSamples: 'taper (samples)',
  batchSize: 'batch size',
  detrendRecords: 'line removed of records',
  flexibleHorizontals: 'flexible horizontals',
  zeroPhaseResample: 'zero-phase resampling',
  lowHz: 'low corner (Hz)',
  highHz: 'high corner (Hz)',
  zeroPhase: 'zero phase',
};

function label(path: readonly string[]): string {
  const [area, model, ...rest] = path;
  const words = (names: readonly string[]): string =>
    names
      .filter((name) => name !== 'settings')
      .map((name) => WORDS[name] ?? name)
      .join(' ');
  if (area !== 'models' || model === undefined) return words(path);
  return rest.length > 0 ? `${model}, ${words(rest)}` : model;
}

function change(path: readonly string[], a: Json | undefined, b: Json | undefined): string {
  const isTime = /Ns$/.test(path.at(-1) ?? '');
  if (isStrings(a) && isStrings(b)) return listChange(a, b);
  return `${valueText(a, isTime)} → ${valueText(b, isTime)}`;
}

function isStrings(value: Json | undefined): value is readonly string[] {
  return value !== undefined && isList(value) && value.every((each) => typeof each === 'string');
}

function listChange(a: readonly string[], b: readonly string[]): string {
  const gone = a.filter((each) => !b.includes(each));
  const come = b.filter((each) => !a.includes(each));
  const parts = [
    ...(come.length > 0 ? [`${come.join(', ')} added`] : []),
    ...(gone.length > 0 ? [`${gone.join(', ')} removed`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'another order';
}

function valueText(value: Json | undefined, isTime: boolean): string {
  if (value === undefined || value === null) return 'not set';
  if (isTime && typeof value === 'string' && /^-?\d{1,19}$/.test(value)) {
    return formatIso(epochNs(BigInt(value)));
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
  return canonicalJson(value);
}

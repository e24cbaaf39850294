// A named set of parameters: everything that decides which picks are made, as one JSON file.
//
// `content` is what is hashed (SHA-256 of its canonical JSON, RFC 8785): two sets with the same hash make the same
// picks of the same data on the same provider, whatever they are called. It is kept as it stands in the file, so
// that a set of a newer Onset keeps its hash here.

import { AppError, messageOf } from '../../base/appError.ts';
import { canonicalJson, type Json, type JsonObject, toJson } from '../../base/canonicalJson.ts';
import { type EpochNs, epochNs, formatIso, parseTime } from '../../base/time.ts';
import type { Calibration } from '../evaluation/calibration.ts';
import type { RunSettings } from '../event/runSettings.ts';
import type { TimeWindow } from '../waveform/timeWindow.ts';
import { JsonReader } from './jsonReader.ts';
import { readSettings } from './readSettings.ts';

const FORMAT = 'onset-parameter-set';
const FORMAT_VERSION = 1;

/** SHA-256 of UTF-8 text as 64 hexadecimal digits. */
export type Sha256 = (text: string) => string;

/** A model with all it is run with. */
export interface SetModel {
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
  readonly settings: RunSettings;
  /** Thresholds by label that hold at a station (`NET.STA`) instead of those of the settings. */
  readonly stationThresholds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By label; none where probabilities are taken as they come. */
  readonly calibration: Readonly<Record<string, Calibration>>;
}

export interface SetContent {
  readonly programVersion: string;
  /** What runs the networks: `cpu`. */
  readonly provider: string;
  readonly models: readonly SetModel[];
  /** Classic detectors and pickers with their parameters, such as `{kind: "sta-lta", shortS: 0.5, …}`. */
  readonly detectors: readonly JsonObject[];
  /** How the models' answers are joined; undefined: each picks for itself. */
  readonly ensemble: JsonObject | undefined;
  /** Stream keys or `NET.STA`; undefined: all there are. */
  readonly stations: readonly string[] | undefined;
  readonly window: TimeWindow | undefined;
}

export interface ParameterSet {
  readonly name: string;
  /** 1 for the first of its line. */
  readonly version: number;
  /** Hash of the version before. */
  readonly parent: string | undefined;
  readonly author: string;
  readonly note: string;
  readonly createdNs: EpochNs;
  /** As in the file; read it with `readContent`. */
  readonly content: JsonObject;
  readonly hash: string;
}

export interface SetStart {
  readonly name: string;
  readonly author: string;
  readonly note: string;
  readonly createdNs: EpochNs;
  readonly content: SetContent;
  /** The version this one follows. */
  readonly parent?: ParameterSet | undefined;
}

export function makeSet(start: SetStart, sha256: Sha256): ParameterSet {
  const { name, author, note, createdNs, parent } = start;
  const content = contentJson(start.content);
  return {
    ...{ name, author, note, createdNs, content },
    version: (parent?.version ?? 0) + 1,
    parent: parent?.hash,
    hash: hashContent(content, sha256),
  };
}

export function hashContent(content: JsonObject, sha256: Sha256): string {
  return sha256(canonicalJson(content));
}

/** The content as it stands in a file and is hashed. */
export function contentJson(content: SetContent): JsonObject {
  return new JsonReader(toJson(content), 'content').fields;
}

/** The set as it is written into a file. */
export function setJson(set: ParameterSet): JsonObject {
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    name: set.name,
    version: set.version,
    parent: set.parent ?? null,
    author: set.author,
    note: set.note,
    created: formatIso(set.createdNs),
    hash: set.hash,
    content: set.content,
  };
}

/**
 * A set from its file. The stated hash is not believed but kept for `verifySet`. Throws `bad-input` with the field
 * that is wrong; the message begins in the middle of a sentence.
 */
export function parseSet(text: string): ParameterSet {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new AppError('bad-input', `it is not whole JSON (${messageOf(cause)})`, { cause });
  }
  const from = new JsonReader(value, '');
  if (from.fields.format !== FORMAT) {
    throw new AppError('bad-input', `it is no parameter set: its format is not "${FORMAT}"`);
  }
  if (from.integer('formatVersion', 1) > FORMAT_VERSION) {
    throw new AppError('bad-input', 'it was written by a newer Onset; install that to use it');
  }
  const set = {
    name: from.string('name'),
    version: from.integer('version', 1),
    parent: from.optionalString('parent'),
    author: from.string('author'),
    note: from.string('note'),
    createdNs: parseTime(from.string('created')),
    content: from.object('content').fields,
    hash: from.string('hash'),
  };
  readContent(set.content);
  return set;
}

/** What the set says. Throws `bad-input` with the field that is wrong. */
export function readContent(content: JsonObject): SetContent {
  const from = new JsonReader(content, 'content');
  return {
    programVersion: from.string('programVersion'),
    provider: from.string('provider'),
    models: from.objects('models').map(readModel),
    detectors: from.objects('detectors').map(({ fields }) => fields),
    ensemble: from.has('ensemble') ? from.object('ensemble').fields : undefined,
    stations: from.has('stations') ? from.strings('stations') : undefined,
    window: from.has('window') ? readWindow(from.object('window')) : undefined,
  };
}

function readModel(from: JsonReader): SetModel {
  return {
    id: from.string('id'),
    version: from.string('version'),
    sha256: from.string('sha256'),
    settings: readSettings(from.object('settings')),
    stationThresholds: readStationThresholds(from.object('stationThresholds')),
    calibration: readCalibrations(from.object('calibration')),
  };
}

/** By station or sensor, then by label. Throws `bad-input` with the field. */
export function readStationThresholds(from: JsonReader): SetModel['stationThresholds'] {
  return Object.fromEntries(
    Object.keys(from.fields).map((name) => [name, from.numbers(name, 0, 1)]),
  );
}

/** By label. Throws `bad-input` with the field. */
export function readCalibrations(from: JsonReader): SetModel['calibration'] {
  return Object.fromEntries(
    Object.keys(from.fields).map((name) => [name, readCalibration(from.object(name))]),
  );
}

function readCalibration(from: JsonReader): Calibration {
  if (from.oneOf('kind', ['temperature', 'isotonic']) === 'temperature') {
    return { kind: 'temperature', temperature: from.number('temperature', Number.MIN_VALUE) };
  }
  return { kind: 'isotonic', from: from.numberList('from'), to: from.numberList('to') };
}

function readWindow(from: JsonReader): TimeWindow {
  const time = (name: string): EpochNs => {
    const text = from.string(name);
    if (!/^-?\d{1,19}$/.test(text)) {
      throw new AppError(
        'bad-input',
        `${from.at(name)} must be nanoseconds as a text, not "${text}"`,
      );
    }
    return epochNs(BigInt(text));
  };
  return { startNs: time('startNs'), endNs: time('endNs') };
}

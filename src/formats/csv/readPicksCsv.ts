// Picks as tables of other programs have them, and as `picksCsv.ts` writes them.

import { AppError, messageOf } from '../../base/appError.ts';
import { parseEpochSeconds } from '../../base/decimalTime.ts';
import { type EpochNs, epochNs, parseTime } from '../../base/time.ts';
import type { DocumentPick } from '../../domain/event/catalogDocument.ts';
import { type Onset, PICK_STATES, type PickState, type Polarity } from '../../domain/event/pick.ts';
import { isSetHash } from '../../domain/parameterSet/setHash.ts';
import { type Nslc, plainLocation } from '../../domain/waveform/nslc.ts';
import { decodeText, encodingByMark } from '../decodeText.ts';
import { WarningList } from '../warningList.ts';
import { csvRows } from './csvRows.ts';

export interface PicksCsv {
  /** Location and channel are empty where the table names no more than the station. */
  readonly picks: readonly (DocumentPick & {
    /** From the epicentre, where the table says it. */
    readonly distanceKm?: number;
  })[];
  /** Rows that are no picks; each of the first few is told in the warnings. */
  readonly leftOut: number;
  readonly warnings: readonly string[];
}

const METHOD = 'CSV';

/**
 * Picks of a table with a header line. It needs `stream` (NET.STA.LOC.CHA, or a prefix of it such as `NET.STA..`)
 * or `network` and `station`, with `location` and `channel` where known; a time as `timeNs` (nanoseconds since
 * 1970), `time` (ISO 8601, UTC) or `timestamp` (seconds since 1970, read as a decimal); and `phase`. Read besides:
 * probability, state or evaluation_mode, onset, polarity, uncertainty (seconds), author, method, setHash, distanceKm (from
 * the epicentre; SeisBench's path_ep_distance_km too). Columns in any
 * order and case; separated by comma, semicolon or tab. A row that is no pick costs itself and a warning.
 * Throws `unreadable-file` for a table without those columns; the message begins in the middle of a sentence.
 */
export function readPicksCsv(bytes: Uint8Array): PicksCsv {
  const text = [...decodeText(bytes, encodingByMark(bytes)?.label ?? 'utf-8')].join('');
  const header = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const rows = csvRows(text, separatorOf(header));
  const names = (rows.next().value?.fields ?? []).map(plainName);
  const columns = new Map(names.map((name, index) => [name, index]));
  assertColumns(columns);
  const picks: PicksCsv['picks'][number][] = [];
  const warnings = new WarningList();
  let leftOut = 0;
  for (const { line, fields } of rows) {
    const field = (name: string): string => fields[columns.get(name) ?? -1]?.trim() ?? '';
    try {
      picks.push(pickFrom(field));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      leftOut += 1;
      warnings.add('rows left out', `line ${line}: ${messageOf(error)}; the row is left out`);
    }
  }
  return { picks, leftOut, warnings: warnings.list() };
}

type Field = (name: string) => string;

/** The commonest of the three in the header. */
function separatorOf(header: string): string {
  const count = (separator: string): number => header.split(separator).length;
  return [',', ';', '\t'].reduce((a, b) => (count(b) > count(a) ? b : a));
}

/** `timeNs`, `time_ns` and `Time NS` are one column. */
function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[_\s-]/g, '');
}

function assertColumns(columns: ReadonlyMap<string, number>): void {
  const missing = [
    ...(columns.has('stream') || (columns.has('network') && columns.has('station'))
      ? []
      : ['stream, or network and station']),
    ...(['timens', 'time', 'timestamp'].some((name) => columns.has(name))
      ? []
      : ['timeNs, time or timestamp']),
    ...(columns.has('phase') ? [] : ['phase']),
  ];
  if (missing.length === 0) return;
  throw new AppError(
    'unreadable-file',
    `it is not a table of picks: its first line has no column ${missing.join('; none ')}`,
  );
}

function pickFrom(field: Field): PicksCsv['picks'][number] {
  const phase = field('phase');
  if (phase === '') throw new AppError('bad-input', 'it has no phase');
  const probability = optionalNumber(field('probability'), 'probability');
  const uncertaintyS = optionalNumber(field('uncertainty'), 'uncertainty');
  const distanceKm = optionalNumber(field('distancekm') || field('pathepdistancekm'), 'distanceKm');
  return {
    ...(distanceKm !== undefined && { distanceKm }),
    stream: streamFrom(field),
    time: timeFrom(field),
    lowerUncertaintyS:
      optionalNumber(field('loweruncertaintys'), 'lowerUncertaintyS') ?? uncertaintyS,
    upperUncertaintyS:
      optionalNumber(field('upperuncertaintys'), 'upperUncertaintyS') ?? uncertaintyS,
    phase,
    polarity: polarityFrom(field('polarity')),
    onset: onsetFrom(field('onset')),
    weight: undefined,
    probability,
    filter: undefined,
    state: stateFrom(field, probability),
    author: field('author'),
    method: field('method') || METHOD,
    runId: undefined,
    ...(isSetHash(field('sethash')) && { setHash: field('sethash') }),
    createdNs: undefined,
    publicId: undefined,
    eventIndex: undefined,
  };
}

function streamFrom(field: Field): Nslc {
  const text = field('stream');
  const parts = text === '' ? undefined : text.split('.').map((part) => part.trim());
  if (parts && (parts.length < 2 || parts.length > 4)) {
    throw new AppError(
      'bad-input',
      `"${text}" is not a stream; write it NET.STA.LOC.CHA, or NET.STA.. for a station`,
    );
  }
  const [network = '', station = '', location = '', channel = ''] =
    parts ?? ['network', 'station', 'location', 'channel'].map(field);
  if (station === '') throw new AppError('bad-input', 'it names no station');
  return { network, station, location: plainLocation(location), channel };
}

/** The first of the three that is filled in. */
function timeFrom(field: Field): EpochNs {
  const [nanoseconds, iso, seconds] = ['timens', 'time', 'timestamp'].map(field);
  if (nanoseconds) {
    if (!/^-?\d{1,19}$/.test(nanoseconds)) {
      throw new AppError('bad-input', `"${nanoseconds}" is not a whole number of nanoseconds`);
    }
    return epochNs(BigInt(nanoseconds));
  }
  if (iso) return parseTime(iso);
  if (seconds) return parseEpochSeconds(seconds);
  throw new AppError('bad-input', 'it has no time');
}

function optionalNumber(text: string, name: string): number | undefined {
  if (text === '' || /^(nan|none|null)$/i.test(text)) return undefined;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new AppError('bad-input', `its ${name} "${text}" is not a number`);
}

/** As written by Onset; else manual or automatic as `evaluation_mode` says; else by whether it has a probability. */
function stateFrom(field: Field, probability: number | undefined): PickState {
  const own = PICK_STATES.find((state) => state === field('state').toLowerCase());
  if (own) return own;
  const mode = field('evaluationmode').toLowerCase();
  if (mode === 'manual' || mode === 'automatic') return mode;
  return probability === undefined ? 'manual' : 'automatic';
}

const ONSET_WORDS: Readonly<Record<string, Onset>> = {
  im: 'impulsive',
  i: 'impulsive',
  impulsive: 'impulsive',
  em: 'emergent',
  e: 'emergent',
  emergent: 'emergent',
  questionable: 'questionable',
};

function onsetFrom(text: string): Onset | undefined {
  return ONSET_WORDS[text.toLowerCase()];
}

const POLARITY_WORDS: Readonly<Record<string, Polarity>> = {
  up: 'up',
  u: 'up',
  c: 'up',
  positive: 'up',
  down: 'down',
  d: 'down',
  r: 'down',
  negative: 'down',
  undecidable: 'undecidable',
};

/** `un` and blank mean that nobody said. */
function polarityFrom(text: string): Polarity | undefined {
  return POLARITY_WORDS[text.toLowerCase()];
}

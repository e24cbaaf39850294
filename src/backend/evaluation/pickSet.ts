// Lists of picks that can be scored, from whatever file holds them.

import { AppError, messageOf } from '../../base/appError.ts';
import { epochNs } from '../../base/time.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { epicentralDistanceKm, type Place } from '../../domain/event/epicentralDistance.ts';
import { PICK_STATES, type PickContent, type PickState } from '../../domain/event/pick.ts';
import { parseNslc, stationKey } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import {
  coverageOf,
  type ListedPick,
  type Reach,
  stationOfKey,
} from '../../evaluation/selectPicks.ts';
import { readPicksCsv } from '../../formats/csv/readPicksCsv.ts';
import { looksLikeMarkers, readMarkers } from '../../formats/markers/reader.ts';
import { catalogFromMarkers } from '../../formats/markers/toCatalog.ts';
import { readQuakeml } from '../../formats/quakeml/reader.ts';

export interface PickSet {
  readonly picks: readonly ListedPick[];
  /** Entries that are no picks. */
  readonly unreadable: number;
  readonly warnings: readonly string[];
  /** What the list can speak of, as far as the file says. */
  readonly reach: Reach;
  /** What the records were filtered with before they were picked; absent where they were not, or nobody knows. */
  readonly filter?: BandFilter | undefined;
}

export const EVERYTHING: Reach = { window: undefined, stations: undefined, coverage: undefined };

/**
 * The picks of a QuakeML, marker or CSV file or of the JSON that `onset scan --out` and `onset picks --json` write, or the
 * true onsets of the sample, told by its content. `name` begins the message of a refusal.
 */
export function readPickSet(bytes: Uint8Array, name: string): PickSet {
  try {
    if (bytes.length === 0) throw new AppError('unreadable-file', 'it is empty (0 bytes)');
    if (looksLikeMarkers(bytes)) return fromMarkers(bytes);
    const first = firstSign(bytes);
    if (first === '<') return fromQuakeml(bytes);
    if (first === '{') return fromJson(new TextDecoder('utf-8').decode(bytes));
    const { picks, leftOut, warnings } = readPicksCsv(bytes);
    return { picks: picks.map(listed), unreadable: leftOut, warnings, reach: EVERYTHING };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${name} holds no picks to score: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** What scoring takes of a pick. */
export function listed(
  pick: PickContent & { readonly state: PickState; readonly distanceKm?: number | undefined },
): ListedPick {
  const { stream, phase, time, probability, state, distanceKm } = pick;
  const far = distanceKm === undefined ? {} : { distanceKm };
  return { station: stationKey(stream), phase, time, probability, state, ...far };
}

function fromMarkers(bytes: Uint8Array): PickSet {
  const { markers, warnings } = readMarkers(bytes);
  const taken = catalogFromMarkers(markers);
  const phases = markers.filter(({ type }) => type === 'phase').length;
  const { picks } = taken.document;
  return {
    picks: picks.map(listed),
    unreadable: phases - picks.length,
    warnings: [...warnings, ...taken.warnings],
    reach: EVERYTHING,
  };
}

function fromQuakeml(bytes: Uint8Array): PickSet {
  const { picks, warnings, distancesKm } = readQuakeml(bytes);
  const found = picks.map((pick) => {
    return listed({ ...pick, distanceKm: distancesKm.get(pick.publicId ?? '') });
  });
  return { picks: found, unreadable: 0, warnings, reach: EVERYTHING };
}

function firstSign(bytes: Uint8Array): string {
  const plain = bytes.subarray(0, 256).filter((byte) => byte !== 0 && byte < 0x80 && byte > 0x20);
  return String.fromCharCode(plain[0] ?? 0);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}

function fromJson(text: string): PickSet {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('unreadable-file', `it is not whole JSON (${messageOf(cause)})`, { cause });
  }
  const document = fieldsOf(value);
  if (Array.isArray(document?.onsets)) return fromTruth(document, document.onsets);
  if (!Array.isArray(document?.picks)) {
    throw new AppError(
      'unreadable-file',
      'it has no list "picks"; write it with onset scan --out picks.json or onset picks --json',
    );
  }
  const read = document.picks.map((pick: unknown) => pickFromJson(fieldsOf(pick)));
  const picks = read.filter((pick) => pick !== undefined);
  const unreadable = read.length - picks.length;
  return { picks, unreadable, warnings: unreadableWords(unreadable), reach: reachOf(document) };
}

/** `true-onsets.json`, which lies beside the waveforms of the sample: what its generator put there. */
function fromTruth(document: Fields, onsets: readonly unknown[]): PickSet {
  const stations = placesOf(document.stations, ({ network, station }) => `${network}.${station}`);
  const events = placesOf(document.events, ({ id }) => String(id));
  const picks = onsets.flatMap((onset) => {
    const fields = fieldsOf(onset);
    const stream = typeof fields?.station === 'string' ? `${fields.station}..` : undefined;
    const pick = pickFromJson({ ...fields, stream, state: 'manual' });
    const [from, to] = [events.get(String(fields?.eventId)), stations.get(pick?.station ?? '')];
    if (pick === undefined) return [];
    return from && to ? { ...pick, distanceKm: epicentralDistanceKm(from, to) } : pick;
  });
  const unreadable = onsets.length - picks.length;
  const reach = { ...EVERYTHING, window: windowFrom(document) };
  return { picks, unreadable, warnings: unreadableWords(unreadable), reach };
}

function placesOf(list: unknown, name: (entry: Fields) => string): Map<string, Place> {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  return new Map(
    entries.flatMap((entry): [string, Place][] => {
      const fields = fieldsOf(entry);
      const { latitudeDeg, longitudeDeg } = fields ?? {};
      if (typeof latitudeDeg !== 'number' || typeof longitudeDeg !== 'number') return [];
      return [[name(fields ?? {}), { latitudeDeg, longitudeDeg }]];
    }),
  );
}

function unreadableWords(count: number): string[] {
  return count > 0 ? [`${count} entries are no picks and are left out`] : [];
}

function pickFromJson(fields: Fields | undefined): ListedPick | undefined {
  const { stream, timeNs, phase, probability, state } = fields ?? {};
  const known = PICK_STATES.find((each) => each === state);
  const texts = [stream, timeNs, phase].every((each) => typeof each === 'string' && each !== '');
  if (!texts || !/^-?\d{1,19}$/.test(String(timeNs))) return undefined;
  try {
    return {
      station: stationKey(parseNslc(String(stream))),
      phase: String(phase),
      time: epochNs(BigInt(String(timeNs))),
      probability: typeof probability === 'number' ? probability : undefined,
      state: known ?? 'automatic',
    };
  } catch {
    // No stream id; counted by the caller.
    return undefined;
  }
}

/** Span and stations of the run in the file, and where it had waveforms. */
function reachOf(document: Fields): Reach {
  const parameters = fieldsOf(fieldsOf(document.run)?.parameters);
  const named: unknown = parameters?.streams;
  const stations = Array.isArray(named)
    ? named.flatMap((stream) => (typeof stream === 'string' ? [stationOfKey(stream)] : []))
    : undefined;
  const data: unknown = document.data;
  const streams = Array.isArray(data) ? data.flatMap((entry) => streamFrom(fieldsOf(entry))) : [];
  return {
    window: windowFrom(fieldsOf(parameters?.window)),
    stations,
    coverage: coverageOf(streams),
  };
}

function streamFrom(fields: Fields | undefined) {
  const window = windowFrom(fields);
  if (!window || typeof fields?.stream !== 'string') return [];
  const gaps: unknown = fields.gaps;
  return [
    {
      streamKey: fields.stream,
      ...window,
      gaps: Array.isArray(gaps) ? gaps.flatMap((gap) => windowFrom(fieldsOf(gap)) ?? []) : [],
    },
  ];
}

function windowFrom(fields: Fields | undefined): TimeWindow | undefined {
  const [start, end] = [fields?.startNs, fields?.endNs].map(String);
  if (!/^-?\d{1,19}$/.test(start ?? '') || !/^-?\d{1,19}$/.test(end ?? '')) return undefined;
  return { startNs: epochNs(BigInt(start ?? 0)), endNs: epochNs(BigInt(end ?? 0)) };
}

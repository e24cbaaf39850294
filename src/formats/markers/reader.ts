// Snuffler marker files, version 0.2. Where pyrocko gives up the file for one bad line, only that line is lost here.

import { AppError } from '../../base/appError.ts';
import type { EpochNs } from '../../base/time.ts';
import { decodeText, encodingByMark } from '../decodeText.ts';
import { WarningList } from '../warningList.ts';
import type { EventMarker, Marker, PhaseMarker } from './marker.ts';
import { parseMarkerTime } from './markerTime.ts';
import { tokenise } from './tokens.ts';

const HEADER = '# Snuffler Markers File Version';

/** Whether a file begins as a marker file does, whatever its version. */
export function looksLikeMarkers(bytes: Uint8Array): boolean {
  const mark = encodingByMark(bytes);
  const head = bytes.subarray(mark?.markBytes ?? 0, 2 * HEADER.length + 8);
  return new TextDecoder(mark?.label ?? 'utf-8').decode(head).startsWith(HEADER);
}

/**
 * The markers of a file, in its order, and a sentence for each line that is none.
 * Throws `unreadable-file` when it does not begin as marker files do.
 */
export function readMarkers(bytes: Uint8Array): {
  markers: readonly Marker[];
  warnings: readonly string[];
} {
  const warnings = new WarningList(20);
  const lines = decode(bytes, warnings).split(/\r\n|\r|\n/);
  const header = lines[0] ?? '';
  if (!header.startsWith(HEADER)) {
    throw new AppError(
      'unreadable-file',
      `it is not a marker file: its first line is not "${HEADER} 0.2"`,
    );
  }
  if (!header.startsWith(`${HEADER} 0.2`)) {
    const version = header.slice(HEADER.length).trim();
    warnings.add('version', `line 1: version ${version} is not known, only 0.2; nothing was read`);
    return { markers: [], warnings: warnings.list() };
  }
  const markers: Marker[] = [];
  lines.forEach((line, index) => {
    if (index === 0 || line.startsWith('#')) return;
    const tokens = tokenise(line);
    if (tokens.length === 0) return;
    try {
      markers.push(parseMarker(tokens));
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      warnings.add('lines left out', `line ${index + 1}: ${error.message}; the line is left out`);
    }
  });
  return { markers, warnings: warnings.list() };
}

/** UTF-8, or UTF-16 by its mark; a Windows Snuffler saves the local code page, which is taken for Windows-1252. */
function decode(bytes: Uint8Array, warnings: WarningList): string {
  const marked = encodingByMark(bytes);
  try {
    return [...decodeText(bytes, marked?.label ?? 'utf-8')].join('');
  } catch (error) {
    if (!(error instanceof AppError) || marked) throw error;
    warnings.add(
      'encoding',
      'it is not UTF-8 text; it was read as Windows-1252, so letters of names may be wrong',
    );
    return [...decodeText(bytes, 'windows-1252')].join('');
  }
}

class BadLine extends Error {}

function bad(what: string): never {
  throw new BadLine(what);
}

function parseMarker(tokens: readonly string[]): Marker {
  if (tokens[0] === 'event:') return parseEvent(tokens);
  if (tokens[0] === 'phase:') return parsePhase(tokens);
  if (tokens.length < 4) bad(`a marker has 4 or 7 columns, this one ${tokens.length}`);
  return { type: 'plain', ...parsePlace(tokens, tokens.length === 7) };
}

type Place = Pick<Marker, 'startNs' | 'endNs' | 'kind' | 'streams'>;

/** The columns a plain marker has: `DATE TIME KIND CODES`, or `DATE TIME DATE TIME DURATION KIND CODES`. */
function parsePlace(tokens: readonly string[], span: boolean): Place {
  const startNs = parseTimeAt(tokens, 0);
  const endNs = span ? parseTimeAt(tokens, 2) : startNs;
  const [kind = '', codes = ''] = tokens.slice(span ? 5 : 2);
  return { startNs, endNs, kind: parseInteger(kind, 'kind'), streams: parseStreams(codes) };
}

function parsePhase(tokens: readonly string[]): PhaseMarker {
  const span = tokens.length === 14;
  if (tokens.length < 11) bad(`a phase has 11 or 14 columns, this one ${tokens.length}`);
  const rest = tokens.slice(span ? 8 : 5);
  const [hash = '', date = '', clock = '', phase = '', polarity = '', automatic = ''] = rest;
  const noTime = date === 'None' || clock === 'None';
  return {
    type: 'phase',
    ...parsePlace(tokens.slice(1), span),
    phase: unlessNone(phase),
    eventHash: unlessNone(hash),
    eventTimeNs: noTime ? undefined : parseTimeAt(rest, 1),
    polarity: parsePolarity(polarity),
    automatic: /^(true|t|1)$/i.test(automatic),
  };
}

function parseEvent(tokens: readonly string[]): EventMarker {
  if (tokens.length !== 12) bad(`an event has 12 columns, this one ${tokens.length}`);
  const startNs = parseTimeAt(tokens, 1);
  const [kind = '', hash = '', latitude = '', longitude = '', depth = ''] = tokens.slice(3);
  const [magnitude = '', catalog = '', name = '', region = ''] = tokens.slice(8);
  return {
    type: 'event',
    startNs,
    endNs: startNs,
    kind: parseInteger(kind, 'kind'),
    streams: [],
    eventHash: unlessNone(hash),
    latitudeDeg: parseNumber(latitude, 'latitude'),
    longitudeDeg: parseNumber(longitude, 'longitude'),
    depthM: parseNumber(depth, 'depth'),
    magnitude: parseNumber(magnitude, 'magnitude'),
    catalog: unlessNone(catalog),
    name: unlessNone(name),
    region: unlessNone(region),
  };
}

function parseTimeAt(tokens: readonly string[], index: number): EpochNs {
  const [date = '', clock = ''] = tokens.slice(index, index + 2);
  return parseMarkerTime(date, clock) ?? bad(`"${date} ${clock}" is not a date and time`);
}

function parseStreams(codes: string): string[][] {
  return codes === 'None' || codes === '' ? [] : codes.split(',').map((code) => code.split('.'));
}

function parseInteger(text: string, what: string): number {
  if (!/^[+-]?\d+(_\d+)*$/.test(text)) bad(`the ${what} "${text}" is not a whole number`);
  return Number(text.replaceAll('_', ''));
}

function parsePolarity(text: string): -1 | 0 | 1 | undefined {
  if (text === 'None') return undefined;
  const value = parseInteger(text, 'polarity');
  if (value === 1 || value === -1) return value;
  return value === 0 ? 0 : bad(`the polarity ${text} is none of -1, 0, 1`);
}

/** A number in any of Python's spellings; `None` is none. */
function parseNumber(text: string, what: string): number | undefined {
  if (text === 'None') return undefined;
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (word) return /nan/i.test(text) ? NaN : word[1] === '-' ? -Infinity : Infinity;
  const plain = text.replace(/(?<=\d)_(?=\d)/g, '');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) {
    bad(`the ${what} "${text}" is not a number`);
  }
  return Number(plain);
}

function unlessNone(text: string): string | undefined {
  return text === 'None' ? undefined : text;
}

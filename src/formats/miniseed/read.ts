import { AppError } from '../../base/appError.ts';
import type { EpochNs } from '../../base/time.ts';
import type { Nslc } from '../../domain/waveform/nslc.ts';
import { formatNslc, plainLocation } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { type Samples, sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import type { FormatWarning } from '../formatWarning.ts';
import { recordCrc } from './crc32c.ts';
import { decodeRecord } from './decodeRecord.ts';
import { encodingName, type SampleType, sampleTypeOf } from './encoding.ts';
import { storedCrc } from './header3.ts';
import { joinRecords, type Run } from './join.ts';
import { type RecordHeader, recordStartNs } from './record.ts';
import { walkRecords } from './walk.ts';

/** A gap-free stretch of one stream as the headers promise it. */
export interface SegmentExtent {
  readonly stream: Nslc;
  readonly startNs: EpochNs;
  /** Time of the last sample. */
  readonly endNs: EpochNs;
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  readonly sampleType: SampleType;
  readonly encoding: string;
  /**
   * Where in the file the records of its first `PART_SAMPLES` samples lie, others perhaps among them; then those of the
   * next as many, and so on.
   */
  readonly parts: readonly ByteRange[];
}

/** An hour and a half at 100 Hz. */
export const PART_SAMPLES = 1 << 19;

/** `from` ≤ byte < `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A decoded gap-free stretch. `samples` and `text` own their buffers; unless shared, they may be transferred.
 * For sampleType `text`, `samples` is empty and `text` holds the bytes.
 */
export interface DecodedSegment extends TraceSegment {
  readonly sampleType: SampleType;
  readonly encoding: string;
  readonly text: Uint8Array | undefined;
}

export interface ReadOptions {
  /** Only these streams, `NET.STA.LOC.CHA`; a location of `--` equals an empty one. */
  readonly streamKeys?: readonly string[];
  /** Only records that touch this window; segments begin and end with whole records. */
  readonly window?: TimeWindow;
  /** For messages: the file's name. */
  readonly name?: string;
  /** Decodes into memory that threads can share. */
  readonly shared?: boolean;
}

/**
 * What a miniSEED 2, 3 or full SEED file holds, from its headers only. Throws `unreadable-file` when it holds
 * no record at all.
 */
export function scanMiniseed(
  bytes: Uint8Array,
  options: Pick<ReadOptions, 'name'> = {},
): { extents: SegmentExtent[]; warnings: FormatWarning[] } {
  const { records, warnings } = walkOrRefuse(bytes, options.name);
  return { extents: joinRecords(decodable(records, warnings)).map(extentOf), warnings };
}

/**
 * Decodes a miniSEED 2, 3 or full SEED file. A damaged record costs that record and a warning. Throws
 * `unreadable-file` when the file holds no record at all.
 */
export function readMiniseed(
  bytes: Uint8Array,
  options: ReadOptions = {},
): { segments: DecodedSegment[]; warnings: FormatWarning[] } {
  const walked = walkOrRefuse(bytes, options.name);
  const warnings = walked.warnings;
  const wanted = decodable(select(walked.records, options), warnings);
  const intact = wanted.filter((record) => checksumHolds(bytes, record, warnings));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments: DecodedSegment[] = [];
  for (const run of joinRecords(intact)) {
    if (run.sampleType === 'text') segments.push(textSegment(bytes, run));
    else segments.push(...decodeRun(view, run, warnings, options.shared ?? false));
  }
  warnings.sort((a, b) => a.offset - b.offset);
  return { segments, warnings };
}

function walkOrRefuse(bytes: Uint8Array, name: string | undefined) {
  const walked = walkRecords(bytes);
  if (walked.records.length > 0) return walked;
  const file = name ?? 'The file';
  if (bytes.length === 0) {
    throw new AppError('unreadable-file', `${file} is empty; fetch or copy it again.`);
  }
  if (walked.controlHeaders > 0) {
    const text = `${file} is a SEED volume of station metadata without waveforms; open the waveform file that belongs to it.`;
    throw new AppError('unreadable-file', text);
  }
  const first = walked.warnings.find((warning) => warning.code !== 'not-data')?.message;
  const text = first
    ? `${file} holds no readable miniSEED record. ${first} Fetch or copy the file again.`
    : `${file} is not miniSEED: no record header was found in its ${bytes.length} bytes. Check that it is the file you meant, or fetch it again.`;
  throw new AppError('unreadable-file', text);
}

function warn(warnings: FormatWarning[], record: RecordHeader, code: string, message: string) {
  const { offset, streamKey } = record;
  const where = `The record at byte ${offset} (${streamKey})`;
  warnings.push({ code, offset, streamKey, message: `${where}: ${message}.` });
}

/** Leaves out records with samples in an encoding nobody can read. */
function decodable(records: readonly RecordHeader[], warnings: FormatWarning[]): RecordHeader[] {
  return records.filter((record) => {
    const readable = record.sampleCount === 0 || sampleTypeOf(record.encoding) !== undefined;
    if (!readable) {
      const text = `${encodingName(record.encoding)} cannot be read; it was left out`;
      warn(warnings, record, 'unsupported-encoding', text);
    }
    return readable;
  });
}

function checksumHolds(bytes: Uint8Array, record: RecordHeader, warnings: FormatWarning[]) {
  if (record.version === 2) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (recordCrc(bytes, record.offset, record.length) === storedCrc(view, record.offset))
    return true;
  warn(warnings, record, 'checksum', 'its checksum does not fit its bytes; it was left out');
  return false;
}

function select(records: readonly RecordHeader[], options: ReadOptions): readonly RecordHeader[] {
  const { streamKeys, window } = options;
  let selected = records;
  if (streamKeys) {
    const keys = new Set(streamKeys.map(plainKey));
    const verdicts = new Map<string, boolean>();
    selected = selected.filter((record) => {
      let verdict = verdicts.get(record.streamKey);
      if (verdict === undefined) {
        verdict = keys.has(plainKey(record.streamKey));
        verdicts.set(record.streamKey, verdict);
      }
      return verdict;
    });
  }
  return window ? selected.filter(touches(window)) : selected;
}

function plainKey(key: string): string {
  const [network = '', station = '', location = '', channel = ''] = key.split('.');
  return formatNslc({ network, station, location: plainLocation(location), channel });
}

/** Whether a record has samples in the window; in plain numbers, since a day's file has 34 000 records. */
function touches(window: TimeWindow): (record: RecordHeader) => boolean {
  const referenceS = Number(window.startNs / 1_000_000_000n);
  const fromS = Number(window.startNs - BigInt(referenceS) * 1_000_000_000n) * 1e-9;
  const toS = fromS + Number(window.endNs - window.startNs) * 1e-9;
  return ({ startS, startNanos, sampleCount, sampleRateHz }) => {
    const first = startS - referenceS + startNanos * 1e-9;
    const span = sampleRateHz > 0 && sampleCount > 1 ? (sampleCount - 1) / sampleRateHz : 0;
    return first < toS && first + span >= fromS - HALF_NANOSECOND;
  };
}

/** What a sum of two doubles of a day's size may be off by, and less than any window tells apart. */
const HALF_NANOSECOND = 5e-10;

function firstOf(records: readonly RecordHeader[]): RecordHeader {
  const first = records[0];
  if (!first) throw new Error('bug: a run without records');
  return first;
}

function extentOf(run: Run): SegmentExtent {
  const first = firstOf(run.records);
  const startNs = recordStartNs(first);
  return {
    stream: first.stream,
    startNs,
    endNs: sampleTime(startNs, Math.max(0, run.sampleCount - 1), first.sampleRateHz),
    sampleRateHz: first.sampleRateHz,
    sampleCount: run.sampleCount,
    sampleType: run.sampleType,
    encoding: encodingName(first.encoding),
    parts: partsOf(run),
  };
}

function partsOf(run: Run): ByteRange[] {
  const count = Math.max(1, Math.ceil(run.sampleCount / PART_SAMPLES));
  const parts = Array.from({ length: count }, () => ({ from: Infinity, to: 0 }));
  const slack = driftSamples(run) + 1;
  let at = 0;
  for (const { offset, length, sampleCount } of run.records) {
    const first = Math.max(0, Math.floor((at - slack) / PART_SAMPLES));
    const last = Math.min(count - 1, Math.floor((at + sampleCount + slack) / PART_SAMPLES));
    for (let k = first; k <= last; k += 1) {
      const part = parts[k];
      if (part === undefined) continue;
      if (offset < part.from) part.from = offset;
      if (offset + length > part.to) part.to = offset + length;
    }
    at += sampleCount;
  }
  return parts;
}

/** By how many samples a record begins earlier or later than counting from the first one says, at most. */
function driftSamples({ records }: Run): number {
  const { startS, startNanos, sampleRateHz } = firstOf(records);
  let drift = 0;
  let at = 0;
  for (const record of records) {
    const elapsedS = record.startS - startS + (record.startNanos - startNanos) * 1e-9;
    drift = Math.max(drift, Math.abs(elapsedS * sampleRateHz - at));
    at += record.sampleCount;
  }
  return Math.ceil(drift);
}

function allocate(sampleType: SampleType, count: number, shared: boolean): Samples {
  const bytes = count * (sampleType === 'float64' ? 8 : 4);
  const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  if (sampleType === 'float64') return new Float64Array(buffer);
  return sampleType === 'float32' ? new Float32Array(buffer) : new Int32Array(buffer);
}

function segmentOf(records: readonly RecordHeader[], sampleType: SampleType, samples: Samples) {
  const first = firstOf(records);
  return {
    stream: first.stream,
    startNs: recordStartNs(first),
    sampleRateHz: first.sampleRateHz,
    samples,
    sampleType,
    encoding: encodingName(first.encoding),
    text: undefined,
  };
}

/** One segment, or one for each stretch between records that could not be decoded. */
function decodeRun(
  view: DataView,
  run: Run,
  warnings: FormatWarning[],
  shared: boolean,
): DecodedSegment[] {
  const samples = allocate(run.sampleType, run.sampleCount, shared);
  const segments: DecodedSegment[] = [];
  let at = 0;
  let pieceFrom = 0;
  let piece: RecordHeader[] = [];
  const closePiece = () => {
    if (piece.length > 0) {
      segments.push(segmentOf(piece, run.sampleType, samples.slice(pieceFrom, at)));
    }
  };
  let whole = true;
  for (const record of run.records) {
    const result = decodeRecord(view, record, samples, at);
    if (result.code) {
      const cost = result.usable ? result.message : `${result.message}; it was left out`;
      warn(warnings, record, result.code, cost);
    }
    if (result.usable) {
      piece.push(record);
    } else {
      whole = false;
      closePiece();
      piece = [];
      pieceFrom = at + record.sampleCount;
    }
    at += record.sampleCount;
  }
  if (whole) return [segmentOf(run.records, run.sampleType, samples)];
  closePiece();
  return segments;
}

function textSegment(bytes: Uint8Array, run: Run): DecodedSegment {
  const text = new Uint8Array(run.sampleCount);
  let at = 0;
  for (const record of run.records) {
    const from = record.offset + record.dataOffset;
    const length = Math.min(record.sampleCount, record.dataLength);
    text.set(bytes.subarray(from, from + length), at);
    at += length;
  }
  return { ...segmentOf(run.records, 'text', new Int32Array(0)), text: text.slice(0, at) };
}

// Tasks that read waveform files. They run in workers and open the files themselves, so that bytes cross no thread.

import { basename } from 'node:path';
import { AppError, messageOf } from '../../base/appError.ts';
import { release } from '../../base/release.ts';
import { addSeconds, type EpochNs } from '../../base/time.ts';
import { streamKeyOf } from '../../domain/waveform/streamKey.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { Samples, TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { isControlHeader } from '../../formats/miniseed/detect.ts';
import { type ByteRange, readMiniseed, scanMiniseed } from '../../formats/miniseed/read.ts';
import { transferable, type TaskContext, type TaskReply } from '../../jobs/task.ts';
import { arrayLike, buildPyramid } from '../../signal/pyramid.ts';
import { absoluteSample, type StoredSegment } from '../../waveforms/storedSegment.ts';
import { inspectFile, readRange, readWholeFile } from './waveformFile.ts';

/** A gap-free stretch of a file as its headers promise it. */
export interface FileExtent {
  readonly streamKey: string;
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  /** Where the samples lie in the file, `PART_SAMPLES` after `PART_SAMPLES`. */
  readonly parts: readonly ByteRange[];
}

export interface ScannedFile {
  readonly path: string;
  readonly format: string | undefined;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
  readonly extents: readonly FileExtent[];
  readonly warnings: readonly string[];
  /** Why nothing of the file can be used. */
  readonly error: string | undefined;
}

/** A SEED volume without waveforms: looks like miniSEED at first and lies in many waveform folders. */
export const SEED_METADATA = 'SEED metadata';

const WARNINGS_KEPT = 20;

/** What each file holds, by content. A file that cannot be read says so in `error`; the others go on. */
export function scanFilesTask(
  args: { paths: readonly string[] },
  context: TaskContext,
): TaskReply<ScannedFile[]> {
  const value: ScannedFile[] = [];
  for (const path of args.paths) {
    if (context.cancelled()) break;
    value.push(scanFile(path));
  }
  return { value };
}

function scanFile(path: string): ScannedFile {
  const nothing = { path, format: undefined, sizeBytes: 0, modifiedNs: 0n };
  try {
    const facts = { path, ...inspectFile(path) };
    if (facts.format !== 'miniseed')
      return { ...facts, extents: [], warnings: [], error: undefined };
    try {
      return { ...facts, ...scanWaveforms(path), error: undefined };
    } catch (error) {
      const format = startsWithMetadata(path) ? SEED_METADATA : facts.format;
      return { ...facts, format, extents: [], warnings: [], error: messageOf(error) };
    }
  } catch (error) {
    return { ...nothing, extents: [], warnings: [], error: messageOf(error) };
  }
}

function startsWithMetadata(path: string): boolean {
  return isControlHeader(readWholeFile(path), 0);
}

function scanWaveforms(path: string): Pick<ScannedFile, 'extents' | 'warnings'> {
  const bytes = readWholeFile(path);
  const { extents, warnings } = scanMiniseed(bytes, { name: basename(path) });
  // Small files lie in memory that they share with others.
  if (bytes.byteLength === bytes.buffer.byteLength) release([bytes]);
  const told = warnings.slice(0, WARNINGS_KEPT).map((warning) => warning.message);
  if (warnings.length > WARNINGS_KEPT) told.push(`… and ${warnings.length - WARNINGS_KEPT} more`);
  return {
    warnings: told,
    extents: extents
      .filter((extent) => extent.sampleType !== 'text' && extent.sampleCount > 0)
      .map(({ stream, startNs, sampleRateHz, sampleCount, parts }) => ({
        streamKey: streamKeyOf(stream),
        ...{ startNs, sampleRateHz, sampleCount, parts },
      })),
  };
}

export interface PieceRequest {
  readonly id: string;
  readonly streamKey: string;
  readonly window: TimeWindow;
}

export interface LoadedPiece {
  readonly id: string;
  readonly streamKey: string;
  readonly segments: readonly StoredSegment[];
}

/** Decodes pieces of one file into shared memory and builds their pyramids. Throws `unreadable-file`. */
export function loadPiecesTask(
  args: { path: string; bytes: ByteRange; pieces: readonly PieceRequest[] },
  context: TaskContext,
): TaskReply<LoadedPiece[]> {
  const { path, bytes, pieces } = args;
  const segments = decode(path, {
    bytes,
    streamKeys: [...new Set(pieces.map((piece) => piece.streamKey))],
    window: spanOf(pieces.map((piece) => piece.window)),
    shared: true,
  });
  const value: LoadedPiece[] = [];
  for (const { id, streamKey, window } of pieces) {
    if (context.cancelled()) break;
    const own = segments
      .filter((segment) => streamKeyOf(segment.stream) === streamKey)
      .flatMap((segment) => trim(segment, window) ?? [])
      .map(store);
    value.push({ id, streamKey, segments: own });
  }
  return { value };
}

/** Segments of some streams in a window, decoded into memory of their own that moves to the caller. */
export function readSegmentsTask(args: {
  path: string;
  bytes: ByteRange;
  streamKeys: readonly string[];
  window: TimeWindow;
}): TaskReply<TraceSegment[]> {
  const decoded = decode(args.path, args);
  const value = decoded.flatMap((segment) => {
    const inside = trim(segment, args.window);
    if (!inside) return [];
    const { startNs, sampleRateHz, samples, stream } = inside;
    // A view takes all of the buffer behind it along: little where records begin and end outside the window.
    const spareBytes = samples.buffer.byteLength - samples.byteLength;
    const owned = spareBytes <= samples.byteLength / 8 ? samples : samples.slice();
    return [{ stream, startNs, sampleRateHz, samples: owned }];
  });
  return { value, transfer: transferable(value.map((segment) => segment.samples)) };
}

interface DecodeOptions {
  readonly streamKeys: readonly string[];
  readonly window: TimeWindow;
  readonly bytes: ByteRange;
  readonly shared?: boolean;
}

/** Reads the part of the file where the streams were when it was scanned; all of it when they are elsewhere now. */
function decode(path: string, options: DecodeOptions): readonly TraceSegment[] {
  try {
    const segments = decodeBytes(path, readRange(path, options.bytes), options);
    if (segments.length > 0) return segments;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unreadable-file') throw error;
  }
  return decodeBytes(path, readWholeFile(path), options);
}

function decodeBytes(
  path: string,
  bytes: Uint8Array,
  { streamKeys, window, shared = false }: DecodeOptions,
): readonly TraceSegment[] {
  const options = { streamKeys, window, shared, name: basename(path) };
  const { segments } = readMiniseed(bytes, options);
  return segments.filter((segment) => segment.samples.length > 0 && segment.sampleRateHz > 0);
}

function spanOf(windows: readonly TimeWindow[]): TimeWindow {
  const [first = { startNs: 0n as EpochNs, endNs: 0n as EpochNs }] = windows;
  let { startNs, endNs } = first;
  for (const window of windows) {
    if (window.startNs < startNs) startNs = window.startNs;
    if (window.endNs > endNs) endNs = window.endNs;
  }
  return { startNs, endNs };
}

/** The samples whose times lie inside the window, half a sample of tolerance at either end. */
function trim(segment: TraceSegment, window: TimeWindow): TraceSegment | undefined {
  const { startNs, sampleRateHz, samples } = segment;
  const index = (time: EpochNs): number => (Number(time - startNs) * sampleRateHz) / 1e9;
  const from = Math.max(0, Math.ceil(index(window.startNs) - 0.5));
  const to = Math.min(samples.length, Math.ceil(index(window.endNs) - 0.5));
  if (to <= from) return undefined;
  if (from === 0 && to === samples.length) return segment;
  const start = addSeconds(startNs, from / sampleRateHz);
  return { ...segment, startNs: start, samples: samples.subarray(from, to) };
}

/** The samples in shared memory of their own: a copy where they are a part of something larger. */
function shareable(samples: Samples): Samples {
  const { buffer, byteLength } = samples;
  if (buffer instanceof SharedArrayBuffer && buffer.byteLength === byteLength) return samples;
  const copy = arrayLike(samples, samples.length, true);
  copy.set(samples);
  return copy;
}

function store(segment: TraceSegment): StoredSegment {
  const { startNs, sampleRateHz } = segment;
  const samples = shareable(segment.samples);
  const firstSample = absoluteSample(startNs, sampleRateHz);
  const pyramid = buildPyramid(samples, { firstSample, shared: true });
  return { startNs, sampleRateHz, sampleCount: samples.length, firstSample, samples, pyramid };
}

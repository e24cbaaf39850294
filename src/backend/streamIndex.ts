import { epochNs, type EpochNs, maxTime, minTime } from '../base/time.ts';
import { overlaps, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import { sampleTime, samplesToNs } from '../domain/waveform/traceSegment.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import { type ByteRange, PART_SAMPLES } from '../formats/miniseed/read.ts';
import type { FileExtent, ScannedFile } from './tasks/fileTasks.ts';

/** What is decoded at once: a stretch of one stream in one file. */
export interface Piece {
  readonly id: string;
  readonly path: string;
  readonly streamKey: string;
  /** From the first sample to where the one after the last would lie. */
  readonly window: TimeWindow;
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  /** Where in the file it lies. */
  readonly bytes: ByteRange;
}

/** The shortest range that holds all of theirs. */
export function bytesOf(pieces: readonly Piece[]): ByteRange {
  let [from, to] = [Infinity, 0];
  for (const { bytes } of pieces) {
    if (bytes.from < from) from = bytes.from;
    if (bytes.to > to) to = bytes.to;
  }
  return { from, to };
}

/** Which file holds what of which stream, merged over files. */
export class StreamIndex {
  readonly #pieces = new Map<string, Piece[]>();
  /** The file each distinct stretch was first seen in, so that a copy of a file adds nothing. */
  readonly #owners = new Map<string, string>();
  readonly #infos = new Map<string, StreamInfo>();

  /** Adds a file's extents; ones already known, from it or a copy of it, are left out. */
  addFile(file: ScannedFile): void {
    for (const extent of file.extents) {
      const owned = `${extent.streamKey} ${extent.startNs} ${extent.sampleRateHz} ${extent.sampleCount}`;
      if (this.#owners.has(owned) || !(extent.sampleRateHz > 0)) continue;
      this.#owners.set(owned, file.path);
      const pieces = this.#pieces.get(extent.streamKey) ?? [];
      pieces.push(...cut(extent, file.path));
      pieces.sort((a, b) => (a.window.startNs < b.window.startNs ? -1 : 1));
      this.#pieces.set(extent.streamKey, pieces);
      this.#infos.delete(extent.streamKey);
    }
  }

  /** Takes a file out; returns the pieces that were its. */
  removeFile(path: string): Piece[] {
    const removed: Piece[] = [];
    for (const [streamKey, pieces] of this.#pieces) {
      const kept = pieces.filter((piece) => piece.path !== path);
      if (kept.length === pieces.length) continue;
      removed.push(...pieces.filter((piece) => piece.path === path));
      if (kept.length > 0) this.#pieces.set(streamKey, kept);
      else this.#pieces.delete(streamKey);
      this.#infos.delete(streamKey);
    }
    for (const [owned, owner] of this.#owners) if (owner === path) this.#owners.delete(owned);
    return removed;
  }

  /** The pieces of a stream that touch a window. */
  pieces(streamKey: string, window: TimeWindow): Piece[] {
    return (this.#pieces.get(streamKey) ?? []).filter((piece) => overlaps(piece.window, window));
  }

  streams(): StreamInfo[] {
    return [...this.#pieces.keys()].sort().flatMap((key) => this.stream(key) ?? []);
  }

  stream(streamKey: string): StreamInfo | undefined {
    const known = this.#infos.get(streamKey);
    if (known) return known;
    const pieces = this.#pieces.get(streamKey);
    const info = pieces && infoOf(streamKey, pieces);
    if (info) this.#infos.set(streamKey, info);
    return info;
  }
}

/** Longer stretches are decoded in pieces, so that ten minutes do not cost a day. */
function cut(extent: FileExtent, path: string): Piece[] {
  const { streamKey, startNs, sampleRateHz, sampleCount, parts } = extent;
  const pieces: Piece[] = [];
  for (const [k, bytes] of parts.entries()) {
    const from = k * PART_SAMPLES;
    const count = Math.min(PART_SAMPLES, sampleCount - from);
    const start = sampleTime(startNs, from, sampleRateHz);
    const window = { startNs: start, endNs: sampleTime(startNs, from + count, sampleRateHz) };
    const id = `${path} ${streamKey} ${start} ${sampleRateHz} ${count}`;
    pieces.push({ id, path, streamKey, window, sampleRateHz, sampleCount: count, bytes });
  }
  return pieces;
}

function infoOf(streamKey: string, pieces: readonly Piece[]): StreamInfo | undefined {
  const [first] = pieces;
  if (!first) return undefined;
  const gaps: TimeWindow[] = [];
  let startNs: EpochNs = first.window.startNs;
  let endNs: EpochNs = first.window.endNs;
  let longest = first;
  for (const piece of pieces) {
    const toleranceNs = samplesToNs(0.5, piece.sampleRateHz);
    if (piece.window.startNs > endNs + toleranceNs) {
      gaps.push({ startNs: endNs, endNs: piece.window.startNs });
    }
    startNs = minTime(startNs, piece.window.startNs);
    endNs = maxTime(endNs, piece.window.endNs);
    if (piece.sampleCount > longest.sampleCount) longest = piece;
  }
  const { sampleRateHz } = longest;
  const sampleCount = pieces.reduce((sum, piece) => sum + piece.sampleCount, 0);
  return { streamKey, sampleRateHz, startNs, endNs: epochNs(endNs), gaps, sampleCount };
}

// Seismo-Performer's archive scan (jamm1985/seismo-performer, release v2.0; Stepnov et al. 2021,
// doi:10.3390/s21186290) as pure functions; the network is handed in.

import type { EpochNs } from '../../base/time.ts';
import type { ArchiveScanOptions } from '../../domain/event/archiveScan.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { checkScanOptions } from './scanOptions.ts';
import { type ScanPick, scanPicks } from './scanPicks.ts';
import { type ScanSpan, scanChunks, scanSpans } from './scanTraces.ts';
import { type InferWindows, restoreScores, scoreWindows } from './scanWindows.ts';

/** What a chunk of a group gave. */
export interface ChunkScan {
  readonly startNs: EpochNs;
  readonly samples: number;
  /** Windows × labels (P, S, noise); empty when the chunk is shorter than one window. */
  readonly scores: Float32Array;
  /** Peaks at or above the thresholds, also those that are not dominant. */
  readonly picks: readonly ScanPick[];
}

/** A group of files ready to be scanned chunk by chunk. */
export interface GroupPlan {
  readonly chunks: readonly ScanSpan[];
  /** Why nothing of the group is scanned, for people; the program skips without a word. */
  readonly skipped: string | undefined;
}

/**
 * Prepares one group: each file's traces in order of time, files in the order of the network's components (N, E, Z).
 * Throws `bad-input` for options that cannot be used or a trace that cannot be prepared.
 */
export function planGroup(
  files: readonly (readonly TraceSegment[])[],
  options: ArchiveScanOptions,
): GroupPlan {
  checkScanOptions(options);
  const { spans, skipped } = scanSpans(files, options);
  return { chunks: spans.flatMap((span) => scanChunks(span, options.chunkSeconds)), skipped };
}

/** Scans one chunk. `infer` runs the network that scales as `options.scaler` says (`scalerFile`). */
export async function scanChunk(
  chunk: ScanSpan,
  options: ArchiveScanOptions,
  infer: InferWindows,
): Promise<ChunkScan> {
  return chunkPicks(chunk, options, await scoreWindows(chunk.components, options, infer));
}

/** A chunk's picks from the scores of its windows, windows × labels. */
export function chunkPicks(
  { startNs, components }: ScanSpan,
  { shiftSamples, thresholds }: Pick<ArchiveScanOptions, 'shiftSamples' | 'thresholds'>,
  scores: Float32Array,
): ChunkScan {
  const samples = components[0]?.length ?? 0;
  const curves = restoreScores(scores, samples, shiftSamples);
  return { startNs, samples, scores, picks: scanPicks(curves, startNs, thresholds) };
}

// An archive scan as Seismo-Performer's program does it (jamm1985/seismo-performer `archive_scan.py`), as plain data.

import type { EpochNs } from '../../base/time.ts';

export type ScanPhase = 'P' | 'S';
export type ScanThresholds = Readonly<Record<ScanPhase, number>>;

export interface ArchiveScanOptions {
  /** Removes the least-squares line of each trace (off with `--no-detrend`). */
  readonly detrend: boolean;
  /** Butterworth, 4 corners, causal, at the trace's own rate; undefined for none (`--no-filter`). */
  readonly highpassHz: number | undefined;
  /**
   * By what windows are divided: their own largest absolute value over all components, or that of the whole chunk.
   * The program documents `window` and `--trace-normalization` for `chunk`; its release v2.0 always does `chunk`.
   */
  readonly normalisation: 'window' | 'chunk';
  /**
   * Over what the spectrogram's decibels are scaled inside the network: each window, or the whole batch as published.
   * It names the network's file; with `batch` the answers depend on `batchSize`.
   */
  readonly scaler: 'window' | 'batch';
  /** Windows that go through the network at once (`--batch-size`). */
  readonly batchSize: number;
  /** Length of a chunk (`--trace-size`); no window lies across two. */
  readonly chunkSeconds: number;
  /** Samples from one window to the next (`--shift`). */
  readonly shiftSamples: number;
  /** Each window by itself through the network's own file (`--every-window`), not the faster way. */
  readonly everyWindow: boolean;
  readonly thresholds: ScanThresholds;
  /** Only data from and up to these times (`--start`, `--end`). */
  readonly start: EpochNs | undefined;
  readonly end: EpochNs | undefined;
}

/** `seismo-performer`: chunks, peaks and dominance. `gpd`: GPD's own `gpd_predict.py`, whole traces and triggers. */
export type ScanProgram = 'seismo-performer' | 'gpd';

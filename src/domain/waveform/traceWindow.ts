import type { EpochNs } from '../../base/time.ts';
import type { TimeWindow } from './timeWindow.ts';

/**
 * A gap-free stretch of a trace as it is answered for drawing.
 * `samples`: one value a step, value i at `startNs + i·stepS`.
 * `bins`: minimum and maximum interleaved, bin i spans `startNs + i·stepS` to `startNs + (i+1)·stepS`.
 * Amplitude = `offset + value`; the offset keeps float32 exact enough on a large DC level.
 */
export interface TracePart {
  readonly kind: 'samples' | 'bins';
  readonly startNs: EpochNs;
  readonly stepS: number;
  readonly offset: number;
  readonly values: Float32Array;
}

/** complete: all there is was answered. loading: more is being decoded; ask again on `source.changed`. */
export type TraceState = 'complete' | 'loading' | 'none' | 'failed';

/** One stream in a window, gaps and overlaps explicit. `reason` says in words why little or nothing is drawn. */
export interface TraceWindow {
  readonly streamKey: string;
  readonly window: TimeWindow;
  readonly sampleRateHz: number;
  readonly parts: readonly TracePart[];
  readonly gaps: readonly TimeWindow[];
  readonly overlaps: readonly TimeWindow[];
  /** Where a filter's start-up or the end of data makes amplitudes unsure. */
  readonly edgeZones: readonly TimeWindow[];
  /** Largest |amplitude − offset of its part| in the window, in `unit`. */
  readonly peak: number;
  readonly unit: string;
  readonly state: TraceState;
  readonly reason: string | undefined;
}

/** What is known of a stream before any sample is read. */
export interface StreamInfo {
  readonly streamKey: string;
  readonly sampleRateHz: number;
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
  readonly gaps: readonly TimeWindow[];
  readonly sampleCount: number;
}

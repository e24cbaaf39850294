import type { EpochNs } from '../../../src/base/time.ts';
import type { TracePart } from '../../../src/domain/waveform/traceWindow.ts';

// What the page and the painter's worker say to each other. Lengths are device pixels unless named otherwise.

/** What is drawn of one stream: gap-free parts, ordered by time. */
export interface TraceInk {
  readonly key: string;
  readonly parts: readonly TracePart[];
}

/** A flat rectangle under the traces: a tint, a grid line, a row's edge. */
export interface Tint {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Opaque, as `toPixel` makes it. */
  readonly pixel: number;
}

export interface FrameRow {
  readonly key: string;
  readonly top: number;
  readonly height: number;
  readonly pixel: number;
  /** Rows of one group share the scale of the largest of them. */
  readonly group: string;
}

/** One picture. The worker paints only the latest it has been given. */
export interface TraceFrame {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
  readonly background: number;
  readonly tints: readonly Tint[];
  readonly rows: readonly FrameRow[];
  readonly gain: number;
  /** True: zero amplitude lies in the middle of a row. False: the middle of what is seen does. */
  readonly centred: boolean;
}

export type ToPainter =
  | { readonly kind: 'attach'; readonly canvas: OffscreenCanvas }
  | { readonly kind: 'put'; readonly traces: readonly TraceInk[] }
  | { readonly kind: 'keep'; readonly keys: readonly string[] }
  | { readonly kind: 'paint'; readonly id: number; readonly frame: TraceFrame };

export interface Painted {
  readonly id: number;
  readonly paintMs: number;
  /** For each row of the frame: the largest amplitude seen, 0 where nothing is drawn. */
  readonly peaks: Float32Array<ArrayBuffer>;
}

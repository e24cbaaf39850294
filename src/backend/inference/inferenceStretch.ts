// What the inference process is asked to run.

import type { AppError } from '../../base/appError.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { stretchChunks } from '../../models/runChunk.ts';
import type { ChunkShare } from '../../models/stacking.ts';
import { type WindowChunk, type Windowing, windowingOf } from '../../models/windowing.ts';

/** A gap-free stretch to be run through a model. */
export interface Stretch {
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  /** Rows of the network's output that curves are wanted of. */
  readonly rows: readonly number[];
  readonly samples: number;
  /** Windows one after the other in the place of curves; see `Windowing.apart`. */
  readonly apart?: true | undefined;
  /** So many samples of each component in the model's order; undefined where absent. */
  readonly inputs: readonly (Samples | undefined)[];
  /** Told how many windows have just been finished. */
  readonly onWindows?: (count: number) => void;
}

/** Takes the shares of chunks in any order. */
interface Assembly {
  add(index: number, shares: readonly ChunkShare[]): void;
}

/** A chunk on its way through the process. */
export interface ChunkTask {
  readonly stretch: Stretch;
  /** Only values of this size or more are wanted, and their neighbours; all are when undefined. */
  readonly wantedFrom: number | undefined;
  readonly windowing: Windowing;
  readonly chunk: WindowChunk;
  readonly index: number;
  readonly assembly: Assembly;
  deaths: number;
  finish(): void;
  fail(error: AppError): void;
  live(): boolean;
}

/** How a stretch is cut into windows, and these into chunks. */
export function windowsOf({ model, settings, samples, apart }: Stretch): {
  windowing: Windowing;
  chunks: readonly WindowChunk[];
} {
  const together = windowingOf(model.spec, settings, samples);
  const windowing = apart ? { ...together, apart } : together;
  return { windowing, chunks: stretchChunks(windowing, settings.batchSize) };
}

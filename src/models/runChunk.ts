// Windows of a stretch through a network: cut, prepared, run and stacked. The one way from samples to curves, in
// the inference process and wherever a network is at hand.

import type { RunSettings } from '../domain/event/runSettings.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';
import { WindowPreparer } from './preprocess.ts';
import { RowKernel } from './rowKernel.ts';
import type { RunnerSpec } from './spec.ts';
import type { ScoreChunk } from './spectrogramNet/fastChunk.ts';
import { type ChunkShare, CurveAssembly, shareStack } from './stacking.ts';
import {
  inverseCover,
  type WindowChunk,
  type Windowing,
  windowChunks,
  windowingOf,
  windowStart,
} from './windowing.ts';

/**
 * Runs the network on `windows` × components × samples, and answers windows × labels × samples, or windows ×
 * labels for networks with one answer per window. The input is overwritten once the answer is there.
 */
export type Inference = (
  input: Float32Array,
  windows: number,
  windowSamples: number,
) => Promise<Float32Array>;

/** Windows of this many lengths away from either end of a stretch are not moved by it. */
const WINDOWS_FROM_END = 2;
/** What a chunk of windows holds of answers per sample, less of long windows … */
const WINDOWS_PER_CHUNK = 64;
const SAMPLES_PER_CHUNK = 400_000;
/** … and of one answer a window, where windows are small and overlap much. */
const POINTS_PER_CHUNK = 2048;

/**
 * The chunks in which a stretch goes to the network. Those of one answer a window are whole batches: networks that
 * scale over their batch answer by it.
 */
export function stretchChunks(windowing: Windowing, batchSize: number): WindowChunk[] {
  if (windowing.answers !== 'point') {
    const fitting = Math.floor(SAMPLES_PER_CHUNK / windowing.windowSamples);
    return windowChunks(windowing, Math.min(WINDOWS_PER_CHUNK, Math.max(1, fitting)));
  }
  const batches = Math.max(1, Math.floor(POINTS_PER_CHUNK / batchSize));
  return windowChunks(windowing, batches * batchSize);
}

/** Part of a stretch on its way through the network. */
export interface ChunkInput {
  readonly windowing: Windowing;
  readonly chunk: WindowChunk;
  /** Samples `[chunk.from, chunk.to)` of each component in the model's order; undefined where absent. */
  readonly samples: readonly (Samples | undefined)[];
}

/** What windows of one length are prepared in. */
interface Memory {
  readonly windowSamples: number;
  readonly windowValues: number;
  readonly preparer: WindowPreparer;
}

/** Runs chunks with one network, spec and settings; keeps its memory between them. */
export class ChunkRunner {
  readonly #spec: RunnerSpec;
  readonly #settings: RunSettings;
  readonly #infer: Inference;
  readonly #rows: readonly number[];
  readonly #fast: ScoreChunk | undefined;
  readonly #kernel = new RowKernel();
  #memory: Memory | undefined;
  #lastCover: { readonly key: string; readonly inverse: Float32Array } | undefined;

  /** `rows` are those of the network's output to make curves of; `fast` is a quicker way to the same answers. */
  constructor(
    spec: RunnerSpec,
    settings: RunSettings,
    rows: readonly number[],
    infer: Inference,
    fast?: ScoreChunk,
  ) {
    this.#spec = spec;
    this.#settings = settings;
    this.#infer = infer;
    this.#fast = fast;
    this.#rows = rows;
  }

  /** The chunk's share in the curve of each row. */
  async run({ windowing, chunk, samples }: ChunkInput): Promise<ChunkShare[]> {
    const averaged = windowing.answers === 'samples' && windowing.stacking === 'avg';
    const inverse = averaged ? this.#cover(windowing, chunk) : undefined;
    const stacks = this.#rows.map(() => shareStack(windowing, chunk, inverse));
    const each = windowing.answers === 'point' ? 1 : windowing.windowSamples;
    const outputs = this.#spec.labels.length * each;
    const { batchSize } = this.#settings;
    const { hopSamples: shiftSamples, steps } = windowing;
    const scores = await this.#fast?.({ samples, windows: chunk.windows, shiftSamples });
    if (scores !== undefined) {
      for (const [k, row] of this.#rows.entries()) {
        for (let i = 0; i < chunk.windows; i += 1) {
          stacks[k]?.add(chunk.firstWindow + i, scores, i * outputs + row);
        }
      }
      return stacks.map((stack) => stack.finish());
    }
    const { preparer, windowValues } = this.#memoryFor(windowing.windowSamples);
    const { rows, batch } = this.#kernel.hold(samples, batchSize * windowValues);
    for (let done = 0; done < chunk.windows; done += batchSize) {
      const count = Math.min(batchSize, chunk.windows - done);
      const first = chunk.firstWindow + done;
      for (let i = 0; i < count; i += 1) {
        const from = windowStart(windowing, first + i) - chunk.from;
        preparer.write(rows, from, batch, i * windowValues);
      }
      const input = batch.subarray(0, count * windowValues);
      const answers = await this.#infer(input, count, windowing.windowSamples);
      for (const [k, row] of this.#rows.entries()) {
        for (let i = 0; i < count; i += 1) {
          const at = i * outputs + row * each;
          if (steps === undefined) stacks[k]?.add(first + i, answers, at);
          else stacks[k]?.add(first + i, stepValues(answers, at, each, steps), 0);
        }
      }
    }
    return stacks.map((stack) => stack.finish());
  }

  /** The curves of a whole stretch, chunk by chunk. */
  async stretch(
    inputs: readonly (Samples | undefined)[],
    stretchSamples: number,
  ): Promise<readonly Float32Array[]> {
    const windowing = windowingOf(this.#spec, this.#settings, stretchSamples);
    const chunks = stretchChunks(windowing, this.#settings.batchSize);
    const assembly = new CurveAssembly(windowing, chunks, this.#rows.length);
    for (const [i, chunk] of chunks.entries()) {
      const samples = inputs.map((input) => input?.subarray(chunk.from, chunk.to));
      assembly.add(i, await this.run({ windowing, chunk, samples }));
    }
    return assembly.finish();
  }

  /** Nearly always that of the chunk before. */
  #memoryFor(windowSamples: number): Memory {
    if (this.#memory?.windowSamples === windowSamples) return this.#memory;
    const windowValues = this.#spec.components.length * windowSamples;
    this.#memory = {
      windowSamples,
      windowValues,
      preparer: new WindowPreparer(this.#settings.preparation, windowSamples, this.#kernel),
    };
    return this.#memory;
  }

  /** All chunks but the first and the last of a stretch are covered alike. */
  #cover(windowing: Windowing, chunk: WindowChunk): Float32Array {
    const { stretchSamples, windowSamples, hopSamples, blindingSamples } = windowing;
    const reach = WINDOWS_FROM_END * windowSamples;
    const isInner = chunk.from >= reach && stretchSamples - chunk.to >= reach;
    if (!isInner || windowing.steps !== undefined) {
      return inverseCover(windowing, chunk);
    }
    const key = [windowSamples, hopSamples, ...blindingSamples, chunk.windows].join(' ');
    if (this.#lastCover?.key !== key) {
      this.#lastCover = { key, inverse: inverseCover(windowing, chunk) };
    }
    return this.#lastCover.inverse;
  }
}

/** The values of a window that holds each for its share of the samples. */
function stepValues(
  answers: Float32Array,
  at: number,
  samples: number,
  steps: number,
): Float32Array {
  const values = new Float32Array(steps);
  for (let k = 0; k < steps; k += 1) {
    values[k] = answers[at + Math.ceil((k * samples) / steps)] as number;
  }
  return values;
}

// Windows of a stretch through a network: cut, prepared, run and stacked. The one way from samples to curves, in
// the inference process and wherever a network is at hand.

import { release } from '../base/release.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';
import { WindowPreparer } from './preprocess.ts';
import { RowKernel } from './rowKernel.ts';
import type { RunnerSpec } from './spec.ts';
import type { ScoreChunk } from './spectrogramNet/fastChunk.ts';
import { StackKernel } from './stackKernel.ts';
import {
  type ChunkShare,
  CurveAssembly,
  plainFirst,
  type ShareStack,
  shareStack,
  wantedShare,
} from './stacking.ts';
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
 * labels for networks with one answer per window. The input is overwritten once the answer is there. The answer may be
 * written to the start of `room`.
 */
export type Inference = (
  input: Float32Array,
  windows: number,
  windowSamples: number,
  room?: Float32Array,
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

const MOST_COVERS = 8;

/** What windows of one length are prepared in. */
interface Memory {
  readonly windowSamples: number;
  readonly windowValues: number;
  readonly preparer: WindowPreparer;
}

export interface ChunkOptions {
  /** A quicker way to the same answers. */
  readonly fast?: ScoreChunk | undefined;
  /** Only values of this size or more are wanted, and their neighbours (see `wantedShare`); all when absent. */
  readonly wantedFrom?: number | undefined;
}

/** Runs chunks with one network, spec and settings; keeps its memory between them. */
export class ChunkRunner {
  readonly #spec: RunnerSpec;
  readonly #settings: RunSettings;
  readonly #infer: Inference;
  readonly #rows: readonly number[];
  readonly #fast: ScoreChunk | undefined;
  readonly #wantedFrom: number | undefined;
  readonly #kernel = new RowKernel();
  readonly #stackKernel = new StackKernel();
  readonly #covers = new Map<string, Float32Array>();
  #memory: Memory | undefined;

  /** `rows` are those of the network's output to make curves of. */
  constructor(
    spec: RunnerSpec,
    settings: RunSettings,
    rows: readonly number[],
    infer: Inference,
    { fast, wantedFrom }: ChunkOptions = {},
  ) {
    this.#spec = spec;
    this.#settings = settings;
    this.#infer = infer;
    this.#fast = fast;
    this.#wantedFrom = wantedFrom;
    this.#rows = rows;
  }

  /** The chunk's share in the curve of each row. */
  async run({ windowing, chunk, samples }: ChunkInput): Promise<ChunkShare[]> {
    const each = windowing.answers === 'point' ? 1 : windowing.windowSamples;
    const { steps, hopSamples: shiftSamples } = windowing;
    const windowAnswers = this.#spec.labels.length * each;
    const batchWindows = Math.min(this.#settings.batchSize, chunk.windows);
    const { stacks, room } = this.#stacks(windowing, chunk, batchWindows * windowAnswers);
    const take = (first: number, windows: number, answers: Float32Array): void => {
      for (const [k, row] of this.#rows.entries()) {
        for (let i = 0; i < windows; i += 1) {
          const at = i * windowAnswers + row * each;
          if (steps === undefined) stacks[k]?.add(first + i, answers, at);
          else stacks[k]?.add(first + i, stepValues(answers, at, each, steps), 0);
        }
      }
    };
    const scores = await this.#fast?.({ samples, windows: chunk.windows, shiftSamples });
    if (scores !== undefined) take(chunk.firstWindow, chunk.windows, scores);
    else await this.#runBatches({ windowing, chunk, samples }, batchWindows, room, take);
    return stacks.map((stack) => this.#shareOf(stack.finish(), windowing));
  }

  /** One stack a row, and where the network may write its answers. */
  #stacks(
    windowing: Windowing,
    chunk: WindowChunk,
    answerValues: number,
  ): { stacks: readonly ShareStack[]; room: Float32Array | undefined } {
    if (windowing.answers !== 'samples' || windowing.stacking !== 'avg') {
      const stacks = this.#rows.map(() => shareStack(windowing, chunk, undefined));
      return { stacks, room: undefined };
    }
    const kernel = this.#stackKernel;
    const cover = this.#cover(windowing, chunk);
    const { sums, inverse, answers } = kernel.hold(cover, this.#rows.length, answerValues);
    const stacks = sums.map((sum) => shareStack(windowing, chunk, { kernel, sum, inverse }));
    return { stacks, room: answers };
  }

  /** `take` is told the first window of each batch, how many there are and what the network answers to them. */
  async #runBatches(
    { windowing, chunk, samples }: ChunkInput,
    batchWindows: number,
    room: Float32Array | undefined,
    take: (first: number, windows: number, answers: Float32Array) => void,
  ): Promise<void> {
    const { preparer, windowValues } = this.#memoryFor(windowing.windowSamples);
    const { rows, batch } = this.#kernel.hold(samples, batchWindows * windowValues);
    for (let done = 0; done < chunk.windows; done += batchWindows) {
      const count = Math.min(batchWindows, chunk.windows - done);
      const first = chunk.firstWindow + done;
      for (let i = 0; i < count; i += 1) {
        const from = windowStart(windowing, first + i) - chunk.from;
        preparer.write(rows, from, batch, i * windowValues);
      }
      const input = batch.subarray(0, count * windowValues);
      const answers = await this.#infer(input, count, windowing.windowSamples, room);
      take(first, count, answersIn(room, answers));
    }
  }

  /** Of its own: the stack's memory is used again. */
  #shareOf(share: ChunkShare, { answers, windowSamples }: Windowing): ChunkShare {
    const kernel = this.#stackKernel;
    const wanted =
      this.#wantedFrom === undefined || answers === 'point'
        ? share
        : wantedShare(share, windowSamples, this.#wantedFrom, (values, from, to, level) =>
            kernel.holds(values)
              ? kernel.firstFrom(values, from, to, level)
              : plainFirst(values, from, to, level),
          );
    return kernel.holds(wanted.values) ? { ...wanted, values: wanted.values.slice() } : wanted;
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

  /** Chunks are covered alike, but for the first and the last of a stretch; stretches are of a few lengths. */
  #cover(windowing: Windowing, chunk: WindowChunk): Float32Array {
    const { stretchSamples, windowSamples, hopSamples, blindingSamples, keepEnds } = windowing;
    const reach = WINDOWS_FROM_END * windowSamples;
    if (windowing.steps !== undefined) return inverseCover(windowing, chunk);
    const place = [
      chunk.from < reach ? chunk.from : '',
      chunk.firstWindow * hopSamples - chunk.from,
      stretchSamples - chunk.to < reach ? stretchSamples - chunk.from : '',
      chunk.windows,
      windowing.apart ?? '',
    ];
    const key = [windowSamples, hopSamples, ...blindingSamples, keepEnds, ...place].join(' ');
    const known = this.#covers.get(key);
    if (known !== undefined) return known;
    if (this.#covers.size >= MOST_COVERS) {
      release([...this.#covers.values()]);
      this.#covers.clear();
    }
    const inverse = inverseCover(windowing, chunk);
    this.#covers.set(key, inverse);
    return inverse;
  }
}

/** Passes of the kernel need the answers in its memory, where the runtime cannot be made to write them everywhere. */
function answersIn(room: Float32Array | undefined, answers: Float32Array): Float32Array {
  if (room === undefined || answers.buffer === room.buffer) return answers;
  room.set(answers);
  return room;
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

// Seismo-Performer and Spec-CNN over a trace: every spectrogram frame once, then the network without its front end.
// Against the file run window by window only rounding differs: dividing a window shifts its logarithms, the floors at
// magnitude 1e-5 and 80 dB below the loudest bin are applied to each window as the file does.

import type { SpectrogramScaler } from '../import/spectrogramFront.ts';
import {
  commonDivisor,
  type FrameLayout,
  FrameStore,
  type RunFrames,
  WINDOW_FRAMES,
  WINDOW_SAMPLES,
  WINDOW_VALUES,
} from './frameStore.ts';
import {
  FRAME_BINS,
  FRAME_HOP,
  FRAME_SAMPLES,
  FRONT_INPUT,
  FRONT_OUTPUT,
  frontGraph,
} from './frontGraph.ts';
import { readSpectrogramNetwork } from './packWeights.ts';
import { cnnTail, performerTail, TAIL_INPUTS, TAIL_OUTPUT } from './tailGraphs.ts';

/** A graph ready to run: named inputs with their shapes, one output. */
export interface OpenGraph {
  run(
    inputs: Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>,
    output: string,
  ): Promise<Float32Array>;
  release(): Promise<void>;
}
export type OpenGraphFile = (file: Uint8Array) => Promise<OpenGraph>;

/** Windows of 400 samples, the first at sample 0, one every `shiftSamples`. */
export interface WindowsToScore {
  /** Samples of the components in the network's order, all of one length. */
  readonly components: readonly Float32Array[];
  readonly windows: number;
  readonly shiftSamples: number;
  /** By what each window is divided; one of 0 is fed as silence. */
  readonly divisors: Float64Array;
  /** Windows that share a scale where the network scales by batch, counted from the first. */
  readonly batchSize: number;
}

const LABELS = 3;
/** Samples whose frames are held at once: they stay in a core's cache, near enough. */
const BLOCK_SAMPLES = 16_384;
/** Windows that go through the network at once. */
const WINDOWS_AT_ONCE = { patches: 64, planes: 16 } as const;
/** The floors of the decibel layer, as natural logarithms of power. */
const LOG_POWER_PER_DB = Math.LN10 / 5;
const SILENCE = 2 * Math.log(1e-5);
const RANGE = 80 * LOG_POWER_PER_DB;

/** Whether windows this far apart share frames, so that computing each once is less work. */
export function sharesFrames(shiftSamples: number): boolean {
  return shiftSamples / commonDivisor(FRAME_HOP, shiftSamples) < WINDOW_FRAMES;
}

/**
 * The fast way through a network's file, or undefined when the file is neither Seismo-Performer nor Spec-CNN.
 * `open` makes a graph ready to run on one core.
 */
export async function openSpectrogramScorer(
  file: Uint8Array,
  open: OpenGraphFile,
): Promise<SpectrogramScorer | undefined> {
  const network = readSpectrogramNetwork(file);
  if (network === undefined) return undefined;
  const { architecture, scaler, tensors } = network;
  const layout = architecture === 'seismo-performer' ? 'patches' : 'planes';
  const tail = architecture === 'seismo-performer' ? performerTail(tensors) : cnnTail(tensors);
  return new SpectrogramScorer(layout, scaler, {
    front: await open(frontGraph()),
    tail: await open(tail),
  });
}

/** Scores windows of traces; one at a time. */
export class SpectrogramScorer {
  readonly #layout: FrameLayout;
  readonly #scaler: SpectrogramScaler;
  readonly #front: OpenGraph;
  readonly #tail: OpenGraph;
  readonly #input: Float32Array;
  #store: { readonly key: string; readonly frames: FrameStore } | undefined;

  constructor(
    layout: FrameLayout,
    scaler: SpectrogramScaler,
    graphs: { readonly front: OpenGraph; readonly tail: OpenGraph },
  ) {
    this.#layout = layout;
    this.#scaler = scaler;
    this.#front = graphs.front;
    this.#tail = graphs.tail;
    this.#input = new Float32Array(WINDOWS_AT_ONCE[layout] * WINDOW_VALUES);
  }

  /** Probabilities, windows × labels. */
  async score(request: WindowsToScore): Promise<Float32Array> {
    const { windows, shiftSamples, batchSize } = request;
    const scores = new Float32Array(windows * LABELS);
    const perBlock = Math.max(1, Math.floor((BLOCK_SAMPLES - WINDOW_SAMPLES) / shiftSamples) + 1);
    const byBatch = this.#scaler === 'batch';
    const wholeBatches = Math.floor(perBlock / batchSize) * batchSize;
    const step = byBatch && wholeBatches > 0 ? wholeBatches : perBlock;
    const unit = largest(request.components);
    const levels = levelsOf(request, unit);
    const blocks: [first: number, count: number][] = [];
    for (let first = 0; first < windows; first += step) {
      blocks.push([first, Math.min(step, windows - first)]);
    }
    // A batch longer than a block is measured over all its blocks before its first window can be scored.
    const twice = byBatch && wholeBatches === 0;
    for (const [first, count] of twice ? blocks : []) {
      this.#measure(await this.#frames(request, unit, first, step), levels, first, count, request);
    }
    if (twice) shareScales(levels, 0, windows, batchSize);
    for (const [first, count] of blocks) {
      const frames = await this.#frames(request, unit, first, step);
      if (!twice) {
        this.#measure(frames, levels, first, count, request);
        if (byBatch) shareScales(levels, first, count, batchSize);
      }
      await this.#scoreBlock(frames, levels, { first, count, shiftSamples, scores });
    }
    return scores;
  }

  async release(): Promise<void> {
    await this.#front.release();
    await this.#tail.release();
  }

  async #frames(
    { components, windows, shiftSamples }: WindowsToScore,
    unit: number,
    first: number,
    step: number,
  ): Promise<FrameStore> {
    const room = (step - 1) * shiftSamples + WINDOW_SAMPLES;
    const key = `${shiftSamples} ${room}`;
    if (this.#store?.key !== key) {
      this.#store = { key, frames: new FrameStore(this.#layout, shiftSamples, room) };
    }
    const { frames } = this.#store;
    const samples = (Math.min(step, windows - first) - 1) * shiftSamples + WINDOW_SAMPLES;
    const run: RunFrames = (data, count) =>
      this.#front.run({ [FRONT_INPUT]: { data, shape: [count, FRAME_SAMPLES] } }, FRONT_OUTPUT);
    await frames.fill(components, first * shiftSamples, { samples, unit, run });
    return frames;
  }

  /** Floors and scale of each window of a block. */
  #measure(
    frames: FrameStore,
    levels: Levels,
    first: number,
    count: number,
    { shiftSamples }: WindowsToScore,
  ): void {
    for (let w = first; w < first + count; w += 1) {
      const start = (w - first) * shiftSamples;
      const shift = levels.shifts[w] as number;
      const loudest = Math.max(SILENCE, frames.highest(start) - shift);
      const floor = Math.max(SILENCE, loudest - RANGE);
      const quietest = frames.lowest(start) - shift;
      levels.floors[w] = quietest < floor ? floor + shift : -Infinity;
      levels.scales[w] = Math.max(Math.abs(loudest), Math.abs(Math.max(quietest, floor)));
    }
  }

  async #scoreBlock(
    frames: FrameStore,
    levels: Levels,
    { first, count, shiftSamples, scores }: Block,
  ): Promise<void> {
    const most = WINDOWS_AT_ONCE[this.#layout];
    for (let done = 0; done < count; done += most) {
      const windows = Math.min(most, count - done);
      const factor = new Float32Array(windows);
      const shift = new Float32Array(windows);
      for (let i = 0; i < windows; i += 1) {
        const w = first + done + i;
        const at = i * WINDOW_VALUES;
        frames.copyWindow((done + i) * shiftSamples, this.#input, at);
        const floor = levels.floors[w] as number;
        if (floor > -Infinity) raiseTo(floor, this.#input, at);
        factor[i] = 1 / (levels.scales[w] as number);
        shift[i] = (levels.shifts[w] as number) / (levels.scales[w] as number);
      }
      scores.set(await this.#runTail(windows, factor, shift), (first + done) * LABELS);
    }
  }

  #runTail(windows: number, factor: Float32Array, shift: Float32Array): Promise<Float32Array> {
    const patches = this.#layout === 'patches';
    const data = this.#input.subarray(0, windows * WINDOW_VALUES);
    const shape = patches
      ? [windows, WINDOW_VALUES / PATCH_VALUES, PATCH_VALUES]
      : [windows, WINDOW_VALUES / (WINDOW_FRAMES * FRAME_BINS), WINDOW_FRAMES, FRAME_BINS];
    const one = patches ? [windows, 1, 1] : [windows, 1, 1, 1];
    return this.#tail.run(
      {
        [TAIL_INPUTS.frames]: { data, shape },
        [TAIL_INPUTS.factor]: { data: factor, shape: one },
        [TAIL_INPUTS.shift]: { data: shift, shape: one },
      },
      TAIL_OUTPUT,
    );
  }
}

const PATCH_VALUES = 198;

interface Block {
  readonly first: number;
  readonly count: number;
  readonly shiftSamples: number;
  readonly scores: Float32Array;
}

/** By window, in logarithms of power. */
interface Levels {
  /** What dividing the window takes from every logarithm. */
  readonly shifts: Float64Array;
  /** Logarithms below this are raised to it; −∞ where none is. */
  readonly floors: Float64Array;
  readonly scales: Float64Array;
}

function levelsOf({ windows, divisors }: WindowsToScore, unit: number): Levels {
  const shifts = Float64Array.from({ length: windows }, (_, w) => {
    const divisor = divisors[w] as number;
    // Silence: so far down that the floor takes the place of everything.
    return divisor > 0 ? 2 * Math.log(divisor / unit) : 1000;
  });
  return { shifts, floors: new Float64Array(windows), scales: new Float64Array(windows) };
}

function shareScales({ scales }: Levels, first: number, count: number, batchSize: number): void {
  for (let from = first; from < first + count; from += batchSize) {
    const to = Math.min(from + batchSize, first + count);
    let shared = 0;
    for (let w = from; w < to; w += 1) shared = Math.max(shared, scales[w] as number);
    scales.fill(shared, from, to);
  }
}

function raiseTo(floor: number, values: Float32Array, at: number): void {
  for (let i = at; i < at + WINDOW_VALUES; i += 1) {
    if ((values[i] as number) < floor) values[i] = floor;
  }
}

/** The largest absolute value, 1 when there is none. */
function largest(components: readonly Float32Array[]): number {
  let largest = 0;
  for (const samples of components) {
    for (let i = 0; i < samples.length; i += 1) {
      const size = Math.abs(samples[i] as number);
      if (size > largest) largest = size;
    }
  }
  return largest > 0 ? largest : 1;
}

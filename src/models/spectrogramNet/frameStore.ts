// Frames of a block of samples, each computed once, laid out so that a window's share is copied in long runs.

import { FRAME_BINS, FRAME_HOP, FRAME_SAMPLES } from './frontGraph.ts';
import { BINS, COMPONENTS, PATCHES, PATCH_FRAME } from './tailGraphs.ts';

/** Frames of one window. */
export const WINDOW_FRAMES = 22;
export const WINDOW_SAMPLES = 400;
/** Numbers of one window's frames. */
export const WINDOW_VALUES = WINDOW_FRAMES * FRAME_BINS * COMPONENTS;

const PATCH_BINS = 3;
const PATCH = WINDOW_FRAMES * PATCH_FRAME;
const PLANE = WINDOW_FRAMES * BINS;

/** `patches`: (patch, frame, bin, component) for Seismo-Performer; `planes`: (component, frame, bin) for Spec-CNN. */
export type FrameLayout = 'patches' | 'planes';

/** Runs frames of 64 samples through the front graph: 33 logarithms each. */
export type RunFrames = (frames: Float32Array, count: number) => Promise<Float32Array>;

/**
 * The frames that windows every `shiftSamples` need. A window that starts at s uses frames at s, s + 16, …; those of
 * windows whose starts agree modulo the hop lie on one comb, and there are 16 / gcd(16, shift) combs.
 */
export class FrameStore {
  readonly #layout: FrameLayout;
  readonly #step: number;
  readonly #combs: number;
  readonly #teeth: number;
  readonly #values: Float32Array;
  readonly #highest: Float32Array;
  readonly #lowest: Float32Array;
  readonly #cut: Float32Array;
  readonly #scaled: Float32Array;

  /** Room for blocks of up to `blockSamples`. */
  constructor(layout: FrameLayout, shiftSamples: number, blockSamples: number) {
    this.#layout = layout;
    this.#step = commonDivisor(FRAME_HOP, shiftSamples);
    this.#combs = FRAME_HOP / this.#step;
    this.#teeth = Math.floor((blockSamples - FRAME_SAMPLES) / FRAME_HOP) + 1;
    this.#values = new Float32Array(this.#combs * this.#teeth * FRAME_BINS * COMPONENTS);
    this.#highest = new Float32Array(this.#combs * this.#teeth);
    this.#lowest = new Float32Array(this.#combs * this.#teeth);
    this.#cut = new Float32Array(this.#teeth * FRAME_SAMPLES);
    this.#scaled = new Float32Array(blockSamples);
  }

  /** Computes the frames of `samples` samples from `from` on; each component's values are divided by `unit`. */
  async fill(
    components: readonly Float32Array[],
    from: number,
    { samples, unit, run }: { samples: number; unit: number; run: RunFrames },
  ): Promise<void> {
    this.#highest.fill(-Infinity);
    this.#lowest.fill(Infinity);
    for (let component = 0; component < COMPONENTS; component += 1) {
      const row = components[component];
      if (row === undefined) continue;
      const factor = 1 / unit;
      for (let i = 0; i < samples; i += 1) this.#scaled[i] = (row[from + i] as number) * factor;
      for (let comb = 0; comb < this.#combs; comb += 1) {
        const first = comb * this.#step;
        const teeth = Math.floor((samples - FRAME_SAMPLES - first) / FRAME_HOP) + 1;
        if (teeth <= 0) continue;
        this.#cutFrames(first, teeth);
        const logs = await run(this.#cut.subarray(0, teeth * FRAME_SAMPLES), teeth);
        if (this.#layout === 'patches') this.#placePatches(logs, comb, component, teeth);
        else this.#placePlane(logs, comb, component, teeth);
      }
    }
  }

  #cutFrames(first: number, teeth: number): void {
    for (let tooth = 0; tooth < teeth; tooth += 1) {
      const start = first + tooth * FRAME_HOP;
      this.#cut.set(this.#scaled.subarray(start, start + FRAME_SAMPLES), tooth * FRAME_SAMPLES);
    }
  }

  /** Bins by patch, and each frame's highest and lowest in the same pass. */
  #placePatches(logs: Float32Array, comb: number, component: number, teeth: number): void {
    const values = this.#values;
    const patchStep = this.#teeth * PATCH_FRAME;
    const first = comb * PATCHES * patchStep + component;
    let from = 0;
    for (let tooth = 0; tooth < teeth; tooth += 1) {
      const at = comb * this.#teeth + tooth;
      let high = this.#highest[at] as number;
      let low = this.#lowest[at] as number;
      let to = first + tooth * PATCH_FRAME;
      for (let patch = 0; patch < PATCHES; patch += 1) {
        const a = logs[from] as number;
        const b = logs[from + 1] as number;
        const c = logs[from + 2] as number;
        values[to] = a;
        values[to + COMPONENTS] = b;
        values[to + 2 * COMPONENTS] = c;
        const larger = a > b ? a : b;
        const smaller = a > b ? b : a;
        high = c > high ? c : high;
        low = c < low ? c : low;
        high = larger > high ? larger : high;
        low = smaller < low ? smaller : low;
        from += PATCH_BINS;
        to += patchStep;
      }
      this.#highest[at] = high;
      this.#lowest[at] = low;
    }
  }

  #placePlane(logs: Float32Array, comb: number, component: number, teeth: number): void {
    const at = (comb * COMPONENTS + component) * this.#teeth * BINS;
    this.#values.set(logs.subarray(0, teeth * BINS), at);
    this.#notePeaks(logs, comb, teeth);
  }

  #notePeaks(logs: Float32Array, comb: number, teeth: number): void {
    let from = 0;
    for (let tooth = 0; tooth < teeth; tooth += 1) {
      const at = comb * this.#teeth + tooth;
      let high = this.#highest[at] as number;
      let low = this.#lowest[at] as number;
      for (let bin = 0; bin < FRAME_BINS; bin += 1) {
        const value = logs[from + bin] as number;
        if (value > high) high = value;
        if (value < low) low = value;
      }
      this.#highest[at] = high;
      this.#lowest[at] = low;
      from += FRAME_BINS;
    }
  }

  /** The first frame of the window that starts `start` samples into the block, as an index over all combs. */
  #firstFrame(start: number): number {
    const offset = start % FRAME_HOP;
    return (offset / this.#step) * this.#teeth + (start - offset) / FRAME_HOP;
  }

  highest(start: number): number {
    const first = this.#firstFrame(start);
    let high = -Infinity;
    for (let i = first; i < first + WINDOW_FRAMES; i += 1) {
      if ((this.#highest[i] as number) > high) high = this.#highest[i] as number;
    }
    return high;
  }

  lowest(start: number): number {
    const first = this.#firstFrame(start);
    let low = Infinity;
    for (let i = first; i < first + WINDOW_FRAMES; i += 1) {
      if ((this.#lowest[i] as number) < low) low = this.#lowest[i] as number;
    }
    return low;
  }

  /** Copies a window's logarithms to `out` from `at` on. */
  copyWindow(start: number, out: Float32Array, at: number): void {
    const offset = start % FRAME_HOP;
    const comb = offset / this.#step;
    const tooth = (start - offset) / FRAME_HOP;
    if (this.#layout === 'patches') {
      for (let patch = 0; patch < PATCHES; patch += 1) {
        const from = ((comb * PATCHES + patch) * this.#teeth + tooth) * PATCH_FRAME;
        copy(this.#values, from, out, { at: at + patch * PATCH, length: PATCH });
      }
      return;
    }
    for (let component = 0; component < COMPONENTS; component += 1) {
      const from = ((comb * COMPONENTS + component) * this.#teeth + tooth) * BINS;
      copy(this.#values, from, out, { at: at + component * PLANE, length: PLANE });
    }
  }
}

function copy(
  values: Float32Array,
  from: number,
  out: Float32Array,
  { at, length }: { at: number; length: number },
): void {
  out.set(values.subarray(from, from + length), at);
}

export function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

// Integers through a causal band-pass into bins, in one pass: what a screen full of traces costs while an analyst
// turns a filter. In WebAssembly, which has a minimum without a branch and whose compiled code does not depend on what
// else the thread has run; the same operations in the same order as `filterCausal`, so the results are equal bit by bit.

import { assert } from '../../base/assert.ts';
import type { Bins } from '../minMax.ts';
import { isBandPass, SECTION_LENGTH, type Sos } from './sections.ts';
import {
  add,
  addInt,
  type Code,
  firstLane,
  get,
  i32,
  isBelow,
  larger,
  loadDouble,
  loadIntAsDouble,
  loopWhile,
  moduleOf,
  multiply,
  select,
  set,
  smaller,
  splat,
  storeDouble,
  subtract,
  tee,
  TYPE,
} from './wasmCode.ts';

const MAX_SECTIONS = 8;
/** Samples a call; a decayed state is cleared between two, since denormal numbers are slow. */
const BLOCK = 8192;
const DECAYED = 1e-250;

// The memory: mean and gain, then a1 a2 s1 s2 of each section, then the block's samples, then its bins.
const MEAN_AT = 0;
const GAIN_AT = 8;
const SECTIONS_AT = 16;
const SAMPLES_AT = SECTIONS_AT + MAX_SECTIONS * 32;
const BINS_AT = SAMPLES_AT + BLOCK * 4;
const PAGE_BYTES = 65_536;
/** Bins of two samples or more. */
const MEMORY_PAGES = Math.ceil((BINS_AT + (BLOCK / 2 + 2) * 16) / PAGE_BYTES);

interface Kernel {
  readonly doubles: Float64Array;
  readonly integers: Int32Array;
  /** Samples from byte `at` to `end`; the bin at byte `bin` takes those below `binEnd`, the next `binBytes` more. */
  readonly run: (at: number, end: number, binEnd: number, binBytes: number, bin: number) => void;
}

const kernels = new Map<number, Kernel>();

/** Whether `BandPassBins` can do it. */
export function canBinBandPass(sos: Sos): boolean {
  return sos.count <= MAX_SECTIONS && isBandPass(sos);
}

/** Filters stretches of integers that follow each other, less `mean`, and adds what comes out to bins. */
export class BandPassBins {
  readonly #kernel: Kernel;
  readonly #sections: number;
  readonly #bins: Bins;
  /** Absolute number of the next sample. */
  #next: number;

  /** `sos` must be one that `canBinBandPass`; the first sample has the absolute number `firstSample`. Bins are at least 2 samples. */
  constructor(sos: Sos, options: { mean: number; firstSample: number; bins: Bins }) {
    assert(canBinBandPass(sos) && options.bins.binSamples >= 2, 'not a band-pass into bins');
    this.#kernel = kernelOf(sos.count);
    this.#sections = sos.count;
    this.#bins = options.bins;
    this.#next = options.firstSample;
    const { doubles } = this.#kernel;
    doubles[MEAN_AT / 8] = options.mean;
    doubles[GAIN_AT / 8] = sos.coefficients[0] ?? 1;
    for (let s = 0; s < sos.count; s++) {
      const [, , , a1 = 0, a2 = 0] = sos.coefficients.subarray(s * SECTION_LENGTH);
      doubles.set([a1, a2, 0, 0], SECTIONS_AT / 8 + 4 * s);
    }
  }

  /** The next samples. One after the other: the kernel holds the state of one filter at a time. */
  add(samples: Int32Array): void {
    const { binSamples, first, minMax } = this.#bins;
    const before = first * binSamples - this.#next;
    const end = Math.min(samples.length, before + (minMax.length / 2) * binSamples);
    let from = 0;
    for (; from < Math.min(before, end); from += BLOCK) {
      this.#runBlock(samples.subarray(from, Math.min(from + BLOCK, before, end)), undefined);
    }
    for (from = Math.max(0, before); from < end; from += BLOCK) {
      this.#runBlock(samples.subarray(from, Math.min(from + BLOCK, end)), this.#bins);
    }
  }

  #runBlock(samples: Int32Array, bins: Bins | undefined): void {
    const { doubles, integers, run } = this.#kernel;
    integers.set(samples, SAMPLES_AT / 4);
    const end = SAMPLES_AT + samples.length * 4;
    if (bins) {
      const { binSamples, first, minMax } = bins;
      const bin = Math.floor(this.#next / binSamples) - first;
      const last = Math.floor((this.#next + samples.length - 1) / binSamples) - first;
      doubles.set(minMax.subarray(2 * bin, 2 * last + 2), BINS_AT / 8);
      const inFirst = (first + bin + 1) * binSamples - this.#next;
      run(SAMPLES_AT, end, SAMPLES_AT + inFirst * 4, binSamples * 4, BINS_AT);
      const count = 2 * (last - bin + 1);
      minMax.set(doubles.subarray(BINS_AT / 8, BINS_AT / 8 + count), 2 * bin);
    } else run(SAMPLES_AT, end, end, 0, BINS_AT);
    this.#next += samples.length;
    this.#clearDecayed();
  }

  #clearDecayed(): void {
    const { doubles } = this.#kernel;
    for (let s = 0; s < this.#sections; s++) {
      for (let at = SECTIONS_AT / 8 + 4 * s + 2; at < SECTIONS_AT / 8 + 4 * s + 4; at++) {
        if (Math.abs(doubles[at] as number) < DECAYED) doubles[at] = 0;
      }
    }
  }
}

function kernelOf(sections: number): Kernel {
  let kernel = kernels.get(sections);
  if (!kernel) kernels.set(sections, (kernel = makeKernel(sections)));
  return kernel;
}

function makeKernel(sections: number): Kernel {
  const module = new WebAssembly.Module(kernelCode(sections));
  const { run, memory } = new WebAssembly.Instance(module).exports;
  const { buffer } = memory as WebAssembly.Memory;
  return {
    doubles: new Float64Array(buffer),
    integers: new Int32Array(buffer),
    run: run as Kernel['run'],
  };
}

/** The kernel for so many sections; `Kernel.run` names its parameters. */
function kernelCode(sections: number): Uint8Array<ArrayBuffer> {
  const [at, end, binEnd, binBytes, bin, mean, gain, v, y, x, low, high, limit] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ] as const;
  const first = 13;
  const a1 = (s: number): number => first + 4 * s;
  const a2 = (s: number): number => first + 4 * s + 1;
  const s1 = (s: number): number => first + 4 * s + 2;
  const s2 = (s: number): number => first + 4 * s + 3;
  const each = (code: (s: number) => Code): Code => Array.from({ length: sections }, (_, s) => code(s)); // prettier-ignore
  const slots = Array.from({ length: 4 * sections }, (_, i) => i);

  // With b = 1, 0, −1 a section is y = v − s1; s1 = a1·y + s2; s2 = v + a2·y, both states with their sign turned.
  const oneSection = (s: number): Code => [
    set(y, subtract(get(v), get(s1(s)))),
    set(s1(s), add(multiply(get(a1(s)), get(y)), get(s2(s)))),
    set(s2(s), add(get(v), multiply(get(a2(s)), get(y)))),
    set(v, get(y)),
  ];
  const oneSample: Code = [
    set(v, multiply(get(gain), subtract(loadIntAsDouble(get(at)), get(mean)))),
    each(oneSection),
    set(x, splat(get(v))),
    set(low, smaller(get(low), get(x))),
    set(high, larger(get(high), get(x))),
  ];
  const oneBin: Code = [
    set(low, splat(loadDouble(get(bin)))),
    set(high, splat(loadDouble(get(bin), 8))),
    set(limit, select(get(binEnd), get(end), isBelow(get(binEnd), get(end)))),
    loopWhile(oneSample, isBelow(tee(at, addInt(get(at), i32(4))), get(limit))),
    storeDouble(get(bin), firstLane(get(low))),
    storeDouble(get(bin), firstLane(get(high)), 8),
    set(bin, addInt(get(bin), i32(16))),
    set(binEnd, addInt(get(binEnd), get(binBytes))),
  ];
  const body: Code = [
    set(mean, loadDouble(i32(MEAN_AT))),
    set(gain, loadDouble(i32(GAIN_AT))),
    slots.map((i) => set(first + i, loadDouble(i32(SECTIONS_AT + 8 * i)))),
    loopWhile(oneBin, isBelow(get(at), get(end))),
    slots.map((i) => storeDouble(i32(SECTIONS_AT + 8 * i), get(first + i))),
  ];
  const { f64, v128 } = TYPE;
  const locals = [f64, f64, f64, f64, v128, v128, v128, TYPE.i32, ...slots.map(() => f64)];
  return moduleOf([{ name: 'run', parameters: 5, locals, body }], MEMORY_PAGES);
}

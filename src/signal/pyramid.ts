// Min/max pyramid: level l holds the minimum and maximum of blocks of 16·4^l samples, so that a drawing of any
// length touches at most a few blocks a column. Memory is 17 % of the samples.
// Blocks are aligned to absolute sample numbers (sample 0 is the one at 1970-01-01), so that neighbouring segments
// share one grid and panning does not shimmer.

import type { Samples } from '../domain/waveform/traceSegment.ts';

export const PYRAMID_BASE = 16;
export const PYRAMID_FACTOR = 4;
/** Sums are kept for blocks of this many samples, for means over long windows. */
export const SUM_BLOCK = 4096;

/** One level: interleaved minimum and maximum of each block; a block without a finite sample holds NaN. */
export interface PyramidLevel {
  readonly blockSamples: number;
  readonly minMax: Samples;
}

export interface Pyramid {
  /** Absolute number of the first sample; entry 0 of a level is absolute block ⌊firstSample / blockSamples⌋. */
  readonly firstSample: number;
  readonly sampleCount: number;
  readonly levels: readonly PyramidLevel[];
  /** Sum and count of the finite samples of each block of `SUM_BLOCK`, interleaved. */
  readonly sums: Float64Array;
}

export interface PyramidOptions {
  readonly base?: number;
  readonly factor?: number;
  readonly firstSample?: number;
  /** Makes the memory of the levels shared between threads. */
  readonly shared?: boolean;
}

/**
 * Builds the pyramid of one gap-free stretch. NaN and infinities are skipped.
 * The coarsest level has at most `factor` blocks more than one.
 */
export function buildPyramid(samples: Samples, options: PyramidOptions = {}): Pyramid {
  const { base = PYRAMID_BASE, factor = PYRAMID_FACTOR, firstSample = 0, shared = false } = options;
  const levels: PyramidLevel[] = [];
  let below = baseLevel(samples, base, firstSample % base, shared);
  levels.push({ blockSamples: base, minMax: below });
  for (let block = base * factor; block < samples.length; block *= factor) {
    below = coarserLevel(
      below,
      factor,
      Math.floor(firstSample / (block / factor)) % factor,
      shared,
    );
    levels.push({ blockSamples: block, minMax: below });
  }
  const sums = blockSums(samples, firstSample % SUM_BLOCK, shared);
  return { firstSample, sampleCount: samples.length, levels, sums };
}

/** Bytes held by a pyramid. */
export function pyramidBytes(pyramid: Pyramid): number {
  let bytes = pyramid.sums.byteLength;
  for (const level of pyramid.levels) bytes += level.minMax.byteLength;
  return bytes;
}

/** An array of the same kind as `like`, in shared memory when asked. */
export function arrayLike(like: Samples, length: number, shared: boolean): Samples {
  const bytes = length * like.BYTES_PER_ELEMENT;
  const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  if (like instanceof Int32Array) return new Int32Array(buffer);
  return like instanceof Float32Array ? new Float32Array(buffer) : new Float64Array(buffer);
}

function baseLevel(samples: Samples, base: number, lead: number, shared: boolean): Samples {
  const blocks = Math.max(1, Math.ceil((samples.length + lead) / base));
  const out = arrayLike(samples, blocks * 2, shared);
  // Separate copies of the loop per kind of array keep each of them monomorphic and fast.
  if (samples instanceof Int32Array) intBlocks(samples, base, lead, out);
  else floatBlocks(samples, base, lead, out);
  return out;
}

function intBlocks(samples: Int32Array, base: number, lead: number, out: Samples): void {
  const n = samples.length;
  for (let b = 0, from = 0, to = base - lead; from < n; b++, from = to, to += base) {
    const end = to < n ? to : n;
    let low = samples[from] as number;
    let high = low;
    for (let i = from + 1; i < end; i++) {
      const value = samples[i] as number;
      // Choices by masks: noise makes a processor guess wrong at every other branch, which takes three times as long.
      low ^= (low ^ value) & -Number(value < low);
      high ^= (high ^ value) & -Number(value > high);
    }
    out[2 * b] = low;
    out[2 * b + 1] = high;
  }
}

function floatBlocks(
  samples: Float32Array | Float64Array,
  base: number,
  lead: number,
  out: Samples,
): void {
  const n = samples.length;
  for (let b = 0, from = 0, to = base - lead; from < n; b++, from = to, to += base) {
    const end = to < n ? to : n;
    let low = Infinity;
    let high = -Infinity;
    for (let i = from; i < end; i++) {
      const value = samples[i] as number;
      // False for NaN and the infinities alike.
      if (value - value !== 0) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    out[2 * b] = low <= high ? low : NaN;
    out[2 * b + 1] = low <= high ? high : NaN;
  }
}

function coarserLevel(below: Samples, factor: number, phase: number, shared: boolean): Samples {
  const blocksBelow = below.length / 2;
  const blocks = Math.ceil((blocksBelow + phase) / factor);
  const out = arrayLike(below, blocks * 2, shared);
  for (let b = 0; b < blocks; b++) {
    const end = Math.min(blocksBelow, (b + 1) * factor - phase);
    let low = Infinity;
    let high = -Infinity;
    for (let i = Math.max(0, b * factor - phase); i < end; i++) {
      // NaN compares false and is passed over.
      if ((below[2 * i] as number) < low) low = below[2 * i] as number;
      if ((below[2 * i + 1] as number) > high) high = below[2 * i + 1] as number;
    }
    out[2 * b] = low <= high ? low : NaN;
    out[2 * b + 1] = low <= high ? high : NaN;
  }
  return out;
}

function blockSums(samples: Samples, head: number, shared: boolean): Float64Array {
  const blocks = Math.max(1, Math.ceil((samples.length + head) / SUM_BLOCK));
  const out = arrayLike(new Float64Array(0), blocks * 2, shared) as Float64Array;
  const n = samples.length;
  for (let b = 0, from = 0, to = SUM_BLOCK - head; from < n; b++, from = to, to += SUM_BLOCK) {
    const end = Math.min(to, n);
    if (samples instanceof Int32Array) {
      out[2 * b] = sumOf(samples, from, end);
      out[2 * b + 1] = end - from;
    } else {
      [out[2 * b], out[2 * b + 1]] = finiteSum(samples, from, end);
    }
  }
  return out;
}

function sumOf(samples: Int32Array, from: number, end: number): number {
  let sum = 0;
  for (let i = from; i < end; i++) sum += samples[i] as number;
  return sum;
}

/** Sum and count of the finite samples. */
function finiteSum(
  samples: Float32Array | Float64Array,
  from: number,
  end: number,
): [number, number] {
  let sum = 0;
  let count = 0;
  for (let i = from; i < end; i++) {
    const value = samples[i] as number;
    if (value - value !== 0) continue;
    sum += value;
    count++;
  }
  return [sum, count];
}

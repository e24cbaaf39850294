// Folding samples and pyramids into bins of a power of two of samples, on the grid of absolute sample numbers.

import type { Samples } from '../domain/waveform/traceSegment.ts';
import { type Pyramid, PYRAMID_BASE } from './pyramid.ts';

/** Up to this many samples a pixel are drawn as they are. */
export const RAW_SAMPLES_PER_PIXEL = 3;

/** Bins under construction: bin k covers absolute samples (first + k)·binSamples up to the next; interleaved min, max. */
export interface Bins {
  readonly binSamples: number;
  readonly first: number;
  /** Starts as +∞, −∞ of each bin. */
  readonly minMax: Float64Array;
}

/** Samples a bin for about two bins a pixel, a power of two; 1 means raw samples. */
export function binSamplesFor(spanSamples: number, widthPx: number): number {
  const perPixel = spanSamples / Math.max(1, widthPx);
  if (perPixel <= RAW_SAMPLES_PER_PIXEL) return 1;
  return 2 ** Math.max(1, Math.round(Math.log2(perPixel / 2)));
}

export function emptyBins(binSamples: number, first: number, count: number): Bins {
  const minMax = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    minMax[2 * k] = Infinity;
    minMax[2 * k + 1] = -Infinity;
  }
  return { binSamples, first, minMax };
}

/** Adds samples `from` ≤ i < `to`; sample 0 has the absolute number `firstSample`. NaN and infinities are skipped. */
export function addSamples(
  bins: Bins,
  samples: Samples,
  range: { readonly firstSample: number; readonly from: number; readonly to: number },
): void {
  const { binSamples, first, minMax } = bins;
  const start = Math.max(range.from, first * binSamples - range.firstSample);
  const limit = (first + minMax.length / 2) * binSamples - range.firstSample;
  const stop = Math.min(range.to, limit, samples.length);
  for (let i = start; i < stop;) {
    const bin = Math.floor((range.firstSample + i) / binSamples) - first;
    const end = Math.min(stop, (first + bin + 1) * binSamples - range.firstSample);
    let low = minMax[2 * bin] as number;
    let high = minMax[2 * bin + 1] as number;
    for (; i < end; i++) {
      const value = samples[i] as number;
      if (value - value !== 0) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    minMax[2 * bin] = low;
    minMax[2 * bin + 1] = high;
  }
}

/** Whether bins of this size can be had from pyramids alone. */
export function servedByPyramid(binSamples: number): boolean {
  return binSamples >= PYRAMID_BASE;
}

/** Adds all of a pyramid that falls into the bins, which must hold at least `PYRAMID_BASE` samples each. */
export function addPyramid(bins: Bins, pyramid: Pyramid): void {
  const { binSamples, first, minMax } = bins;
  let level = pyramid.levels[0];
  for (const candidate of pyramid.levels) {
    if (candidate.blockSamples <= binSamples) level = candidate;
  }
  if (!level) return;
  const perBin = binSamples / level.blockSamples;
  const entries = level.minMax;
  const firstBlock = Math.floor(pyramid.firstSample / level.blockSamples);
  const from = Math.max(0, first * perBin - firstBlock);
  const to = Math.min(entries.length / 2, (first + minMax.length / 2) * perBin - firstBlock);
  for (let j = from; j < to; j++) {
    const bin = Math.floor((firstBlock + j) / perBin) - first;
    const low = entries[2 * j] as number;
    const high = entries[2 * j + 1] as number;
    if (low < (minMax[2 * bin] as number)) minMax[2 * bin] = low;
    if (high > (minMax[2 * bin + 1] as number)) minMax[2 * bin + 1] = high;
  }
}

/** Float32 values relative to `offset`; a bin without a finite sample is NaN. Returns the largest |value| too. */
export function toFloat32(bins: Bins, offset: number): { values: Float32Array; peak: number } {
  const { minMax } = bins;
  const values = new Float32Array(minMax.length);
  let peak = 0;
  for (let k = 0; k < minMax.length; k += 2) {
    const low = minMax[k] as number;
    const high = minMax[k + 1] as number;
    if (low > high) {
      values[k] = NaN;
      values[k + 1] = NaN;
      continue;
    }
    values[k] = low - offset;
    values[k + 1] = high - offset;
    if (high - offset > peak) peak = high - offset;
    if (offset - low > peak) peak = offset - low;
  }
  return { values, peak };
}

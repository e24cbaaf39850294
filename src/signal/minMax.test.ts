import { describe, expect, test } from 'vitest';
import { addPyramid, addSamples, binSamplesFor, emptyBins, toFloat32 } from './minMax.ts';
import { buildPyramid, pyramidBytes } from './pyramid.ts';

/** A repeatable pseudo-random walk. */
function walk(length: number, seed = 1): Int32Array {
  let state = seed;
  let value = 0;
  return Int32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    value += state >> 24;
    return value;
  });
}

function bruteBins(
  samples: ArrayLike<number>,
  firstSample: number,
  binSamples: number,
): Map<number, [number, number]> {
  const bins = new Map<number, [number, number]>();
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!;
    if (!Number.isFinite(value)) continue;
    const k = Math.floor((firstSample + i) / binSamples);
    const [low, high] = bins.get(k) ?? [Infinity, -Infinity];
    bins.set(k, [Math.min(low, value), Math.max(high, value)]);
  }
  return bins;
}

describe('a pyramid', () => {
  test.each([
    [1, 0],
    [15, 3],
    [1000, 0],
    [4097, 17_000_000_013],
    [70_001, 170_000_012_345],
  ])('of %d samples from number %d gives the bins of all samples', (length, firstSample) => {
    const samples = walk(length);
    const pyramid = buildPyramid(samples, { firstSample });
    for (const binSamples of [16, 32, 64, 128, 1024, 8192, 65_536]) {
      const expected = bruteBins(samples, firstSample, binSamples);
      const first = Math.floor(firstSample / binSamples);
      const count = Math.floor((firstSample + length - 1) / binSamples) - first + 1;
      const fromPyramid = emptyBins(binSamples, first, count);
      addPyramid(fromPyramid, pyramid);
      const fromSamples = emptyBins(binSamples, first, count);
      addSamples(fromSamples, samples, { firstSample, from: 0, to: length });
      const flat = Float64Array.from(
        Array.from({ length: count }, (_, k) => expected.get(first + k)!).flat(),
      );
      expect(fromPyramid.minMax).toEqual(flat);
      expect(fromSamples.minMax).toEqual(flat);
    }
  });

  test('part of the bins is the same as that part of all bins', () => {
    const samples = walk(10_000);
    const pyramid = buildPyramid(samples, { firstSample: 7 });
    const all = emptyBins(64, 0, 157);
    addPyramid(all, pyramid);
    const part = emptyBins(64, 50, 20);
    addPyramid(part, pyramid);
    expect(part.minMax).toEqual(all.minMax.slice(100, 140));
  });

  test('skips NaN and infinities, and leaves a bin of nothing else empty', () => {
    const samples = Float32Array.from(walk(300));
    samples.fill(NaN, 32, 64);
    samples[70] = Infinity;
    samples[71] = -Infinity;
    const bins = emptyBins(16, 0, 19);
    addPyramid(bins, buildPyramid(samples));
    const { values, peak } = toFloat32(bins, 0);
    const expected = bruteBins(samples, 0, 16);
    for (let k = 0; k < 19; k++) {
      expect([values[2 * k], values[2 * k + 1]]).toEqual(expected.get(k) ?? [NaN, NaN]);
    }
    expect(peak).toBe(Math.max(...samples.filter(Number.isFinite).map(Math.abs)));
  });

  test('costs a sixth of the samples and keeps the sums of long blocks', () => {
    const samples = walk(100_000);
    const pyramid = buildPyramid(samples, { firstSample: 999 });
    expect(pyramidBytes(pyramid) / samples.byteLength).toBeLessThan(0.18);
    const sum = pyramid.sums.reduce((total, value, i) => (i % 2 === 0 ? total + value : total), 0);
    expect(sum).toBe(samples.reduce((total, value) => total + value, 0));
  });
});

test('up to three samples a pixel are raw, beyond about two bins a pixel, a power of two of samples', () => {
  expect(binSamplesFor(3000, 1000)).toBe(1);
  for (const perPixel of [3.1, 7, 60, 1000, 8640]) {
    const binSamples = binSamplesFor(perPixel * 1000, 1000);
    expect(Math.log2(binSamples) % 1).toBe(0);
    expect(perPixel / binSamples).toBeGreaterThan(1.4);
    expect(perPixel / binSamples).toBeLessThan(2.9);
  }
});

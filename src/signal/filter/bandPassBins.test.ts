import { describe, expect, test } from 'vitest';
import { addSamples, type Bins, emptyBins } from '../minMax.ts';
import { designBandFilter } from './bandFilter.ts';
import { BandPassBins, canBinBandPass } from './bandPassBins.ts';
import { filterCausal } from './filterSamples.ts';
import type { Sos } from './sections.ts';

const RATE_HZ = 100;
const FIRST_SAMPLE = 177_759_360_007;

function sosOf(lowHz: number | undefined, highHz: number | undefined, corners: number): Sos {
  const sos = designBandFilter({ lowHz, highHz, corners, zeroPhase: false }, RATE_HZ);
  if (!sos) throw new Error('no filter');
  return sos;
}

function noise(count: number): Int32Array {
  let state = 20260501;
  let level = 4000;
  return Int32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    level += state / 2 ** 27;
    return Math.round(level + state / 2 ** 22);
  });
}

function byTwoSteps(sos: Sos, samples: Int32Array, mean: number, bins: Bins): Bins {
  const filtered = Float64Array.from(samples, (value) => value - mean);
  filterCausal(sos, filtered);
  addSamples(bins, filtered, { firstSample: FIRST_SAMPLE, from: 0, to: samples.length });
  return bins;
}

function byKernel(sos: Sos, parts: readonly Int32Array[], mean: number, bins: Bins): Bins {
  const filter = new BandPassBins(sos, { mean, firstSample: FIRST_SAMPLE, bins });
  for (const part of parts) filter.add(part);
  return bins;
}

function binsOver(binSamples: number, from: number, to: number): Bins {
  const first = Math.floor((FIRST_SAMPLE + from) / binSamples);
  return emptyBins(binSamples, first, Math.ceil((to - from) / binSamples));
}

describe('a band-pass into bins', () => {
  const samples = noise(50_001);
  const mean = 4321.25;

  test.each([1, 2, 3, 4, 5, 8])('equals the filter with %i corners, then bins, bit by bit', (corners) => {
    for (const [lowHz, highHz] of [[1, 20], [0.05, 0.5], [0.001, 45]] as const) {
      const sos = sosOf(lowHz, highHz, corners);
      const expected = byTwoSteps(sos, samples, mean, binsOver(16, 0, samples.length));
      const found = byKernel(sos, [samples], mean, binsOver(16, 0, samples.length));
      expect(found.minMax).toEqual(expected.minMax);
    }
  }); // prettier-ignore

  test('bins of any size that begin and end inside the samples', () => {
    const sos = sosOf(2, 8, 4);
    for (const binSamples of [2, 4, 64, 1024, 32_768]) {
      const expected = byTwoSteps(sos, samples, mean, binsOver(binSamples, 12_345, 45_000));
      const found = byKernel(sos, [samples], mean, binsOver(binSamples, 12_345, 45_000));
      expect(found.minMax).toEqual(expected.minMax);
    }
  });

  test('bins that reach beyond the samples stay empty there', () => {
    const sos = sosOf(2, 8, 4);
    const bins = byKernel(sos, [samples.subarray(0, 100)], mean, binsOver(16, -160, 320));
    const expected = byTwoSteps(sos, samples.subarray(0, 100), mean, binsOver(16, -160, 320));
    expect(bins.minMax).toEqual(expected.minMax);
    expect(bins.minMax[0]).toBe(Infinity);
    expect(bins.minMax.at(-1)).toBe(-Infinity);
  });

  test('stretches that follow each other are one', () => {
    const sos = sosOf(1, 20, 4);
    const cuts = [0, 1, 15, 16, 8192, 8193, 30_000, samples.length];
    const parts = cuts.slice(1).map((to, i) => samples.subarray(cuts[i], to));
    const expected = byTwoSteps(sos, samples, mean, binsOver(32, 500, samples.length));
    expect(byKernel(sos, parts, mean, binsOver(32, 500, samples.length)).minMax).toEqual(expected.minMax); // prettier-ignore
  });

  test('other filters are not for it', () => {
    expect(canBinBandPass(sosOf(1, 20, 4))).toBe(true);
    expect(canBinBandPass(sosOf(1, 20, 9))).toBe(false);
    expect(canBinBandPass(sosOf(1, undefined, 4))).toBe(false);
    expect(canBinBandPass(sosOf(undefined, 20, 3))).toBe(false);
  });
});

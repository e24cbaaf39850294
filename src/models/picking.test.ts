import { describe, expect, test } from 'vitest';
import { collectPeaks, keepHighest, measurePick, pickCurve } from './picking.ts';

/** A Gaussian of standard deviation sigma (samples) at `centre`. */
function bump(curve: Float32Array, centre: number, height: number, sigma: number): Float32Array {
  for (let i = 0; i < curve.length; i += 1) {
    curve[i] = Math.max(curve[i]!, height * Math.exp(-((i - centre) ** 2) / (2 * sigma ** 2)));
  }
  return curve;
}

const rule = { threshold: 0.3, minimumPeakDistanceSamples: 50 };
const samplesOf = (curve: Float32Array): number[] =>
  pickCurve(curve, 100, rule).map(({ sample }) => sample);

describe('peaks', () => {
  test('only those above the threshold, in order of time', () => {
    const curve = bump(bump(bump(new Float32Array(1000), 200, 0.5, 5), 500, 0.29, 5), 800, 0.9, 5);
    expect(samplesOf(curve)).toEqual([200, 800]);
  });

  test('the highest goes first and clears its surroundings', () => {
    const curve = bump(bump(bump(new Float32Array(1000), 200, 0.5, 5), 240, 0.6, 5), 280, 0.5, 5);
    expect(samplesOf(curve)).toEqual([240]);
  });

  test('a peak dropped by a higher one drops no others', () => {
    const curve = bump(bump(bump(new Float32Array(1000), 200, 0.5, 5), 245, 0.6, 5), 290, 0.7, 5);
    expect(samplesOf(curve)).toEqual([200, 290]);
  });

  test('a distance of exactly the minimum is allowed', () => {
    const curve = bump(bump(new Float32Array(1000), 200, 0.5, 5), 250, 0.6, 5);
    expect(samplesOf(curve)).toEqual([200, 250]);
  });

  test('a level top is one pick at its middle; an edge is none', () => {
    const curve = new Float32Array(100).fill(0.1);
    curve.fill(0.8, 40, 45);
    curve.fill(0.9, 0, 3);
    curve.fill(0.9, 98);
    expect(samplesOf(curve)).toEqual([42]);
  });

  test('slices find what the whole finds, tops across their borders included', () => {
    const curve = Float32Array.from(
      { length: 5000 },
      (_, i) => Math.round(5 * Math.sin(i * i)) / 5,
    );
    const whole: number[] = [];
    collectPeaks(curve, 0.3, 0, curve.length, whole);
    const sliced: number[] = [];
    for (let from = 0; from < curve.length; from += 7) {
      collectPeaks(curve, 0.3, from, Math.min(from + 7, curve.length), sliced);
    }
    expect(sliced).toEqual(whole);
    expect(whole.length).toBeGreaterThan(100);
  });

  test('equal peaks: the earlier is kept', () => {
    const curve = new Float32Array(100);
    curve[20] = 0.5;
    curve[40] = 0.5;
    expect(keepHighest(curve, [20, 40], 50)).toEqual([20]);
  });
});

describe('uncertainty', () => {
  test('of a Gaussian is its standard deviation on both sides', () => {
    const pick = measurePick(bump(new Float32Array(1000), 500, 0.8, 12), 500, 100);
    expect(pick.probability).toBeCloseTo(0.8, 6);
    expect(pick.lowerUncertaintyS).toBeCloseTo(0.12, 3);
    expect(pick.upperUncertaintyS).toBeCloseTo(0.12, 3);
  });

  test('is interpolated between samples', () => {
    const curve = Float32Array.of(0, 0.4, 1, 0.8, 0.4, 0);
    const { lowerUncertaintyS, upperUncertaintyS } = measurePick(curve, 2, 1000);
    const level = Math.exp(-0.5);
    expect(lowerUncertaintyS).toBeCloseTo((1 - level) / 0.6 / 1000, 8);
    expect(upperUncertaintyS).toBeCloseTo((1 + (0.8 - level) / 0.4) / 1000, 8);
  });

  test('is at least half a sample and at most a second', () => {
    const spike = new Float32Array(1000);
    spike[500] = 1;
    expect(measurePick(spike, 500, 100).lowerUncertaintyS).toBe(0.005);
    const plain = new Float32Array(1000).fill(0.9);
    plain[500] = 0.91;
    expect(measurePick(plain, 500, 100).upperUncertaintyS).toBe(1);
    expect(measurePick(plain.subarray(480), 20, 100).lowerUncertaintyS).toBe(1);
  });
});

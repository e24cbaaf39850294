import { describe, expect, test } from 'vitest';
import { resampledLength, resampleTo } from './resample.ts';

function sine(length: number, hz: number, rateHz: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rateHz + 0.3));
}

/** Largest difference away from the ends, where the continued edge cannot know the signal. */
function worst(actual: Float64Array, expected: Float64Array, edge: number): number {
  let max = 0;
  for (let i = edge; i < actual.length - edge; i++) {
    max = Math.max(max, Math.abs(actual[i]! - expected[i]!));
  }
  return max;
}

describe('resampleTo', () => {
  test.each([
    [200, 100, 5],
    [40, 100, 10],
    [50, 100, 20],
    [125, 100, 20],
    [31.25, 100, 8],
    [99.997, 100, 13],
    [20, 100, 7],
    [250, 100, 30],
  ])('keeps a sine in the pass band: %d to %d Hz', (fromHz, toHz, hz) => {
    const input = sine(Math.round(fromHz * 60), hz, fromHz);
    const actual = resampleTo(input, fromHz, toHz);
    const expected = sine(resampledLength(input.length, fromHz, toHz), hz, toHz);
    expect(actual.length).toBe(expected.length);
    expect(worst(actual, expected, Math.ceil(3 * toHz))).toBeLessThan(2e-5);
  });

  test.each([
    [200, 100, 60],
    [200, 100, 95],
    [100, 40, 22],
    [250, 100, 80],
  ])('removes what the lower rate cannot carry: %d to %d Hz, sine of %d Hz', (fromHz, toHz, hz) => {
    const actual = resampleTo(sine(fromHz * 60, hz, fromHz), fromHz, toHz);
    expect(worst(actual, new Float64Array(actual.length), 3 * toHz)).toBeLessThan(5e-5);
  });

  test('keeps a constant, and copies at equal rates', () => {
    const constant = resampleTo(new Int32Array(500).fill(1234567), 40, 100);
    expect(Math.max(...constant.map((v) => Math.abs(v - 1234567)))).toBeLessThan(1e-6);
    expect(resampleTo(Int32Array.of(3, 1, 2), 100, 100)).toEqual(Float64Array.of(3, 1, 2));
  });

  test('answers empty and single samples, refuses a rate of zero', () => {
    expect(resampleTo(new Int32Array(0), 40, 100).length).toBe(0);
    expect(resampleTo(Int32Array.of(7), 40, 100)[0]).toBeCloseTo(7, 12);
    expect(() => resampleTo(Int32Array.of(7), 0, 100)).toThrow('cannot resample');
  });
});

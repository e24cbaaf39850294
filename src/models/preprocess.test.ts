import { expect, test } from 'vitest';
import { normaliseWindow } from './preprocess.ts';

const rule = { epsilon: 1e-10, flatRatio: 1e-9 };

function normalised(samples: ArrayLike<number>): Float32Array {
  const out = new Float32Array(samples.length);
  normaliseWindow(Float64Array.from(samples), 0, samples.length, rule, out, 0);
  return out;
}

test('mean 0 and standard deviation 1 (divisor n), whatever offset and scale', () => {
  const raw = Float64Array.from({ length: 3001 }, (_, i) => 1e9 + 3 * Math.sin(i));
  const out = normalised(raw);
  const mean = out.reduce((a, b) => a + b) / out.length;
  const std = Math.sqrt(out.reduce((a, b) => a + (b - mean) ** 2, 0) / out.length);
  expect(mean).toBeCloseTo(0, 5);
  expect(std).toBeCloseTo(1, 5);
});

test('a flat channel and one with not-a-number give zeros', () => {
  expect(normalised([5, 5, 5, 5])).toEqual(new Float32Array(4));
  expect(normalised([0, 0, 0, 0])).toEqual(new Float32Array(4));
  expect(normalised([1e6, 1e6 + 1e-4, 1e6, 1e6])).toEqual(new Float32Array(4));
  expect(normalised([1, NaN, 2, 3])).toEqual(new Float32Array(4));
});

test('only the asked window is read and written', () => {
  const out = new Float32Array(6).fill(9);
  normaliseWindow(Int32Array.of(99, 1, 3, 99), 1, 2, rule, out, 2);
  expect(out).toEqual(Float32Array.of(9, 9, -1, 1, 9, 9));
});

import { describe, expect, test } from 'vitest';
import { fourierTransform, inverseFourierTransform } from './fourier.ts';

/** Values without any symmetry. */
function signal(n: number, seed: number): Float64Array {
  return Float64Array.from({ length: n }, (_, k) => Math.sin(seed + k * k * 0.37) + 0.1 * k);
}

/** The definition, summed term by term. */
function direct(re: Float64Array, im: Float64Array): { re: number[]; im: number[] } {
  const n = re.length;
  const out = { re: [] as number[], im: [] as number[] };
  for (let k = 0; k < n; k += 1) {
    let [x, y] = [0, 0];
    for (let j = 0; j < n; j += 1) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      x += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      y += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
    out.re.push(x);
    out.im.push(y);
  }
  return out;
}

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((worst, v, k) => Math.max(worst, Math.abs(v - b[k]!)), 0);
}

describe('fourierTransform', () => {
  // Fours, a two, odd radices, a square, primes that need the chirp, and a product with such a prime.
  test.each([1, 2, 3, 4, 5, 7, 8, 16, 31, 37, 60, 74, 97, 128, 225, 243, 338, 720, 1009])(
    'of %d values equals its definition and comes back',
    (n) => {
      const re = signal(n, 1);
      const im = signal(n, 2);
      const expected = direct(re, im);
      const actual = { re: re.slice(), im: im.slice() };
      fourierTransform(actual.re, actual.im);
      const scale = Math.max(...expected.re.map(Math.abs), ...expected.im.map(Math.abs));
      expect(largest(actual.re, expected.re) / scale).toBeLessThan(1e-12);
      expect(largest(actual.im, expected.im) / scale).toBeLessThan(1e-12);
      inverseFourierTransform(actual.re, actual.im);
      expect(
        largest(
          actual.re,
          re.map((v) => v * n),
        ) / n,
      ).toBeLessThan(1e-10);
      expect(
        largest(
          actual.im,
          im.map((v) => v * n),
        ) / n,
      ).toBeLessThan(1e-10);
    },
  );
});

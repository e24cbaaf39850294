import { describe, expect, test } from 'vitest';
import { scaleRows } from './runningScale.ts';

const SCALE = { windowSamples: 300, stepSamples: 150 };
const noise = (length: number, size: number, seed: number): Float64Array => {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return size * (state / 2 ** 30 - 1);
  });
};

/** `normalize_long` of PhaseNet, written down as it stands there: pad, moments, interpolate. */
function reference(row: Float64Array, window: number): Float64Array {
  const n = row.length;
  const shift = window / 2;
  const mirror = (i: number): number => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i);
  const padded = Float64Array.from({ length: n + window }, (_, i) => row[mirror(i - shift)]!);
  const t = Array.from({ length: Math.ceil(n / shift) }, (_, k) => k * shift).concat(n);
  const moments = t.map((_, k) => {
    const part = padded.subarray(k * shift, k * shift + window);
    const mean = part.reduce((a, b) => a + b, 0) / part.length;
    const variance = part.reduce((a, b) => a + (b - mean) ** 2, 0) / part.length;
    return [mean, Math.sqrt(variance)] as const;
  });
  moments[0] = moments[1]!;
  moments[t.length - 1] = moments[t.length - 2]!;
  return row.map((value, i) => {
    const k = Math.min(t.length - 2, Math.floor(i / shift));
    const along = (i - t[k]!) / (t[k + 1]! - t[k]!);
    const at = (m: 0 | 1): number => moments[k]![m] * (1 - along) + moments[k + 1]![m] * along;
    return (value - at(0)) / at(1);
  });
}

describe('the running scale', () => {
  test.each([1000, 1050, 1349, 310])('is that of PhaseNet’s program, %d samples', (length) => {
    const row = noise(length, 50, 7).map((value, i) => value * (1 + i / 200) + 1e4);
    const [scaled] = scaleRows([row], SCALE);
    const expected = reference(row, 300);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - scaled![i]!)))).toBeLessThan(
      1e-5,
    );
  });

  test('absent and flat rows raise the others; nothing at all stays nothing', () => {
    const row = noise(900, 10, 3);
    const [alone] = scaleRows([row], SCALE);
    const [z, n, e] = scaleRows([row, undefined, new Float64Array(900).fill(5)], SCALE);
    expect(n).toBeUndefined();
    expect(e).toEqual(new Float32Array(900));
    expect(z![450]! / alone![450]!).toBeCloseTo(3, 5);
    expect(scaleRows([new Float64Array(900)], SCALE)).toEqual([new Float32Array(900)]);
  });

  test('a row shorter than a step is scaled as one', () => {
    const [scaled] = scaleRows([noise(100, 10, 5).map((value) => value + 7)], SCALE);
    const mean = scaled!.reduce((a, b) => a + b) / 100;
    expect(mean).toBeCloseTo(0, 5);
  });
});

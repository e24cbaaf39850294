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

/** From a NumPy and SciPy program of its own (`pad`, `std`, `interp1d` of kind slinear), window 3000, step 1500. */
const NUMPY: readonly [number, readonly number[], readonly (readonly number[])[]][] = [
  [
    10_000,
    [0, 1, 2],
    [
      [-0.1218995, 0.0084788, -1.1620926, -1.3651959, 0.3851001, 1.3358518, -0.5019123],
      [-0.1170579, 0.0026543, -0.52129, -0.8799132, -0.5166686, 1.4675648, -0.3821911],
      [-0.1197546, -0.0090292, 1.279632, 1.0495242, -0.4933149, 1.5543982, 0.2420144],
    ],
  ],
  [
    4321,
    [0, 1, 2],
    [
      [-0.1218995, 0.0084788, -1.1620926, -1.3651959, 0.341774, 0.7710408, -0.1287829],
      [-0.1170579, 0.0026543, -0.52129, -0.8799132, -0.5249362, -0.7113986, 3.0686538],
      [-0.1197546, -0.0090292, 1.279632, 1.0495242, -0.4708601, 0.2607793, -2.0549873],
    ],
  ],
  [
    9001,
    [1, 2],
    [
      [-0.1755868, 0.0039815, -0.781935, -1.3198698, -0.7750029, -2.3815433, 0.5195155],
      [-0.1796319, -0.0135437, 1.919448, 1.5742863, -0.7399724, 1.3844593, 0.5868759],
    ],
  ],
  [6000, [2], [[-0.3592638, -0.0270875, 3.838896, 3.1485725, -1.4799448, -1.4986556, 1.7918779]]],
];

test.each(NUMPY)(
  '%d samples of components %j are scaled as NumPy does',
  (length, alive, wanted) => {
    const row = (c: number): Float64Array =>
      Float64Array.from({ length }, (_, i) => {
        const burst = 1 + 5 * (Math.floor(i / 4000) % 2);
        return 1000 * (c + 1) + 0.5 * (i % 97) + 300 * Math.sin(i / (11 + c)) * burst;
      });
    const rows = [0, 1, 2].map((c) => (alive.includes(c) ? row(c) : undefined));
    const scaled = scaleRows(rows, { windowSamples: 3000, stepSamples: 1500 });
    const at = [0, 1, 749, 1500, 2999, Math.floor(length / 2), length - 1];
    alive.forEach((c, k) => {
      at.forEach((i, n) => expect(scaled[c]![i]).toBeCloseTo(wanted[k]![n]!, 5));
    });
  },
);

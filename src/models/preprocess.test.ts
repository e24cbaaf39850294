import { describe, expect, test } from 'vitest';
import type { WindowPreparation } from '../domain/event/runSettings.ts';
import { WindowPreparer } from './preprocess.ts';

const EACH: WindowPreparation = {
  demean: true,
  detrend: false,
  scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 1e-10 },
  taperSamples: 0,
};

function prepared(
  rows: readonly (ArrayLike<number> | undefined)[],
  change: Partial<WindowPreparation> = {},
): Float32Array[] {
  const inputs = rows.map((row) => row && Float64Array.from(row));
  const length = Math.max(...rows.map((row) => row?.length ?? 0));
  const out = new Float32Array(rows.length * length).fill(7);
  new WindowPreparer({ ...EACH, ...change }, length).write(inputs, 0, out, 0);
  return rows.map((_, k) => out.slice(k * length, (k + 1) * length));
}

const meanOf = (row: Float32Array): number => row.reduce((a, b) => a + b) / row.length;
const stdOf = (row: Float32Array, less = 0): number => {
  const mean = meanOf(row);
  return Math.sqrt(row.reduce((a, b) => a + (b - mean) ** 2, 0) / (row.length - less));
};
const waves = (offset: number, size: number): Float64Array =>
  Float64Array.from({ length: 3001 }, (_, i) => offset + size * Math.sin(i));

describe('each component by its standard deviation', () => {
  test('mean 0 and standard deviation 1, whatever offset and scale', () => {
    for (const divisor of ['n', 'n-1'] as const) {
      const scale = { by: 'std', scope: 'component', divisor, epsilon: 1e-10 } as const;
      const [row] = prepared([waves(1e9, 3)], { scale });
      expect(meanOf(row!)).toBeCloseTo(0, 5);
      expect(stdOf(row!, divisor === 'n' ? 0 : 1)).toBeCloseTo(1, 5);
    }
  });

  test('a flat row, an absent one and one with not-a-number give zeros', () => {
    const zeros = new Float32Array(4);
    const rows = [
      [5, 5, 5, 5],
      [0, 0, 0, 0],
      [1e6, 1e6 + 1e-4, 1e6, 1e6],
      [1, NaN, 2, 3],
      undefined,
    ];
    expect(prepared(rows)).toEqual(rows.map(() => zeros));
    const whole = { by: 'std', scope: 'window', divisor: 'n-1', epsilon: 1e-10 } as const;
    expect(prepared(rows, { scale: whole })).toEqual(rows.map(() => zeros));
  });

  test('only the asked window is read and written', () => {
    const out = new Float32Array(6).fill(9);
    new WindowPreparer(EACH, 2).write([Int32Array.of(99, 1, 3, 99)], 1, out, 2);
    expect(out).toEqual(Float32Array.of(9, 9, -1, 1, 9, 9));
  });
});

describe('other scales', () => {
  test('all components together: their proportions stay, an absent one counts as zeros', () => {
    const scale = { by: 'std', scope: 'window', divisor: 'n-1', epsilon: 0 } as const;
    const rows = prepared([waves(100, 4), waves(-7, 2), undefined], { scale });
    const together = Float32Array.from(rows.flatMap((row) => [...row]));
    expect(stdOf(together, 1)).toBeCloseTo(1, 5);
    expect(stdOf(rows[0]!) / stdOf(rows[1]!)).toBeCloseTo(2, 5);
    expect(meanOf(rows[1]!)).toBeCloseTo(0, 5);
  });

  test('without removing the mean the deviation is about the mean of all all the same', () => {
    const scale = { by: 'std', scope: 'window', divisor: 'n', epsilon: 0 } as const;
    const [a, b] = prepared(
      [
        [1, 2],
        [3, 6],
      ],
      { demean: false, scale },
    );
    const std = Math.sqrt((4 + 1 + 0 + 9) / 4);
    expect(a).toEqual(Float32Array.of(1 / std, 2 / std));
    expect(b).toEqual(Float32Array.of(3 / std, 6 / std));
  });

  test('by the largest absolute value, with epsilon', () => {
    const scale = { by: 'peak', scope: 'component', epsilon: 1 } as const;
    expect(prepared([[1, -3, 2]], { demean: false, scale })[0]).toEqual(
      Float32Array.of(0.25, -0.75, 0.5),
    );
    const whole = { by: 'peak', scope: 'window', epsilon: 0 } as const;
    expect(
      prepared(
        [
          [1, -3],
          [8, 4],
        ],
        { demean: false, scale: whole },
      ),
    ).toEqual([Float32Array.of(0.125, -0.375), Float32Array.of(1, 0.5)]);
  });

  test('no scale: for networks that do it themselves', () => {
    expect(prepared([[1, 3]], { scale: undefined })[0]).toEqual(Float32Array.of(-1, 1));
  });
});

test('a line is removed, and the ends are tapered last', () => {
  const line = Float64Array.from({ length: 40 }, (_, i) => 3 * i + 5 + (i % 2));
  const [row] = prepared([line], { detrend: true, scale: undefined });
  expect(Math.max(...row!.map((value) => Math.abs(value)))).toBeLessThan(0.54);
  const [tapered] = prepared([line], { detrend: true, scale: undefined, taperSamples: 6 });
  expect([tapered![0]!, tapered![39]!].map((value) => Math.abs(value))).toEqual([0, 0]);
  expect(Math.abs(tapered![2]!)).toBeLessThan(Math.abs(row![2]!));
  expect([...tapered!.subarray(7, 33)]).toEqual([...row!.subarray(7, 33)]);
});

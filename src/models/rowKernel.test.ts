import { describe, expect, test } from 'vitest';
import type { WindowPreparation } from '../domain/event/runSettings.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';
import { WindowPreparer } from './preprocess.ts';
import { RowKernel } from './rowKernel.ts';

const PREPARATION: WindowPreparation = {
  demean: true,
  detrend: false,
  scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 1e-12 },
  taperSamples: 6,
};

function noise(count: number, seed: number, offset: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return (state >> 14) + offset;
  });
}

/** The same window with the kernel and without. */
function both(
  rows: readonly (Samples | undefined)[],
  preparation: WindowPreparation,
  { from, length }: { from: number; length: number },
): [Float32Array, Float32Array] {
  const kernel = new RowKernel();
  const values = rows.length * length;
  const held = kernel.hold(rows, values + 8);
  new WindowPreparer(preparation, length, kernel).write(held.rows, from, held.batch, 8);
  const plain = new Float32Array(values + 8);
  new WindowPreparer(preparation, length).write(rows, from, plain, 8);
  return [held.batch.slice(8), plain.slice(8)];
}

describe('a window made by the kernel is the plain one bit by bit', () => {
  const rows = [
    Int32Array.from(noise(5000, 3, -1_000_000)),
    Float64Array.from(noise(5000, 7, 0.125)),
    Float32Array.from(noise(5000, 11, 0.5)),
    undefined,
  ];
  test.each([3001, 3000, 402, 7])('%i samples', (length) => {
    for (const from of [0, 1, 1333]) {
      const [made, plain] = both(rows, PREPARATION, { from, length });
      expect(made).toEqual(plain);
      expect(plain.some((value) => value !== 0)).toBe(true);
    }
  });

  test.each<[string, Partial<WindowPreparation>]>([
    ['one scale for all', { scale: { by: 'std', scope: 'window', divisor: 'n-1', epsilon: 0 } }],
    ['the peak', { scale: { by: 'peak', scope: 'component', epsilon: 1e-10 } }],
    ['a line', { detrend: true }],
    ['no mean', { demean: false }],
    ['no scale', { scale: undefined }],
  ])('%s', (_, change) => {
    const [made, plain] = both(rows, { ...PREPARATION, ...change }, { from: 5, length: 2999 });
    expect(made).toEqual(plain);
  });

  test('flat rows and rows with not-a-number are zeros', () => {
    const flat = new Int32Array(64).fill(12345);
    const holed = Float64Array.from(noise(64, 5, 0));
    holed[9] = NaN;
    const [made, plain] = both([flat, holed], PREPARATION, { from: 0, length: 64 });
    expect(made).toEqual(plain);
    expect(made).toEqual(new Float32Array(128));
  });
});

test('rows that need more memory than there is are held too, one call after another', () => {
  const kernel = new RowKernel();
  for (const count of [100, 300_000, 52]) {
    const row = Int32Array.from({ length: count }, (_, i) => i);
    const { rows, batch } = kernel.hold([row, undefined], count);
    expect(rows).toEqual([row, undefined]);
    expect(batch).toHaveLength(count);
    const sums = kernel.sums(rows[0]!, 0, count - (count % 4));
    expect(sums.reduce((sum, each) => sum + each, 0)).toBe((count * (count - 1)) / 2);
  }
  expect(kernel.holds(Int32Array.of(1))).toBe(false);
});

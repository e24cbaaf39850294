import { expect, test } from 'vitest';
import { clippedSpans } from './clipping.ts';

const wave = (limit: number): Float64Array =>
  Float64Array.from({ length: 1000 }, (_, i) =>
    Math.max(-limit, Math.min(limit, 1000 * Math.sin((2 * Math.PI * i) / 250))),
  );

test('flat tops on both sides are found', () => {
  const spans = clippedSpans(wave(600));
  expect(spans).toHaveLength(8);
  for (const { from, to } of spans) expect(to - from).toBeGreaterThan(50);
});

test('a whole wave, a flat record and one sample at full scale are not clipped', () => {
  expect(clippedSpans(wave(2000))).toEqual([]);
  expect(clippedSpans(new Float64Array(100).fill(5))).toEqual([]);
  const spike = new Float64Array(100);
  spike[50] = 1e6;
  expect(clippedSpans(spike).filter(({ from }) => from === 50)).toEqual([]);
  expect(clippedSpans([])).toEqual([]);
});

test('spans are whole, each once, wherever they begin', () => {
  for (let from = 0; from < 12; from += 1) {
    for (const length of [3, 4, 5, 8, 9, 17]) {
      const samples = Int32Array.from({ length: 60 }, (_, i) => (i % 7) - 3);
      samples.fill(900, from, from + length);
      samples.fill(-900, from + length, from + length + 4);
      const low = { from: from + length, to: from + length + 4 };
      const high = { from, to: from + length };
      expect(clippedSpans(samples)).toEqual(length < 4 ? [low] : [high, low]);
    }
  }
});

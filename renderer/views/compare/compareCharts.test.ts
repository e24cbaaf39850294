import { expect, test } from 'vitest';
import { countSplits, residualsChart, scoresChart } from './compareCharts.ts';

test('an axis of counts has whole numbers, few of them, and none above the highest bar', () => {
  expect(countSplits(1)).toEqual([0, 1]);
  expect(countSplits(5)).toEqual([0, 2, 4]);
  expect(countSplits(14)).toEqual([0, 5, 10]);
  expect(countSplits(1234)).toEqual([0, 500, 1000]);
  for (let most = 1; most < 3000; most += 7) {
    const splits = countSplits(most);
    expect(splits.every((value) => Number.isInteger(value) && value <= most)).toBe(true);
    expect(splits.length).toBeGreaterThan(1);
    expect(splits.length).toBeLessThanOrEqual(4);
  }
});

test('the chosen bar of the residuals stands in its place among empty ones', () => {
  const counts = Uint32Array.from({ length: 41 }, (_, i) => (i === 20 ? 50 : 0));
  const [all, chosen] = residualsChart('S', counts, { toleranceS: 0.5, chosen: 3 }).series;
  expect([all?.x, all?.y[20], all?.token]).toEqual([chosen?.x, 50, '--phase-s']);
  expect(chosen?.y.map((y, i) => (y === null ? undefined : i)).filter(Number)).toEqual([3]);
  expect(chosen?.y[3]).toBe(1);
});

test.each([
  [0.3, ['.25', '.50', '.75']],
  [0.8, ['.85', '.90', '.95']],
  [0.998, ['.9985', '.9990', '.9995']],
])('thresholds from %d are told apart on their axis', (lowest, words) => {
  const nothing = { matched: 0, onlyA: 0, onlyB: 0, precision: undefined, recall: undefined };
  const means = { f1: undefined, meanResidualS: undefined, stdResidualS: undefined };
  const curve = [{ threshold: lowest, f1: 0.5 }];
  const { x } = scoresChart([{ phase: 'P', ...nothing, ...means, curve }]);
  expect(x.splits.map(x.format)).toEqual(words);
});

import { describe, expect, test } from 'vitest';
import { yOfProbability } from '../../canvas/overlays/probability.ts';
import { LABEL_PX, thresholdLabels } from './strips.ts';

const LETTERS = new Map([
  [4, 'A'],
  [3, 'B'],
  [2, 'C'],
  [1, 'D'],
]);

/** Labels of runs 4, 3, 2, 1 with these thresholds in a strip of this height. */
function labels(heightPx: number, ...values: readonly number[]) {
  const strip = { top: 100, height: heightPx };
  const lines = values.map((value, i) => ({
    ...{ phase: 'P', runId: 4 - i, value },
    yPx: yOfProbability(strip, value),
  }));
  const letters = new Map([...LETTERS].slice(0, values.length));
  return thresholdLabels(lines, letters, strip);
}
const words = (heightPx: number, ...values: readonly number[]): string[] =>
  labels(heightPx, ...values).map((label) => label.words);

describe('thresholds beside a strip', () => {
  test('of one run stand as a number', () => {
    expect(words(34, 0.3)).toEqual(['.30']);
  });

  test('of runs that share one stand once, with their letters only where others differ', () => {
    expect(words(34, 0.3, 0.3)).toEqual(['.30']);
    expect(words(56, 0.998, 0.3, 0.1, 0.3)).toEqual(['A .998', 'BD .30', 'C .10']);
  });

  test('stay apart and inside their strip, however close they lie', () => {
    for (const values of [
      [0.3, 0.1],
      [0.998, 0.3, 0.1, 0.32],
      [0.11, 0.1, 0.12, 0.13],
    ]) {
      // prettier-ignore
      for (const height of [22, 26, 34, 56]) {
        const places = labels(height, ...values).map(({ yPx }) => yPx);
        const all = [100 - LABEL_PX / 2, ...places, 100 + height + LABEL_PX / 2];
        const gaps = all.slice(1).map((y, i) => y - (all[i] ?? 0));
        expect(Math.min(...gaps), `${values.join()} in ${height} px`).toBeGreaterThanOrEqual(
          LABEL_PX - 1e-9,
        );
      }
    }
  });

  test('become one, from the lowest to the highest, where the strip is too low for all', () => {
    const found = labels(26, 0.998, 0.3, 0.1, 0.2);
    expect(found.map((label) => label.words)).toEqual(['A .998', '.10–.30']);
    expect(found[1]?.title).toBe('B .30, C .10, D .20');
  });
});

import { describe, expect, test } from 'vitest';
import { epochNs, NS_PER_S } from '../base/time.ts';
import { rateIntervals, wilson } from './intervals.ts';
import { Random } from './random.ts';
import { scorePicks } from './score.ts';
import type { ScoredPick } from './scoredPick.ts';

const at = (seconds: number, phase = 'P', station = 'UW.HANS'): ScoredPick => ({
  station,
  phase,
  time: epochNs(1_700_000_000n * NS_PER_S + BigInt(Math.round(seconds * 1e3)) * 1_000_000n),
});
const tolerance = { P: 0.5, S: 0.5 };
const many = (n: number, phase = 'P', shift = 0) =>
  Array.from({ length: n }, (_, i) => at(300 * i + shift, phase));

describe('a score', () => {
  test('counts by phase and together, with residuals of what matched', () => {
    const references = [...many(12), at(20, 'Sg')];
    const picks = [...many(9, 'Pg', 0.1), at(150), at(20.2, 'S'), at(21, 'S')];
    const { all, P, S } = scorePicks(references, picks, tolerance);
    expect(P).toMatchObject({
      ...{ reference: 12, picks: 10, matched: 9, missed: 3, extra: 1 },
      ...{ recall: 0.75, precision: 0.9, f1: 18 / 22, note: null },
    });
    expect(P.residualS.mean).toBeCloseTo(0.1, 12);
    expect(P.residualS.std).toBeCloseTo(0, 12);
    expect(S).toMatchObject({ reference: 1, picks: 2, matched: 1, note: 'too few to tune' });
    expect(all).toMatchObject({ reference: 13, picks: 12, matched: 10, missed: 3, extra: 2 });
    for (const score of [all, P, S]) {
      for (const rate of ['recall', 'precision', 'f1'] as const) {
        const [low, high] = score.ci[rate]!;
        expect(low).toBeLessThan(score[rate]!);
        expect(high).toBeGreaterThanOrEqual(score[rate]!);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
      }
    }
  });

  test('has null and never 0 or NaN where there is nothing', () => {
    const nothing = { recall: null, precision: null, f1: null };
    const none = scorePicks([], [], tolerance).all;
    expect(none).toMatchObject({ ...nothing, ci: nothing, note: 'too few to tune' });
    const withoutReference = scorePicks([], [at(0)], tolerance).P;
    expect(withoutReference).toMatchObject({ ...nothing, ci: nothing, picks: 1, extra: 1 });
    const withoutPicks = scorePicks([at(0)], [], tolerance).P;
    expect(withoutPicks).toMatchObject({ ...nothing, recall: 0, missed: 1 });
    expect(withoutPicks.ci).toMatchObject({ precision: null, f1: null });
    expect(withoutPicks.residualS).toMatchObject({ n: 0, mean: null });
    expect(JSON.stringify([none, withoutReference, withoutPicks])).not.toContain('NaN');
  });

  test('is the same for the same seed, whatever the order of the picks', () => {
    const [references, picks] = [many(40), many(25, 'P', 0.2)];
    const score = scorePicks(references, picks, tolerance);
    expect(scorePicks([...references].reverse(), picks, tolerance).all).toEqual(score.all);
    const other = scorePicks(references, picks, tolerance, { seed: 2, resamples: 50, blockS: 60 });
    expect(other.all.ci).not.toEqual(score.all.ci);
  });
});

describe('intervals', () => {
  test('hold the truth about 19 times in 20', () => {
    const random = new Random(5);
    let held = 0;
    const trials = 400;
    for (let trial = 0; trial < trials; trial++) {
      const blocks = Array.from({ length: 120 }, () => {
        const found = random.next() < 0.7;
        return { matched: found ? 1 : 0, missed: found ? 0 : 1, extra: 0 };
      });
      const [low, high] = rateIntervals(blocks, { seed: trial, resamples: 200 }).recall!;
      if (low <= 0.7 && 0.7 <= high) held += 1;
    }
    expect(held / trials).toBeGreaterThan(0.89);
    expect(held / trials).toBeLessThanOrEqual(1);
  });

  test('are wider when what is found or missed comes in blocks', () => {
    const single = Array.from({ length: 200 }, (_, i) => ({
      ...{ matched: i % 2, missed: 1 - (i % 2), extra: 0 },
    }));
    const together = Array.from({ length: 20 }, (_, i) => ({
      ...{ matched: 10 * (i % 2), missed: 10 - 10 * (i % 2), extra: 0 },
    }));
    const width = (blocks: typeof single): number => {
      const [low, high] = rateIntervals(blocks).recall!;
      return high - low;
    };
    expect(width(together)).toBeGreaterThan(2 * width(single));
  });

  test('of all found is not a point', () => {
    // Roots of (p − k/n)² = z² p (1 − p) / n by NumPy 2.4, the equation of Wilson (1927).
    expect(wilson(10, 10)[0]).toBeCloseTo(0.722_467_2, 6);
    expect(wilson(10, 10)[1]).toBe(1);
    expect(wilson(4, 20)[0]).toBeCloseTo(0.080_657_66, 6);
    expect(wilson(4, 20)[1]).toBeCloseTo(0.416_017_4, 6);
    expect(wilson(0, 5)[0]).toBe(0);
    expect(wilson(0, 0)).toEqual([0, 1]);
    const { recall, f1 } = scorePicks(many(30), many(30), tolerance).P.ci;
    expect(recall![0]).toBeLessThan(0.9);
    expect(f1![1]).toBe(1);
  });
});

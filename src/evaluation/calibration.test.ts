import { describe, expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import { calibrate } from '../domain/evaluation/calibration.ts';
import {
  fitIsotonic,
  fitTemperature,
  judgedPicks,
  reliability,
  type JudgedPick,
} from './calibration.ts';
import { matchPicks } from './matchPicks.ts';
import { Random } from './random.ts';

/** Picks of a model whose logits are `factor` times too large. */
function overconfident(n: number, factor: number): JudgedPick[] {
  const random = new Random(9);
  return Array.from({ length: n }, () => {
    const logit = 6 * random.next() - 3;
    const truth = 1 / (1 + Math.exp(-logit));
    return { probability: 1 / (1 + Math.exp(-factor * logit)), right: random.next() < truth };
  });
}

describe('reliability', () => {
  test('counts what is right per bin, edges where they belong', () => {
    const judged = [
      { probability: 0, right: false },
      { probability: 0.5, right: true },
      { probability: 0.7, right: false },
      { probability: 1, right: true },
    ];
    const { bins, expectedError, brier } = reliability(judged, 2);
    expect(
      bins.map(({ count, share, meanProbability }) => [count, share, meanProbability]),
    ).toEqual([
      [1, 0, 0],
      [3, 2 / 3, 2.2 / 3],
    ]);
    expect(bins[1]!.ci![0]).toBeGreaterThan(0);
    expect(expectedError).toBeCloseTo(0.2 / 4, 12);
    expect(brier).toBeCloseTo((0.25 + 0.49) / 4, 12);
    expect(reliability([])).toMatchObject({ expectedError: null, brier: null });
    expect(reliability([]).bins[0]).toMatchObject({ count: 0, share: null, ci: null });
  });

  test('takes the picks of a matching that have a probability', () => {
    const pick = (ns: bigint, probability?: number) => ({
      ...{ station: 'UW.A', phase: 'P', time: epochNs(ns), probability },
    });
    const picks = [pick(0n, 0.9), pick(10n ** 10n, 0.4), pick(2n * 10n ** 10n)];
    const judged = judgedPicks(picks, matchPicks([pick(5n)], picks, { P: 0.5, S: 0.5 }));
    expect(judged).toEqual([
      { probability: 0.9, right: true },
      { probability: 0.4, right: false },
    ]);
  });
});

describe('calibration', () => {
  test('finds the temperature that a model is too sure by', () => {
    const fit = fitTemperature(overconfident(20_000, 2.5))!;
    expect(fit.temperature).toBeGreaterThan(2.35);
    expect(fit.temperature).toBeLessThan(2.65);
  });

  test('the temperature found is the best of many tried', () => {
    const judged = overconfident(300, 0.6);
    const loss = (temperature: number) =>
      judged.reduce((sum, { probability, right }) => {
        const p = calibrate({ kind: 'temperature', temperature }, probability);
        return sum - Math.log(right ? p : 1 - p);
      }, 0);
    const best = loss(fitTemperature(judged)!.temperature);
    for (let t = 0.1; t < 10; t *= 1.02) expect(loss(t)).toBeGreaterThanOrEqual(best - 1e-9);
  });

  test.each([['temperature'], ['isotonic']])(
    '%s lowers the expected error and keeps order',
    (kind) => {
      const judged = overconfident(5000, 3);
      const fit = kind === 'temperature' ? fitTemperature(judged)! : fitIsotonic(judged)!;
      const after = judged.map((each) => ({
        ...each,
        probability: calibrate(fit, each.probability),
      }));
      expect(reliability(after).expectedError!).toBeLessThan(
        reliability(judged).expectedError! / 3,
      );
      const line = Array.from({ length: 101 }, (_, i) => calibrate(fit, i / 100));
      for (let i = 1; i < line.length; i++) expect(line[i]!).toBeGreaterThanOrEqual(line[i - 1]!);
      expect(line.every((p) => p >= 0 && p <= 1)).toBe(true);
    },
  );

  test('isotonic has the smallest squared error of all ascending steps, tried out', () => {
    const random = new Random(31);
    const levels = [0, 0.25, 0.5, 0.75, 1];
    for (let trial = 0; trial < 60; trial++) {
      const judged = [
        ...Array.from({ length: 5 }, (_, i) => ({ probability: i / 5, right: true })),
        ...Array.from({ length: 5 }, (_, i) => ({ probability: i / 5, right: false })),
        ...Array.from({ length: 6 }, () => ({
          ...{ probability: random.below(5) / 5, right: random.below(2) === 1 },
        })),
      ];
      const fit = fitIsotonic(judged)!;
      const error = (valueAt: (i: number) => number) =>
        judged.reduce(
          (sum, { probability, right }) =>
            sum + ((right ? 1 : 0) - valueAt(Math.round(probability * 5))) ** 2,
          0,
        );
      const best = error((i) => calibrate(fit, i / 5));
      const ascend = (steps: number[]): void => {
        if (steps.length === 5) expect(error((i) => steps[i]!)).toBeGreaterThanOrEqual(best - 1e-9);
        else for (const l of levels) if (l >= (steps.at(-1) ?? 0)) ascend([...steps, l]);
      };
      ascend([]);
    }
  });

  test('is level beyond its ends and straight between', () => {
    const fit = { kind: 'isotonic', from: [0.2, 0.4], to: [0.1, 0.9] } as const;
    expect([0, 0.2, 0.3, 0.4, 1].map((p) => calibrate(fit, p))).toEqual([
      0.1,
      0.1,
      expect.closeTo(0.5, 12),
      0.9,
      0.9,
    ]);
    expect(calibrate({ kind: 'temperature', temperature: 2 }, 1)).toBeLessThan(1);
  });

  test('is not made of picks that are nearly all right', () => {
    const right = Array.from({ length: 50 }, () => ({ probability: 0.9, right: true }));
    expect(fitTemperature(right)).toBeUndefined();
    expect(fitIsotonic([...right, { probability: 0.1, right: false }])).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import { evaluate, thinned } from './evaluate.ts';
import { coverageOf, type ListedPick } from './selectPicks.ts';
import { thresholdCurve } from './thresholdCurve.ts';

const at = (s: number, rest: Partial<ListedPick> = {}): ListedPick => ({
  ...{ station: 'UW.A', phase: 'P', time: epochNs(BigInt(Math.round(s * 10)) * 100_000_000n) },
  state: 'automatic',
  ...rest,
});
const tolerance = { P: 0.5, S: 0.5 };
const day = { startNs: epochNs(0n), endNs: epochNs(86_400_000_000_000n), gaps: [] };

describe('an evaluation', () => {
  const references = Array.from({ length: 20 }, (_, i) => at(600 * i, { pickId: i }));
  const picks = [
    ...references
      .slice(0, 15)
      .map((pick, i) => ({ ...pick, probability: 0.5 + i / 40, pickId: 100 + i })),
    ...Array.from({ length: 10 }, (_, i) =>
      at(300 + 600 * i, { probability: 0.1 + i / 40, pickId: 200 + i }),
    ),
    at(600 * 16 + 2, { probability: 0.9, pickId: 300 }),
  ];
  const coverage = coverageOf([{ streamKey: 'UW.A..HHZ', ...day }]);
  const report = evaluate(references, picks, { tolerance, coverage });

  test('has scores, curves, suggestions and what is offered against too much trust', () => {
    expect(report.scores.P).toMatchObject({ matched: 15, missed: 5, extra: 11 });
    expect(report.observedS).toBe(86_400);
    const { P, S } = report.byPhase;
    expect(P.curve.points.at(-1)).toMatchObject({ picks: 26, falsePerHour: 11 / 24 });
    expect(P.suggestions.map(({ station }) => station)).toEqual([undefined, 'UW.A']);
    expect(P.suggestions[0]!.threshold).toBeCloseTo((0.5 + 0.325) / 2, 9);
    expect(P.calibrations.map(({ calibration }) => calibration.kind)).toEqual([
      ...['temperature', 'isotonic'],
    ]);
    expect(P.calibrations[1]!.reliability.brier!).toBeLessThan(P.reliability.brier!);
    expect(S).toMatchObject({ calibrations: [], curve: { points: [], reference: 0 } });
    expect(S.suggestions[0]).toMatchObject({ threshold: null, note: 'too few to tune' });
    expect(report.byStation).toHaveLength(1);
    expect(report.byHour).toHaveLength(4);
    expect(report.byDistance).toMatchObject([{ from: null, to: null }]);
    expect(report.bySnr).toHaveLength(1);
  });

  test('lists every onset once, with outliers on both sides', () => {
    expect(report.onsets).toHaveLength(15 + 5 + 11);
    expect(report.onsets[0]).toEqual({
      ...{ kind: 'matched', phase: 'P', station: 'UW.A', time: 0n, probability: 0.5 },
      ...{ residualS: 0, outlier: false, referenceId: 0, pickId: 100 },
    });
    const far = report.onsets.filter(({ outlier }) => outlier);
    expect(far).toMatchObject([
      { kind: 'missed', residualS: 2, referenceId: 16, pickId: undefined },
      { kind: 'extra', residualS: 2, referenceId: undefined, pickId: 300, probability: 0.9 },
    ]);
    const times = report.onsets.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
  });

  test('knows no false picks per hour where nobody said what was looked at', () => {
    const unknown = evaluate(references, picks, { tolerance, coverage: undefined, outlierS: 0 });
    expect(unknown.observedS).toBeUndefined();
    expect(unknown.byPhase.P.curve.points[0]!.falsePerHour).toBeNull();
    expect(unknown.onsets.some(({ outlier }) => outlier)).toBe(false);
  });
});

test('a thinned curve keeps its best and its last point', () => {
  const references = Array.from({ length: 50 }, (_, i) => at(600 * i));
  const picks = Array.from({ length: 3000 }, (_, i) =>
    at(i < 50 ? 600 * i : 300 + 7 * i, { probability: 1 - i / 3000 }),
  );
  const curve = thresholdCurve(references, picks, { tolerance, phase: 'P' });
  const thin = thinned(curve, 100);
  expect(curve.points).toHaveLength(3000);
  expect(thin.points.length).toBeLessThanOrEqual(100);
  expect(thin.points.at(-1)).toEqual(curve.points.at(-1));
  const best = (points: typeof curve.points) => Math.max(...points.map(({ f1 }) => f1 ?? 0));
  expect(best(thin.points)).toBe(best(curve.points));
  expect(thin.averagePrecision).toBe(curve.averagePrecision);
  expect(thinned(thin, 100)).toBe(thin);
});

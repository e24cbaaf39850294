import { describe, expect, test } from 'vitest';
import { epochNs, NS_PER_S } from '../base/time.ts';
import { matchPicks } from './matchPicks.ts';
import { paretoFront } from './paretoFront.ts';
import { Random } from './random.ts';
import type { ScoredPick } from './scoredPick.ts';
import { suggestByStation, suggestThreshold } from './suggestThreshold.ts';
import { thresholdCurve } from './thresholdCurve.ts';

const T0 = 1_700_000_000n * NS_PER_S;
const at = (s: number, probability?: number, phase = 'P', station = 'UW.A'): ScoredPick => {
  const time = epochNs(T0 + BigInt(Math.round(s * 1000)) * 1_000_000n);
  return { station, phase, time, probability };
};
const tolerance = { P: 0.5, S: 0.5 };

describe('the curve over thresholds', () => {
  test('is at every threshold what matching the picks above it gives', () => {
    const random = new Random(17);
    for (let trial = 0; trial < 300; trial++) {
      const list = (n: number) =>
        Array.from({ length: random.below(n) }, () =>
          at(
            random.below(200) / 20,
            random.below(12) / 12,
            ['P', 'Pn', 'S'][random.below(3)],
            ['UW.A', 'UW.B'][random.below(2)],
          ),
        );
      const [references, picks] = [list(25), list(40)];
      const curve = thresholdCurve(references, picks, { tolerance, phase: 'P', observedS: 3600 });
      const own = picks.filter(({ phase }) => phase !== 'S');
      expect(curve.points.map(({ threshold }) => threshold)).toEqual(
        [...new Set(own.map(({ probability }) => probability!))].sort((a, b) => b - a),
      );
      for (const point of curve.points) {
        const kept = own.filter(({ probability }) => probability! >= point.threshold);
        const p = references.filter(({ phase }) => phase !== 'S');
        const { pairs, extra } = matchPicks(p, kept, tolerance);
        expect(point).toMatchObject({
          ...{ picks: kept.length, matched: pairs.length, extra: extra.length },
          ...{ falsePerHour: extra.length, recall: p.length > 0 ? pairs.length / p.length : null },
        });
      }
    }
  });

  test('has the average precision and area of a small case by hand', () => {
    const references = [at(0), at(100), at(200), at(300)];
    const picks = [at(0, 0.9), at(50, 0.8), at(100, 0.7), at(200, 0.7), at(150, 0.2)];
    const curve = thresholdCurve(references, picks, { tolerance, phase: 'P', observedS: 404 });
    expect(curve.points.map(({ precision }) => precision)).toEqual([1, 0.5, 0.75, 0.6]);
    expect(curve.averagePrecision).toBeCloseTo(0.25 * 1 + 0.5 * 0.75, 12);
    // 400 empty places: 1 false pick at 0.8, a second at 0.2.
    const area = 0.25 / 400 + (0.75 - 0.25) * 0 + (0.75 * 1) / 400 + (398 / 400) * 0.875;
    expect(curve.rocArea).toBeCloseTo(area, 12);
  });

  test('says null where there is nothing', () => {
    const none = thresholdCurve([], [at(0, 0.5)], { tolerance, phase: 'P' });
    expect(none).toMatchObject({ reference: 0, averagePrecision: null, rocArea: null });
    expect(none.points[0]).toMatchObject({ recall: null, f1: null, falsePerHour: null });
    expect(thresholdCurve([at(0)], [], { tolerance, phase: 'P' })).toMatchObject({
      ...{ points: [], averagePrecision: null, rocArea: null },
    });
  });

  test('of a day with a hundred thousand picks has a point for each probability', () => {
    const random = new Random(23);
    const references = Array.from({ length: 3000 }, () => at(random.next() * 86_400));
    const picks = Array.from({ length: 100_000 }, () =>
      at(random.next() * 86_400, random.next(), 'P', `UW.${random.below(10)}`),
    );
    const named = references.map((each, i) => ({ ...each, station: `UW.${i % 10}` }));
    const curve = thresholdCurve(named, picks, { tolerance, phase: 'P' });
    expect(curve.points.length).toBeGreaterThan(90_000);
  });
});

describe('a suggested threshold', () => {
  const onsets = Array.from({ length: 30 }, (_, i) => at(300 * i));
  const good = onsets.map(({ time }, i) => ({ ...at(0, 0.5 + i / 100), time }));
  const bad = Array.from({ length: 50 }, (_, i) => at(100 + 300 * i, 0.1 + i / 200));

  test('lies between the picks that are right and those that are not, with its evidence', () => {
    const suggestion = suggestThreshold(onsets, [...good, ...bad], { tolerance, phase: 'P' });
    expect(suggestion.threshold).toBeCloseTo((0.5 + 0.345) / 2, 12);
    expect(suggestion).toMatchObject({ note: null, station: undefined });
    expect(suggestion.score).toMatchObject({ reference: 30, matched: 30, extra: 0, f1: 1 });
    const [low, high] = suggestion.plausible!;
    expect(low).toBeLessThan(suggestion.threshold!);
    expect(high).toBeGreaterThanOrEqual(0.5);
    expect(suggestion.curve.points.length).toBe(80);
  });

  test('is not made of fewer than ten references', () => {
    const few = suggestThreshold(onsets.slice(0, 9), good, { tolerance, phase: 'P' });
    expect(few).toMatchObject({ threshold: null, plausible: null, note: 'too few to tune' });
    expect(few.score).toMatchObject({ reference: 9, matched: 9 });
    const none = suggestThreshold(onsets, [], { tolerance, phase: 'P' });
    expect(none).toMatchObject({ threshold: null, note: null });
    const wrong = suggestThreshold(onsets, [at(50, 0.4)], { tolerance, phase: 'P' });
    expect(wrong.threshold).toBeNull();
  });

  test('is made for each station of its own picks', () => {
    const other = good.map((pick) => ({ ...pick, station: 'UW.B', probability: 0.2 }));
    const alike = onsets.map((pick) => ({ ...pick, station: 'UW.B' }));
    const suggestions = suggestByStation([...onsets, ...alike], [...good, ...bad, ...other], {
      ...{ tolerance, phase: 'P', observedSOf: () => 3600 },
    });
    expect(suggestions.map(({ station }) => station)).toEqual(['UW.A', 'UW.B']);
    expect(suggestions[1]!.threshold).toBe(0.2);
    expect(suggestions[0]!.curve.points.at(-1)!.falsePerHour).toBe(50);
  });
});

describe('the Pareto front', () => {
  test('keeps what no other beats, tried out pair by pair', () => {
    const random = new Random(2);
    for (let trial = 0; trial < 300; trial++) {
      const points = Array.from({ length: random.below(12) }, () => ({
        ...{ recall: random.below(5) / 5, falsePerHour: random.below(5) },
      }));
      const kept = points.flatMap((a, index) =>
        points.some(
          (b) =>
            b.recall >= a.recall &&
            b.falsePerHour <= a.falsePerHour &&
            (b.recall > a.recall || b.falsePerHour < a.falsePerHour),
        )
          ? []
          : [index],
      );
      expect([...paretoFront(points)].sort((a, b) => a - b)).toEqual(kept);
    }
  });
});

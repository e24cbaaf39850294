import { describe, expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import { comparePicks } from './comparePicks.ts';
import { matchPicks } from './matchPicks.ts';
import { countMatches, matchSorted } from './matchTimes.ts';
import { Random } from './random.ts';
import { residualHistogram, residualStatistics } from './residuals.ts';
import { type ScoredPick, scoredPhase } from './scoredPick.ts';

const T0 = 1_700_000_000_000_000_000n;
const at = (ms: number, phase = 'P', station = 'UW.HANS'): ScoredPick => ({
  station,
  phase,
  time: epochNs(T0 + BigInt(Math.round(ms * 1e3)) * 1000n),
});
const tolerance = { P: 0.5, S: 0.5 };

/** Every one-to-one matching there is, tried: the most pairs, then the smallest sum. */
function bruteForce(a: readonly number[], b: readonly number[], within: number): [number, number] {
  const used = new Set<number>();
  const from = (i: number): [number, number] => {
    if (i === a.length) return [0, 0];
    let best = from(i + 1);
    b.forEach((time, j) => {
      const apart = Math.abs(time - a[i]!);
      if (used.has(j) || apart > within) return;
      used.add(j);
      const [count, cost] = from(i + 1);
      used.delete(j);
      const better = count + 1 > best[0] || (count + 1 === best[0] && cost + apart < best[1]);
      if (better) best = [count + 1, cost + apart];
    });
    return best;
  };
  return from(0);
}

const cost = (a: ArrayLike<number>, b: ArrayLike<number>, pairs: readonly (readonly number[])[]) =>
  pairs.reduce((sum, [i, j]) => sum + Math.abs(a[i!]! - b[j!]!), 0);

describe('matching', () => {
  test('is the best of all matchings, tried out one by one', () => {
    const random = new Random(7);
    for (let trial = 0; trial < 3000; trial++) {
      const list = (): number[] => {
        const span = 1 + random.below(40);
        return Array.from({ length: random.below(7) }, () => random.below(span)).sort(
          (x, y) => x - y,
        );
      };
      const [a, b, within] = [list(), list(), random.below(12)];
      const pairs = matchSorted(Float64Array.from(a), Float64Array.from(b), within);
      expect(new Set(pairs.map(([i]) => i)).size).toBe(pairs.length);
      expect(new Set(pairs.map(([, j]) => j)).size).toBe(pairs.length);
      for (const [i, j] of pairs) expect(Math.abs(a[i]! - b[j]!)).toBeLessThanOrEqual(within);
      const context = JSON.stringify({ a, b, within });
      expect([pairs.length, cost(a, b, pairs)], context).toEqual(bruteForce(a, b, within));
      expect(countMatches(a, b, within), context).toBe(pairs.length);
    }
  });

  test('over stations, phases and gaps is the best too, whatever the order of the lists', () => {
    const random = new Random(11);
    for (let trial = 0; trial < 200; trial++) {
      const list = (): ScoredPick[] =>
        Array.from({ length: random.below(14) }, () =>
          at(
            100 * random.below(60) + (random.below(2) === 0 ? 0 : 1e10),
            ['P', 'Pn', 'S', 'Sg'][random.below(4)],
            ['UW.A', 'UW.B'][random.below(2)],
          ),
        );
      const [references, picks] = [list(), list()];
      const matching = matchPicks(references, picks, { P: 0.5, S: 1 });
      let [count, sum] = [0, 0];
      for (const station of ['UW.A', 'UW.B'])
        for (const phase of ['P', 'S'] as const) {
          const times = (of: ScoredPick[]) =>
            of
              .filter((pick) => pick.station === station && pick.phase.startsWith(phase))
              .map(({ time }) => Number((time - T0) / 1_000_000n));
          const best = bruteForce(times(references), times(picks), phase === 'P' ? 500 : 1000);
          [count, sum] = [count + best[0], sum + best[1]];
        }
      const got = matching.pairs.reduce((total, pair) => total + Math.abs(pair.residualS), 0);
      expect(matching.pairs).toHaveLength(count);
      expect(got).toBeCloseTo(sum / 1000, 9);
      expect(matching.missed).toHaveLength(references.length - count);
      expect(matching.extra).toHaveLength(picks.length - count);
    }
  });

  test('takes the nearer pick, includes the tolerance and leaves other families aside', () => {
    const references = [at(0), at(10_000), at(20_000, 'Lg'), at(30_000, 'Sn')];
    const picks = [at(400), at(-100), at(10_500), at(30_501, 'S'), at(5, 'pP')];
    expect(matchPicks(references, picks, tolerance)).toEqual({
      pairs: [
        { reference: 0, pick: 1, phase: 'P', residualS: -0.1 },
        { reference: 1, pick: 2, phase: 'P', residualS: 0.5 },
      ],
      missed: [3],
      extra: [0, 3],
      otherReferences: [2],
      otherPicks: [4],
    });
  });

  test('prefers two far pairs to one near pair', () => {
    const { pairs } = matchPicks([at(0), at(400)], [at(-400), at(0)], tolerance);
    expect(pairs.map((pair) => [pair.reference, pair.pick])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test('a day of dense picks is matched whole', () => {
    const random = new Random(3);
    const list = (n: number) => Array.from({ length: n }, () => at(random.next() * 86_400_000));
    const { pairs } = matchPicks(list(20_000), list(60_000), tolerance);
    expect(pairs.length).toBeGreaterThan(9000);
  });

  test('families are those of the domain, small letters of other programs included', () => {
    const names = ['P', 'Pn', 'Pg', 'p', 'S', 'Sg', 's', 'pP', 'sS', 'Lg', 'T', ''];
    expect(names.map(scoredPhase)).toEqual([
      ...['P', 'P', 'P', 'P', 'S', 'S', 'S'],
      ...[undefined, undefined, undefined, undefined, undefined],
    ]);
  });
});

describe('residuals', () => {
  test('have null and no NaN where there are none', () => {
    const nothing = { n: 0, mean: null, std: null, mad: null, median: null };
    expect(residualStatistics([])).toEqual(nothing);
  });

  test('have mean, deviation by n, median and its absolute deviation', () => {
    expect(residualStatistics([1, 2, 3, 10])).toEqual({
      n: 4,
      mean: 4,
      std: Math.sqrt((9 + 4 + 1 + 36) / 4),
      mad: 1,
      median: 2.5,
    });
  });

  test('fall into bins of which one has zero in its middle, edges included', () => {
    expect(residualHistogram([-0.3, 0, 0.05, 0.3, 0.31], 0.3, 3).counts).toEqual([1, 2, 1]);
    expect(residualHistogram([0], 0, 3).counts.reduce((a, b) => a + b)).toBe(1);
  });
});

describe('comparing two pick sets', () => {
  test('says what both have, what moved, and what only one has, by phase', () => {
    const a = [at(0), at(5000), at(9000, 'S'), at(1, 'Rg')];
    const b = [at(9300, 'S'), at(5), at(20_000), at(50_000, 'S')];
    const comparison = comparePicks(a, b, { tolerance, movedBeyondS: 0.01, bins: 5 });
    expect(comparison.pairs).toEqual([
      { a: 0, b: 1, phase: 'P', residualS: 0.005, moved: false },
      { a: 2, b: 0, phase: 'S', residualS: 0.3, moved: true },
    ]);
    expect([comparison.onlyA, comparison.onlyB]).toEqual([[1], [2, 3]]);
    expect(comparison.otherPhaseA).toEqual([3]);
    expect(comparison.byPhase.P).toMatchObject({ matched: 1, moved: 0, onlyA: 1, onlyB: 1 });
    expect(comparison.byPhase.S).toMatchObject({ matched: 1, moved: 1, onlyA: 0, onlyB: 1 });
    expect(comparison.byPhase.S.histogram.counts).toEqual([0, 0, 0, 0, 1]);
  });

  test('a set against itself has moved nothing', () => {
    const a = [at(0), at(1), at(700, 'S')];
    const comparison = comparePicks(a, a, { tolerance, movedBeyondS: 0 });
    expect(comparison.pairs.map((pair) => [pair.a, pair.b, pair.moved])).toEqual([
      [0, 0, false],
      [1, 1, false],
      [2, 2, false],
    ]);
  });
});

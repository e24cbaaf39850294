import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import { combineCurves } from './combine.ts';
import { curveDisagreement, memberVotes, voteScatter } from './disagreement.ts';
import { alignMembers } from './members.ts';
import { pickEnsembleCurve, semblanceCurve } from './semblance.ts';
import { findTriggers, triggerPeak } from './trigger.ts';

const f64 = (...values: number[]): Float64Array => Float64Array.from(values);
const closeTo = (values: number[]): unknown[] =>
  values.map((value) => (Number.isNaN(value) ? NaN : expect.closeTo(value, 12)));

describe('alignMembers', () => {
  test('shifts by whole samples keep every value, holes are NaN', () => {
    const aligned = alignMembers([
      { startNs: epochNs(1_000_000_000n), sampleRateHz: 100, values: Float32Array.of(1, 2, 3) },
      { startNs: epochNs(980_000_000n), sampleRateHz: 100, values: Float32Array.of(4, 5, 6) },
    ]);
    expect(aligned).toEqual({
      startNs: 980_000_000n,
      sampleRateHz: 100,
      curves: [f64(NaN, NaN, 1, 2, 3), f64(4, 5, 6, NaN, NaN)],
    });
  });

  test('a slower curve and one off by a third of a sample are interpolated onto the fastest', () => {
    const { curves, startNs, sampleRateHz } = alignMembers([
      { startNs: epochNs(0n), sampleRateHz: 10, values: Float32Array.of(0, 1) },
      { startNs: epochNs(0n), sampleRateHz: 30, values: Float32Array.of(7, 8, 9, 10) },
      { startNs: epochNs(11_111_111n), sampleRateHz: 30, values: Float32Array.of(0, 3, 6) },
    ]);
    expect([startNs, sampleRateHz]).toEqual([0n, 30]);
    expect([...curves[0]!]).toEqual([0, 1 / 3, 2 / 3, 1].map((v) => expect.closeTo(v, 9)));
    expect([...curves[1]!]).toEqual([7, 8, 9, 10]);
    expect([...curves[2]!]).toEqual([NaN, expect.closeTo(2, 6), expect.closeTo(5, 6), NaN]);
  });

  test('without a curve there is no ensemble', () => {
    expect(() => alignMembers([])).toThrow('at least one curve');
  });
});

describe('combineCurves', () => {
  const curves = [f64(0.1, 0.5, NaN), f64(0.2, 0.9, NaN), f64(0.6, NaN, NaN), f64(0.3, 0.1, NaN)];

  test.each([
    [{ kind: 'mean' }, [0.3, 0.5, NaN]],
    [{ kind: 'max' }, [0.6, 0.9, NaN]],
    [{ kind: 'median' }, [0.25, 0.5, NaN]],
    [{ kind: 'noisyOr' }, [1 - 0.9 * 0.8 * 0.4 * 0.7, 1 - 0.5 * 0.1 * 0.9, NaN]],
    [{ kind: 'weightedMean', weights: [1, 3, 0, 0] }, [0.175, 0.8, NaN]],
    [{ kind: 'ownMaximumMean' }, [(0.05 + 0.18 + 0.36 + 0.09) / 4, (0.25 + 0.81 + 0.03) / 3, NaN]],
    [{ kind: 'bestCurve' }, [0.2, 0.9, NaN]],
  ] as const)('%o leaves out members without a value', (how, expected) => {
    expect([...combineCurves(curves, how)]).toEqual(closeTo([...expected]));
  });

  test('curves of two lengths and weights that do not fit are refused', () => {
    expect(() => combineCurves([f64(1), f64(1, 2)], { kind: 'mean' })).toThrow('1, 2 samples');
    expect(() => combineCurves([], { kind: 'mean' })).toThrow('none');
    for (const weights of [[1], [0, 0, 0, 0], [1, -1, 1, 1], [1, NaN, 1, 1]]) {
      expect(() => combineCurves(curves, { kind: 'weightedMean', weights })).toThrow('do not fit');
    }
  });
});

describe('semblanceCurve', () => {
  const wave = (seed: number): Float64Array => {
    let state = seed;
    return Float64Array.from({ length: 230 }, () => {
      state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
      return (state / 2 ** 31) ** 6;
    });
  };

  test.each([2, 7, 50, 51, 229, 500])('a window of %d equals the sum written out', (n) => {
    const curves = [wave(1), wave(2), wave(3)];
    const actual = semblanceCurve(curves, { windowSamples: n, order: 1, weight: 'none' });
    const from = (i: number): number => Math.max(0, i - Math.floor(n / 2));
    const to = (i: number): number => Math.min(230, i - Math.floor(n / 2) + n);
    const expected = Array.from({ length: 230 }, (_, i) => {
      let above = 0;
      let below = 0;
      for (let j = from(i); j < to(i); j += 1) {
        above += curves.reduce((sum, curve) => sum + curve[j]!, 0) ** 2;
        below += 3 * curves.reduce((sum, curve) => sum + curve[j]! ** 2, 0);
      }
      return above / below;
    });
    expect([...actual]).toEqual(closeTo(expected));
  });

  test('equal members give 1, silent ones 0, absent ones NaN', () => {
    const curve = f64(0.4, 0, NaN);
    const options = { windowSamples: 1, order: 2, weight: 'none' } as const;
    expect([...semblanceCurve([curve, curve], options)]).toEqual(closeTo([1, 0, NaN]));
    expect([...semblanceCurve([curve, f64(0.2, 0, 0.3)], options)][2]).toBeCloseTo(1, 12);
  });

  test('a window that is no number of samples is refused', () => {
    expect(() => semblanceCurve([f64(1)], { windowSamples: 0, order: 2, weight: 'max' })).toThrow(
      '0 samples',
    );
  });
});

describe('triggers and picks', () => {
  test('begin above the first threshold, end above the second or at a hole', () => {
    const curve = f64(0.2, 0.5, 0.51, 0.3, 0.26, 0.25, 0.6, NaN, 0.7);
    expect(findTriggers(curve, 0.5, 0.25)).toEqual([
      { on: 2, off: 4 },
      { on: 6, off: 6 },
      { on: 8, off: 8 },
    ]);
    expect(triggerPeak(curve, { on: 2, off: 4 })).toBe(2);
  });

  test('the silenced start is never picked', () => {
    const curve = f64(0.9, 0.8, 0.1, 0.6, 0.7, 0.7, 0.1);
    expect(pickEnsembleCurve(curve, { threshold: 0.5, silencedFirstSamples: 2 })).toEqual([
      { on: 3, off: 5, peak: 4, value: 0.7 },
    ]);
    expect(curve[0]).toBe(0.9);
  });
});

describe('disagreement', () => {
  const curves = [f64(0, 0.4, 0.9, 0.4), f64(0, 0.8, 0.3, NaN), f64(0, NaN, NaN, NaN)];

  test('is the spread of the members with a value', () => {
    const { standardDeviation, range, members } = curveDisagreement(curves);
    expect([...standardDeviation]).toEqual(closeTo([0, 0.2, 0.3, 0]));
    expect([...range]).toEqual(closeTo([0, 0.4, 0.6, 0]));
    expect([...members]).toEqual([3, 2, 2, 1]);
  });

  test('of a pick is what each member sees nearby', () => {
    const votes = memberVotes(curves, 2, 1);
    expect(votes).toEqual([
      { member: 0, sample: 2, value: 0.9 },
      { member: 1, sample: 1, value: 0.8 },
    ]);
    expect(voteScatter(votes, 2, 0.5)).toEqual({
      agreeing: 2,
      asked: 2,
      meanOffsetSamples: -0.5,
      offsetDeviationSamples: 0.5,
      earliestOffsetSamples: -1,
      latestOffsetSamples: 0,
    });
    expect(voteScatter(votes, 2, 0.95)).toMatchObject({ agreeing: 0, asked: 2 });
    expect(memberVotes([f64(0.5, 0.1, 0.5, 0.5)], 2, 2)[0]?.sample).toBe(2);
  });
});

import { describe, expect, test } from 'vitest';
import { fitPeak } from './fitPeak.ts';
import { pickDistribution, pickDistributions, qualityGrade } from './pickDistribution.ts';
import { predictionStarts, prepareWindows, stackPredictions } from './predictionWindows.ts';

const bell = (scale: number, meanS: number, sigmaS: number, samples = 400): Float64Array =>
  Float64Array.from(
    { length: samples },
    (_, i) => scale * Math.exp(-0.5 * ((i / 100 - meanS) / sigmaS) ** 2),
  );

describe('fitPeak', () => {
  const span = { from: 0, to: 400, sampleRateHz: 100 };

  test.each([
    [0.8, 2.013, 0.11],
    [0.02, 1.7, 0.6],
    [1, 0.05, 0.3],
  ])('finds the curve its samples were made of: %d at %d s, sigma %d s', (scale, mean, sigma) => {
    const fit = fitPeak(bell(scale, mean, sigma), span);
    expect(fit).toMatchObject({
      kind: 'normal',
      scale: expect.closeTo(scale, 10),
      meanS: expect.closeTo(mean, 10),
      sigmaS: expect.closeTo(sigma, 10),
      residualL2: expect.closeTo(0, 10),
    });
  });

  test('an error of the samples comes back in the variances', () => {
    let state = 7;
    const rough = bell(0.8, 2, 0.15).map((v) => {
      state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
      return v + 0.02 * (state / 2 ** 31 - 0.5);
    });
    const fit = fitPeak(rough, span);
    if (fit.kind !== 'normal') throw new Error('no fit');
    expect(Math.abs(fit.meanS - 2)).toBeLessThan(4 * Math.sqrt(fit.covarianceScaled[1][1]));
    expect(Math.sqrt(fit.covarianceScaled[1][1])).toBeGreaterThan(1e-4);
    expect(fit.covariance[0][2]).toBe(fit.covariance[2][0]);
  });

  test('few samples, and a curve without a peak, give no fit', () => {
    expect(fitPeak(bell(0.9, 2, 0.02), span)).toEqual({
      kind: 'none',
      why: 'too few samples',
      scale: 0.9,
      meanS: 2,
      samples: 9,
    });
    const level = fitPeak(new Float64Array(400).fill(0.5), span);
    expect(level).toMatchObject({ kind: 'none', why: 'no minimum found', scale: 0.5 });
  });
});

describe('pickDistribution', () => {
  test('of a symmetric peak: its moments, quantiles, width and grade', () => {
    const [found, ...more] = pickDistributions(bell(0.9, 2, 0.045), 100);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ on: 191, off: 209, peakSample: 200, grade: undefined });
    const finer = pickDistribution(bell(0.9, 1, 0.0225, 2000), 100, { on: 80, off: 120 });
    expect(finer.statistics).toMatchObject({
      meanS: expect.closeTo(1, 9),
      skewness: expect.closeTo(0, 9),
      quantiles: [{ part: 0.16 }, { part: 0.5 }, { part: 0.84 }],
    });
    const wide = pickDistributions(bell(0.9, 2, 0.2), 100)[0];
    expect(wide).toMatchObject({ fit: { kind: 'normal' }, grade: 4 });
    expect(wide!.statistics!.standardDeviationS).toBeGreaterThan(0.17);
  });

  test('samples without a value have no say', () => {
    const holed = bell(0.9, 2, 0.2);
    holed[230] = NaN;
    const found = pickDistribution(holed, 100, { on: 180, off: 220 });
    expect(found.statistics!.meanS).toBeCloseTo(2, 1);
    expect(found.fit).toMatchObject({ kind: 'normal', meanS: expect.closeTo(2, 6) });
  });

  test('a trigger too short for statistics has none', () => {
    const found = pickDistribution(bell(0.9, 2, 0.01), 100, { on: 199, off: 201 });
    expect([found.statistics, found.grade]).toEqual([undefined, undefined]);
  });

  test('grades end at their bounds', () => {
    expect([0, 0.02, 0.0201, 0.03, 0.04, 0.05, 0.051].map(qualityGrade)).toEqual([
      0, 0, 1, 1, 2, 3, 4,
    ]);
  });
});

describe('prediction windows', () => {
  test('the tail is dropped as the original does, or has a window of its own', () => {
    const windowing = { windowSamples: 10, stepSamples: 4 } as const;
    expect(predictionStarts(23, { ...windowing, tail: 'drop' })).toEqual([0, 4, 8, 12]);
    expect(predictionStarts(23, { ...windowing, tail: 'flush' })).toEqual([0, 4, 8, 12, 13]);
    expect(predictionStarts(22, { ...windowing, tail: 'flush' })).toEqual([0, 4, 8, 12]);
    expect(predictionStarts(9, { ...windowing, tail: 'flush' })).toEqual([]);
  });

  test('rows are centred, scaled and tapered; a flat one and one with a hole stay zeros', () => {
    const rows = [
      Int32Array.of(1, 2, 9, 4),
      Int32Array.of(7, 7, 7, 7),
      Float64Array.of(1, NaN, 3, 4),
    ];
    const prepare = (detrend: 'mean' | 'median', normalise: 'max' | 'std'): number[] => [
      ...prepareWindows(rows, [0], 4, { detrend, normalise, taperSamples: 0 }),
    ];
    const near = (values: number[]): unknown[] => values.map((v) => expect.closeTo(v, 6));
    const zeros = new Array<number>(8).fill(0);
    expect(prepare('median', 'max')).toEqual(near([-2 / 6, -1 / 6, 1, 1 / 6, ...zeros]));
    const std = Math.sqrt((9 + 4 + 25 + 0) / 4);
    expect(prepare('mean', 'std')).toEqual(near([-3 / std, -2 / std, 5 / std, 0, ...zeros]));
    const tapered = prepareWindows([Int32Array.of(-1, -1, 1, 1, 0, 1, -1, 0)], [0], 8);
    expect([tapered[0], tapered[7]]).toEqual([-0, 0]);
    expect(() => prepareWindows([Int32Array.of(1), Int32Array.of(1, 2)], [0], 1)).toThrow('1, 2');
  });

  test('an odd window has one middle value', () => {
    const options = { detrend: 'median', normalise: 'max', taperSamples: 0 } as const;
    expect([...prepareWindows([Int32Array.of(5, 1, 3)], [0], 3, options)]).toEqual([1, -1, 0]);
  });

  test('answers are put together in any order of windows, blinded and trimmed', () => {
    const predictions = Float32Array.of(9, 0.6, 0.8, 9, 9, 0.2, 0.4, 9);
    const shape = { starts: [1, 0], windowSamples: 4, labels: 1 };
    const blindingSamples = [1, 1] as const;
    const f32 = (...values: number[]): Float32Array => Float32Array.from(values);
    expect(
      stackPredictions(predictions, shape, { merge: 'max', blindingSamples, trim: true }),
    ).toEqual({ firstSample: 1, curves: [f32(0.2, 0.6, 0.8)] });
    expect(
      stackPredictions(predictions, shape, { merge: 'mean', blindingSamples, trim: false }),
    ).toEqual({ firstSample: 0, curves: [f32(NaN, 0.2, 0.5, 0.8, NaN)] });
  });

  test('no window gives no curve; a wrong number of answers is refused', () => {
    const stacking = { merge: 'max', blindingSamples: [0, 0], trim: true } as const;
    const none = { starts: [], windowSamples: 4, labels: 1 };
    expect(stackPredictions(new Float32Array(0), none, stacking).curves).toEqual([]);
    expect(() => stackPredictions(new Float32Array(3), none, stacking)).toThrow('3 predictions');
  });
});

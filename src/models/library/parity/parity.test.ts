import { describe, expect, test } from 'vitest';
import { compareWithReference, notCompared, type ParityReference, worstOf } from './compare.ts';
import { packReference } from './packVectors.ts';
import { fedWindow } from './recipes.ts';

describe('windows by formula', () => {
  // First rows as the source of the reference numbers states them.
  test.each([
    ['spectrogramA', [0.000292, -0.006818, -0.004023]],
    ['spectrogramB', [-0.037576, 0.039343, -0.094638]],
    ['spectrogramC', [0.083235, -0.566425, -0.367515]],
  ] as const)('%s begins as it should', (recipe, first) => {
    const { values, samples } = fedWindow(recipe, [], 400);
    first.forEach((value, row) => expect(values[row * samples]).toBeCloseTo(value, 6));
  });

  test('the largest value of a spectrogram window is 1; others have mean 0 and deviation 1', () => {
    const largest = fedWindow('spectrogramA', [], 400).values.reduce(
      (most, value) => Math.max(most, Math.abs(value)),
      0,
    );
    expect(largest).toBe(1);
    const { values, samples } = fedWindow('pulseInNoise', ['Z', 'N', 'E'], 3001);
    const row = values.subarray(samples, 2 * samples);
    const mean = row.reduce((sum, value) => sum + value, 0) / samples;
    const square = row.reduce((sum, value) => sum + value ** 2, 0) / samples;
    expect(mean).toBeCloseTo(0, 6);
    expect(square).toBeCloseTo(1, 6);
  });

  test('rows follow the components; a vertical alone leaves the others at zero', () => {
    const zne = fedWindow('pulse', ['Z', 'N', 'E'], 2000).values;
    const enz = fedWindow('pulse', ['E', 'N', 'Z'], 2000).values;
    expect(zne.subarray(0, 2000)).toEqual(enz.subarray(4000));
    const alone = fedWindow('pulseVerticalOnly', ['E', 'N', 'Z'], 2000).values;
    expect(alone.subarray(0, 4000).every((value) => value === 0)).toBe(true);
    expect(alone.subarray(4000)).toEqual(enz.subarray(4000));
  });
});

const reference: ParityReference = {
  text: 'a test',
  tolerance: 1e-3,
  peakToleranceSamples: 1,
  batches: [
    [
      {
        input: fedWindow('zeros', ['Z'], 4),
        values: new Map([[2, [0.25, 0.75]]]),
        peaks: [{ label: 1, sample: 2 }],
      },
    ],
  ],
};
const answer = (...values: number[]) => {
  return () => Promise.resolve({ values: Float32Array.from(values), shape: [1, 2, 4] });
};

describe('a comparison', () => {
  test('passes within the tolerance and says how far off it was', async () => {
    const report = await compareWithReference(
      reference,
      100,
      answer(0, 0, 0.2505, 0, 0, 0.8, 0.75, 0),
    );
    expect(report).toMatchObject({ verdict: 'pass', windows: 1, values: 2 });
    expect(report.largestDifference).toBeCloseTo(5e-4, 6);
    expect(report.largestPickDifferenceS).toBeCloseTo(0.01);
  });

  test('fails beyond it, at not-a-number, at a peak elsewhere and at too few values', async () => {
    const bad = [
      answer(0, 0, 0.26, 0, 0, 0, 0.75, 0),
      answer(0, 0, NaN, 0, 0, 0, 0.75, 0),
      answer(0, 0, 0.25, 0, 0.9, 0, 0.75, 0),
      () => Promise.resolve({ values: Float32Array.of(0.25, 0.75), shape: [1, 2] }),
    ];
    for (const run of bad) {
      expect((await compareWithReference(reference, 100, run)).verdict).toBe('fail');
    }
  });

  test('with nothing to compare it is no pass, alone and among others', async () => {
    const empty = { ...reference, batches: [] };
    expect((await compareWithReference(empty, 100, answer())).verdict).toBe('not-compared');
    const pass = await compareWithReference(reference, 100, answer(0, 0, 0.25, 0, 0, 0, 0.75, 0));
    expect(pass.verdict).toBe('pass');
    expect(worstOf([pass, notCompared('none')]).verdict).toBe('not-compared');
    expect(worstOf([]).verdict).toBe('not-compared');
  });
});

describe('parity.json', () => {
  const shape = { components: ['Z', 'N'], labels: ['N', 'P'], windowSamples: 3 };
  const vectors = (vector: unknown) => {
    return { tolerance: { probability: 1e-4 }, vectors: { pulse: vector } };
  };

  test('rows of samples, or a recipe by its name', () => {
    const input = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const own = packReference(
      vectors({ input, probabilities: { 1: [0.9, 0.1] }, peaks: { P: { sample: 2 } } }),
      shape,
    );
    const [window] = own!.batches[0]!;
    expect([...window!.input.values]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(window!.values).toEqual(new Map([[1, [0.9, 0.1]]]));
    expect(window!.peaks).toEqual([{ label: 1, sample: 2 }]);
    const named = packReference(vectors({ probabilities: { 0: [1, 0] } }), shape);
    expect(named!.batches[0]![0]!.input).toEqual(fedWindow('pulse', ['Z', 'N'], 3));
  });

  test('a file that only tells of a comparison has nothing to compare', () => {
    expect(packReference({ worst: { 'model.onnx': 1e-6 } }, shape)).toBeUndefined();
    expect(packReference(undefined, shape)).toBeUndefined();
  });

  test.each([
    ['no tolerance', { vectors: { pulse: { probabilities: { 0: [1, 0] } } } }, 'tolerance'],
    ['too few labels', vectors({ probabilities: { 0: [1] } }), 'probabilities.0'],
    ['no values', vectors({}), 'probabilities'],
    [
      'rows of several lengths',
      vectors({ input: [[1], [1, 2]], probabilities: { 0: [1, 0] } }),
      'input',
    ],
    ['an unknown recipe', vectors({ input: 'quake', probabilities: { 0: [1, 0] } }), 'input'],
    [
      'an unknown label',
      vectors({ probabilities: { 0: [1, 0] }, peaks: { S: { sample: 1 } } }),
      'peaks.S',
    ],
  ])('%s is refused', (_, json, where) => {
    expect(() => packReference(json, shape)).toThrow(where);
  });
});

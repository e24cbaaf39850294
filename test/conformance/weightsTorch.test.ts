// SeisBench weight files against SeisBench's own answers (../shared/golden/models, tolerance 2e-5 as MODELS.md
// states it) and against the packs of the same weights.

import { describe, expect, test } from 'vitest';
import { readStateDict } from '../../src/formats/pickle/stateDict.ts';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { answers, expectSame, goldenForwards, sharedFile, sharedJson } from './weightsGolden.ts';

interface Published {
  readonly model: string;
  readonly weights: string;
  readonly settings: string;
  readonly architecture: string;
  /** Absent where the pack is another order of the same tensors. */
  readonly pack?: string;
}

const random = (build: string): Published => ({
  model: `eqtransformer-${build}-random`,
  weights: `models/eqtransformer-${build}-random/eqtransformer-random.pt.v1`,
  settings: `models/eqtransformer-${build}-random/eqtransformer-random.json.v1`,
  architecture: 'eqtransformer',
  pack: `models/eqtransformer-${build}-random/model.onnx`,
});

const published: readonly Published[] = [
  {
    model: 'phasenetlight-ethz',
    weights: 'data/weights/phasenetlight-ethz/ethz.pt.v2',
    settings: 'data/weights/phasenetlight-ethz/ethz.json.v2',
    architecture: 'phasenet-light',
    pack: 'models/phasenetlight-ethz/model.onnx',
  },
  {
    model: 'eqtransformer-pnw',
    weights: 'data/weights/eqtransformer-pnw/pnw.pt.v1',
    settings: 'data/weights/eqtransformer-pnw/pnw.json.v1',
    architecture: 'eqtransformer',
    pack: 'models/eqtransformer-pnw/model.onnx',
  },
  random('conservative'),
  random('non-conservative'),
  {
    model: 'gpd-seisbench-random',
    weights: 'models/gpd-random/gpd-random.pt.v1',
    settings: 'models/gpd-random/gpd-random.json.v1',
    architecture: 'gpd',
  },
];

describe.skipIf(!sharedDir())('SeisBench weights' + sharedNote, () => {
  test.each(published)('$model', async ({ model, weights, settings, architecture, pack }) => {
    const tensors = readStateDict(sharedFile(weights), weights);
    const network = convertWeights(tensors, { settings: sharedJson(settings) });
    expect(network.architecture).toBe(architecture);
    const cases = goldenForwards(model);
    expect(cases.length).toBeGreaterThan(2);
    const ours = await answers(network.onnx, cases);
    if (pack) expectSame(ours, await answers(sharedFile(pack), cases), cases);
    expectSame(
      ours,
      cases.map(({ y }) => y),
      cases,
    );
  });

  test('EQTransformer with a fourth component that is silent answers as with three', async () => {
    const tensors = readStateDict(sharedFile(published[1]!.weights), 'pnw.pt.v1');
    const first = tensors.get('encoder.convs.0.weight')!;
    const values = new Float32Array(8 * 4 * 11);
    for (let k = 0; k < 8; k += 1) values.set(first.values.subarray(k * 33, (k + 1) * 33), k * 44);
    tensors.set('encoder.convs.0.weight', { shape: [8, 4, 11], values });
    const cases = goldenForwards('eqtransformer-pnw').map((each) => {
      const x = new Float32Array(4 * 6000);
      x.set(each.x);
      return { ...each, x, shape: [1, 4, 6000] };
    });
    const expected = cases.map(({ y }) => y);
    expectSame(await answers(convertWeights(tensors, {}).onnx, cases), expected, cases);
  });

  test('settings that contradict the tensors are refused', () => {
    const tensors = readStateDict(sharedFile(random('conservative').weights), 'eqtransformer');
    const stated = (original_compatible: unknown) => ({ model_args: { original_compatible } });
    for (const settings of [stated(true), stated('non-conservative'), stated(false)]) {
      expect(() => convertWeights(tensors, { settings })).toThrow(/original_compatible/);
    }
    const length = { model_args: { in_samples: 3000 } };
    expect(() => convertWeights(tensors, { settings: length })).toThrow(/3000 samples, not 6000/);
  });

  test('GPD flattened channel first answers the same when its first dense layer is reordered so', async () => {
    const tensors = readStateDict(sharedFile('models/gpd-random/gpd-random.pt.v1'), 'gpd');
    const { shape, values } = tensors.get('fc1.weight')!;
    const reordered = values.map((_, k) => {
      const [row, column] = [Math.floor(k / 6400), k % 6400];
      const [channel, step] = [Math.floor(column / 25), column % 25];
      return values[row * 6400 + step * 256 + channel]!;
    });
    const settings = { model_args: { original_compatible: false } };
    const network = convertWeights(tensors.set('fc1.weight', { shape, values: reordered }), {
      settings,
    });
    const cases = goldenForwards('gpd-seisbench-random');
    const expected = cases.map(({ y }) => y);
    expectSame(await answers(network.onnx, cases), expected, cases);
    expect(() => convertWeights(tensors, {})).toThrow(/original_compatible/);
  });

  test('a missing tensor, a wrong shape, a tensor too many and a number that is none are refused', () => {
    const whole = readStateDict(sharedFile(published[1]!.weights), 'pnw.pt.v1');
    const withTensor = (name: string, shape: number[], value: number) =>
      new Map([...whole, [name, { shape, values: new Float32Array(64).fill(value) }]]);
    const without = new Map(whole);
    without.delete('pick_lstms.1.weight_hh_l0');
    const bias = 'encoder.convs.6.bias';
    const refusals = [
      [without, /pick_lstms\.1\.weight_hh_l0 \(64 × 16\) is missing/],
      [withTensor(bias, [8, 8], 0), /encoder\.convs\.6\.bias is 8 × 8 where 64 is needed/],
      [withTensor('head.weight', [64], 0), /1 tensors such a network has not, first head\.weight/],
      [
        withTensor(bias, [64], Number.NaN),
        /encoder\.convs\.6\.bias holds numbers that are not finite/,
      ],
    ] as const;
    for (const [tensors, reason] of refusals) {
      expect(() => convertWeights(tensors, {})).toThrow(reason);
    }
  });
});

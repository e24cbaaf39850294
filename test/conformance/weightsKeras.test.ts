// Keras weight files against TensorFlow's own answers (../shared/golden/models, each case's tolerance: 2e-5, of
// spectrogram nets 1e-4 to 5e-3, see surprise 10 of MODELS.md) and against the packs of the same weights.

import { describe, expect, test } from 'vitest';
import { readKerasWeights } from '../../src/formats/hdf5/kerasWeights.ts';
import { convertWeights, type ConversionOptions } from '../../src/models/import/convertWeights.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { answers, expectSame, goldenForwards, sharedFile, sharedJson } from './weightsGolden.ts';

const performer = 'data/weights/seismo-performer/w_model_performer_v2.0.h5';
const specCnn = 'data/weights/spec-cnn/w_model_cnn_v2.0.h5';
const gpd = 'models/gpd-random/gpd-fixed-random.weights.keras2.h5';

async function compare(
  weights: string,
  options: ConversionOptions,
  cases: ReturnType<typeof goldenForwards>,
  pack?: string,
): Promise<string> {
  const network = convertWeights(readKerasWeights(sharedFile(weights), weights).tensors, options);
  expect(cases.length).toBeGreaterThan(2);
  const ours = await answers(network.onnx, cases);
  if (pack) expectSame(ours, await answers(sharedFile(pack), cases), cases);
  expectSame(
    ours,
    cases.map(({ y }) => y),
    cases,
  );
  return network.architecture;
}

describe.skipIf(!sharedDir())('Keras weights' + sharedNote, () => {
  test.each([
    ['seismo-performer', 'window', performer, 'model.onnx'],
    ['seismo-performer', 'batch', performer, 'model-batch-scaler.onnx'],
    ['spec-cnn', 'window', specCnn, 'model.onnx'],
    ['spec-cnn', 'batch', specCnn, 'model-batch-scaler.onnx'],
  ] as const)('%s, scaled per %s', async (network, scaler, weights, pack) => {
    const model = `${network}-v2`;
    const cases = goldenForwards(model).filter((each) => each.scaler === scaler);
    const found = await compare(weights, { scaler }, cases, `models/${model}/${pack}`);
    expect(found).toBe(network);
  });

  test.each(['fixed', 'original'] as const)(
    'GPD, %s order from its architecture file',
    async (order) => {
      const architecture = `models/gpd-random/gpd-${order}.architecture.json`;
      const options = { kerasArchitecture: sharedJson(architecture) };
      const pack = order === 'fixed' ? 'models/gpd-random/model.onnx' : undefined;
      const cases = goldenForwards(`gpd-${order}-random`);
      expect(await compare(gpd, options, cases, pack)).toBe('gpd');
      expect(await compare(gpd, { gpdOrder: order }, cases)).toBe('gpd');
    },
  );

  test('GPD without a word about its order is refused', () => {
    const { tensors } = readKerasWeights(sharedFile(gpd), 'gpd.h5');
    expect(() => convertWeights(tensors, {})).toThrow('name the order');
    expect(() => convertWeights(tensors, { kerasArchitecture: {} })).toThrow('name the order');
  });

  test('layers are found whatever running numbers a release gave them', async () => {
    const { tensors } = readKerasWeights(sharedFile(performer), 'performer.h5');
    const shifted = new Map(
      [...tensors].map(([name, tensor]) => [
        name
          .split('/')
          .map((part) =>
            part.replace(
              /^(dense|cls_token|attention|layer_normalization|performer_block)(_(\d+))?$/,
              (_, kind: string, __, n = '0') => `${kind}_${Number(n) + 8}`,
            ),
          )
          .join('/'),
        tensor,
      ]),
    );
    expect([...shifted.keys()]).toContain('dense_15/dense_15/bias:0');
    const cases = goldenForwards('seismo-performer-v2').filter(({ scaler }) => scaler === 'window');
    const [ours, same] = await Promise.all(
      [shifted, tensors].map((each) => answers(convertWeights(each, {}).onnx, cases)),
    );
    expect(ours).toEqual(same);
  });

  test('a file that lists no layers, or lists what it does not hold, is refused', () => {
    const bytes = sharedFile(specCnn);
    const renamed = (from: string, to: string) => {
      const text = new TextDecoder('latin1').decode(bytes);
      const changed = bytes.slice();
      for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
        changed.set(new TextEncoder().encode(to), at);
      }
      return changed;
    };
    const read = (changed: Uint8Array) => () => readKerasWeights(changed, 'cnn.h5');
    expect(read(renamed('layer_names', 'layer_nomes'))).toThrow('lists no Keras layers');
    expect(read(renamed('dense_1/kernel:0', 'dense_9/kernel:0'))).toThrow('does not hold it');
    expect(read(bytes.slice(0, 300_000))).toThrow('cnn.h5 cannot be read as HDF5');
    expect(read(bytes.slice(9))).toThrow('it does not begin as one');
  });
});

// Keras networks whose published files cannot be had here: random weights made from a formula (seeded.ts) through our
// graph, against what the authors' own programs answer with the same weights and window (tf_keras on TensorFlow
// 2.21, float32): EQTransformer's EqT_utils.py without dropout, array-tphasenet's models.py.

import { describe, expect, test } from 'vitest';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import {
  eqTransformerBuildNamed,
  type EqTransformerBuild,
} from '../../src/models/import/eqTransformerKeras.ts';
import { seededTensors, seededWindow, type Tensors } from './seeded.ts';
import { answerTo, expectCurves, type Curve } from './seededCurves.ts';
import { eqTransformerKerasShapes, tPhaseNetShapes } from './seededKerasShapes.ts';

const answer = (onnx: Uint8Array, components: number, samples: number) =>
  answerTo(onnx, seededWindow(components, samples), [1, components, samples]);

const eqTransformers: [EqTransformerBuild, string, number, Curve[]][] = [
  [
    'original',
    'sigmoid',
    2,
    [
      {
        mean: 0.9973497,
        at: [
          0.9971392, 0.9973066, 0.9981829, 0.9991072, 0.9990091, 0.9986418, 0.9976775, 0.9996207,
        ],
      },
      {
        mean: 0.1916108,
        at: [
          0.3095523, 0.2649238, 0.1664668, 0.1167087, 0.1067476, 0.1266717, 0.1488954, 0.2029983,
        ],
      },
      {
        mean: 0.5537908,
        at: [0.5506664, 0.5616174, 0.542109, 0.5440844, 0.5441589, 0.5615617, 0.5606807, 0.5658441],
      },
    ],
  ],
  [
    'conservative',
    'hard_sigmoid',
    3,
    [
      {
        mean: 0.706699,
        at: [
          0.6883591, 0.7165604, 0.7153663, 0.7226703, 0.7408828, 0.7146626, 0.7152884, 0.6683502,
        ],
      },
      {
        mean: 0.0454954,
        at: [
          0.0611749, 0.0461613, 0.0387829, 0.0447365, 0.0399328, 0.0393245, 0.0345022, 0.0429691,
        ],
      },
      {
        mean: 0.4987213,
        at: [
          0.5006848, 0.5195344, 0.4886239, 0.4838335, 0.4842156, 0.5053452, 0.5011522, 0.5084139,
        ],
      },
    ],
  ],
];

function eqTransformerWeights(blocks: number): Tensors {
  const gains = [[/^(detector|picker)/, 20]] as const;
  return seededTensors(eqTransformerKerasShapes(blocks), { gains, outputs: 'last' });
}

/** As `save_weights` of another release writes them: layer names twice, other running numbers, no cells. */
function renumbered(tensors: Tensors): Tensors {
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const [layer = '', ...parts] = name.replace('/lstm_cell', '').split('/');
      const match = /^(conv1d|lstm|layer_normalization|feed_forward|bidirectional)(_(\d+))?$/;
      const other = layer.replace(match, (_, kind: string, __, n = '0') => `${kind}_${+n + 1}`);
      return [`${other}/${other}/${parts.join('/').replace(layer, other)}`, tensor];
    }),
  );
}

describe('EQTransformer from Keras weights', () => {
  test.each(eqTransformers)('%s', async (build, gates, blocks, curves) => {
    const tensors = eqTransformerWeights(blocks);
    const network = convertWeights(tensors, { eqTransformerBuild: build });
    expect(network).toMatchObject({ architecture: 'eqtransformer', windowSamples: 6000 });
    expectCurves(await answer(network.onnx, 3, 6000), curves);
    const cell = { class_name: 'LSTM', config: { recurrent_activation: gates } };
    const other = build === 'original' ? 'conservative' : 'original';
    const kerasArchitecture = { config: { layers: [cell, cell] } };
    expect(
      convertWeights(renumbered(tensors), { kerasArchitecture, eqTransformerBuild: other }),
    ).toEqual(network);
  });

  test('is refused without a word about its gates, and where a tensor is missing or misshapen', () => {
    const tensors = eqTransformerWeights(2);
    expect(() => convertWeights(tensors, {})).toThrow('gates');
    const mixed = ['sigmoid', 'hard_sigmoid'].map((gate) => ({ recurrent_activation: gate }));
    expect(() => convertWeights(tensors, { kerasArchitecture: mixed })).toThrow('gates');
    expect(eqTransformerBuildNamed('EqT_original_model.h5')).toBe('original');
    expect(eqTransformerBuildNamed('EqT_model_conservative.h5')).toBe('conservative');
    expect(eqTransformerBuildNamed('EqT.h5')).toBe(undefined);
    const convert = () => convertWeights(tensors, { eqTransformerBuild: 'original' });
    const bias = tensors.get('picker_S/bias:0')!;
    tensors.delete('picker_S/bias:0');
    expect(convert).toThrow('no EQTransformer of Keras: tensor picker_S 0 bias (1) is missing');
    tensors.set('picker_S/bias:0', { ...bias, shape: [1, 1] });
    expect(convert).toThrow('tensor picker_S 0 bias is 1 × 1 where 1 is needed');
    tensors.set('picker_S/bias:0', bias).set('dense/kernel:0', bias);
    expect(convert).toThrow('it has 1 tensors such a network has not, first dense 0 kernel');
  });
});

const tPhaseNetCurves: Curve[] = [
  {
    mean: 0.40504,
    at: [0.3395776, 0.3322344, 0.4340356, 0.303304, 0.5223386, 0.3345068, 0.61982, 0.3278263],
  },
  {
    mean: 0.360368,
    at: [0.372831, 0.3099985, 0.3596222, 0.3490741, 0.3926535, 0.3741206, 0.367839, 0.356558],
  },
  {
    mean: 0.2345919,
    at: [0.2875914, 0.3577671, 0.2063421, 0.3476219, 0.0850079, 0.2913727, 0.012341, 0.3156157],
  },
];

describe('TPhaseNet from the variables of a SavedModel', () => {
  const savedModel = (widths: number[], attention: number[], components = 3): Tensors => {
    const shapes = tPhaseNetShapes(widths, attention, components);
    const last = new RegExp(`^${shapes.length - 2}/`);
    const gains = [
      [last, 6],
      [/./, 1.4],
    ] as const;
    const tensors = seededTensors(shapes, { gains, outputs: 'last' });
    const nameOf = (name: string) => `variables/${name.split('/')[0]!}/.ATTRIBUTES/VARIABLE_VALUE`;
    return new Map([...tensors].map(([name, tensor]) => [nameOf(name), tensor]));
  };

  test('narrow, against its own program', async () => {
    const network = convertWeights(savedModel([4, 4, 6, 6, 8, 8, 10], [0, 0, 0, 2, 3, 4, 5]), {});
    expect(network).toMatchObject({ architecture: 'tphasenet', windowSamples: 12000 });
    expectCurves(await answer(network.onnx, 3, 12000), tPhaseNetCurves);
  });

  test('in the published widths answers probabilities', async () => {
    const widths = [64, 64, 128, 128, 256, 256, 512];
    const tensors = savedModel(widths, [0, 0, 0, 8, 16, 32, 64], 2);
    const { onnx, components } = convertWeights(tensors, {});
    expect(components).toBe(2);
    const y = await answer(onnx, 2, 12000);
    expect(y).toHaveLength(3 * 12000);
    const sums = y.subarray(0, 12000).map((value, k) => value + y[k + 12000]! + y[k + 24000]!);
    expect(sums.every((sum) => Math.abs(sum - 1) < 1e-5)).toBe(true);
  });

  test('is refused where a variable is missing, misshapen or too many', () => {
    const tensors = savedModel([4, 4, 6, 6, 8, 8, 10], [0, 0, 0, 2, 3, 4, 5]);
    const convert = () => convertWeights(tensors, {});
    const name = 'variables/345/.ATTRIBUTES/VARIABLE_VALUE';
    const last = tensors.get(name)!;
    tensors.set(name, { ...last, shape: [1, 3] });
    expect(convert).toThrow(`tensor ${name} is 1 × 3 where 3 is needed`);
    tensors.delete(name);
    expect(convert).toThrow(`no TPhaseNet of a SavedModel: tensor ${name} (3) is missing`);
    tensors.set(name, last).set('variables/346/.ATTRIBUTES/VARIABLE_VALUE', last);
    expect(convert).toThrow('it has 1 tensors such a network has not, first variables/346');
  });
});

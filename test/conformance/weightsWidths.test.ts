// PhaseNet of other widths, components and labels, VariableLengthPhaseNet and BasicPhaseAE: no weights of these can
// be had, so random ones run through the graph and through a plain forward pass.

import { describe, expect, test } from 'vitest';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { answers, expectSame } from './weightsGolden.ts';
import {
  addRandom,
  PlainLayers,
  probabilities,
  random,
  type Rows,
  type Tensors,
} from './weightsPlain.ts';

interface Shape {
  readonly root: number;
  readonly components: number;
  readonly labels: number;
}

function randomWeights({ root, components, labels }: Shape): Tensors {
  const next = random(7);
  const tensors: Tensors = new Map();
  const add = (...each: [string, number[], number, number?]) => addRandom(tensors, next, each);
  const norm = (name: string, channels: number) => {
    add(`${name}.weight`, [channels], 0.3, 1);
    add(`${name}.bias`, [channels], 0.3);
    add(`${name}.running_mean`, [channels], 0.2);
    add(`${name}.running_var`, [channels], 0.4, 1);
    add(`${name}.num_batches_tracked`, [], 0);
  };
  add('inc.weight', [root, components, 7], 0.4);
  add('inc.bias', [root], 0.1);
  norm('in_bn', root);
  for (let depth = 0; depth < 5; depth += 1) {
    const [from, to] = [root * 2 ** Math.max(0, depth - 1), root * 2 ** depth];
    add(`down_branch.${depth}.0.weight`, [to, from, 7], 1 / Math.sqrt(2 * from));
    norm(`down_branch.${depth}.1`, to);
    if (depth === 4) break;
    add(`down_branch.${depth}.2.weight`, [to, to, 7], 1 / Math.sqrt(2 * to));
    norm(`down_branch.${depth}.3`, to);
  }
  for (let step = 0; step < 4; step += 1) {
    const to = root * 2 ** (3 - step);
    add(`up_branch.${step}.0.weight`, [2 * to, to, 7], 1 / Math.sqrt(to));
    norm(`up_branch.${step}.1`, to);
    add(`up_branch.${step}.2.weight`, [to, 2 * to, 7], 1 / Math.sqrt(4 * to));
    norm(`up_branch.${step}.3`, to);
  }
  add('out.weight', [labels, root, 1], 0.5);
  add('out.bias', [labels], 0.2);
  return tensors;
}

class PlainPhaseNet extends PlainLayers {
  /** `variable`: symmetric padding at every depth, nothing dropped after the transposed convolutions. */
  forward(input: Rows, variable: boolean): Rows {
    let x = this.normRelu(this.conv(input, 'inc', 1, [3, 3]), 'in_bn');
    const skips: Rows[] = [];
    for (let depth = 0; depth < 5; depth += 1) {
      const branch = `down_branch.${depth}`;
      x = this.normRelu(this.conv(x, `${branch}.0`, 1, [3, 3]), `${branch}.1`);
      if (depth === 4) break;
      skips.push(x);
      // SeisBench's paddings for 3001 samples.
      const at3001 = (
        [
          [3, 3],
          [2, 3],
          [1, 3],
          [2, 3],
        ] as const
      )[depth]!;
      const strided = this.conv(x, `${branch}.2`, 4, variable ? [3, 3] : at3001);
      x = this.normRelu(strided, `${branch}.3`);
    }
    for (let step = 0; step < 4; step += 1) {
      const branch = `up_branch.${step}`;
      const skip = skips.pop()!;
      const wide = this.normRelu(this.convTranspose(x, `${branch}.0`, 4), `${branch}.1`);
      const up = variable ? wide : wide.map((row) => row.slice(1, -2));
      const length = skip[0]!.length;
      const from = Math.floor((up[0]!.length - length) / 2);
      const merged = [...skip, ...up.map((row) => row.slice(from, from + length))];
      x = this.normRelu(this.conv(merged, `${branch}.2`, 1, [3, 3]), `${branch}.3`);
    }
    return this.conv(x, 'out', 1, [0, 0]);
  }
}

const cases: [string, Shape, number, Record<string, unknown> | undefined][] = [
  ['half as wide again', { root: 12, components: 3, labels: 3 }, 3001, undefined],
  ['with a hydrophone', { root: 8, components: 4, labels: 3 }, 3001, { in_channels: 4 }],
  ['variable length', { root: 8, components: 3, labels: 3 }, 600, { in_samples: 600 }],
  ['variable length, odd', { root: 4, components: 3, labels: 4 }, 777, { norm_axis: [-1] }],
  [
    'variable, sigmoid',
    { root: 4, components: 1, labels: 2 },
    1024,
    { output_activation: 'sigmoid' },
  ],
];

describe('PhaseNet from random SeisBench tensors', () => {
  test.each(cases)('%s', async (name, shape, samples, model_args) => {
    const tensors = randomWeights(shape);
    const next = random(3);
    const input = Array.from({ length: shape.components }, () =>
      Float64Array.from({ length: samples }, () => Math.fround(next())),
    );
    const variable = name.startsWith('variable');
    const activation = String(model_args?.['output_activation'] ?? 'softmax');
    const y = probabilities(new PlainPhaseNet(tensors).forward(input, variable), activation);
    expect(y.filter((value) => value > 0.05 && value < 0.95).length).toBeGreaterThan(100);
    const network = convertWeights(tensors, { settings: { model_args } });
    expect(network.architecture).toBe(variable ? 'variable-length-phasenet' : 'phasenet');
    expect(network.windowSamples).toBe(variable ? 600 : 3001);
    const x = Float32Array.from(input.flatMap((row) => Array.from(row)));
    const window = [
      { id: name, scaler: undefined, shape: [1, shape.components, samples], x, y, tolerance: 2e-5 },
    ];
    expectSame(await answers(network.onnx, window), [y], window);
  });

  test('BasicPhaseAE', async () => {
    const tensors: Tensors = new Map();
    const next = random(5);
    const widths = [3, 12, 24, 36, 48, 48, 24, 12, 3];
    for (let k = 1; k <= 8; k += 1) {
      const name = k === 8 ? 'out' : `conv${k}`;
      const [from, to] = [widths[k - 1]!, widths[k]!];
      // Convolutions go down, transposed ones up.
      addRandom(tensors, next, [
        `${name}.weight`,
        k < 5 ? [to, from, 5] : [from, to, 5],
        Math.sqrt(1.2 / from),
      ]);
      addRandom(tensors, next, [`${name}.bias`, [to], 0.1]);
    }
    const plain = new PlainLayers(tensors);
    const input = widths
      .slice(0, 3)
      .map(() => Float64Array.from({ length: 600 }, () => Math.fround(next())));
    let rows: Rows = plain.relu(plain.conv(input, 'conv1', 1, [0, 0]));
    for (const name of ['conv2', 'conv3', 'conv4']) {
      rows = plain.relu(plain.conv(rows, name, 4, [0, 0]));
    }
    rows = plain.repeat(plain.pool(rows), 2);
    [5, 5, 3].forEach((times, k) => {
      const up = plain.relu(plain.convTranspose(rows, `conv${k + 5}`, 1, 2));
      rows = plain.repeat(up, times);
    });
    const y = probabilities(plain.convTranspose(rows, 'out', 1, 2), 'softmax');
    expect(y.filter((value) => value > 0.05 && value < 0.95).length).toBeGreaterThan(100);
    const network = convertWeights(tensors, {});
    expect(network).toMatchObject({ architecture: 'basic-phase-ae', windowSamples: 600 });
    const x = Float32Array.from(input.flatMap((row) => Array.from(row)));
    const window = [{ id: 'ae', scaler: undefined, shape: [1, 3, 600], x, y, tolerance: 2e-5 }];
    expectSame(await answers(network.onnx, window), [y], window);
  });

  test('an output activation that is not known is refused', () => {
    const settings = { model_args: { output_activation: 'tanh' } };
    const tensors = randomWeights({ root: 4, components: 3, labels: 3 });
    expect(() => convertWeights(tensors, { settings })).toThrow('output activation tanh');
  });

  test('tensors of no known network are refused, naming those that are known', () => {
    const tensors = new Map([['head.weight', { shape: [1], values: Float32Array.of(1) }]]);
    expect(() => convertWeights(tensors, {})).toThrow(
      /1 tensors are of no network known here \(.*phasenet.*seismo-performer.*\); the first is head\.weight/,
    );
  });
});

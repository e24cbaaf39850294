// PhaseNet of other widths, components and labels, and VariableLengthPhaseNet: no weights of these can be had, so
// random ones run through the graph and through a plain forward pass written from the layers' definitions
// (PyTorch's Conv1d and ConvTranspose1d), in double precision.

import { describe, expect, test } from 'vitest';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { answers, expectSame } from './weightsGolden.ts';

type Rows = Float64Array[];
interface Shape {
  readonly root: number;
  readonly components: number;
  readonly labels: number;
}
type Tensors = Map<string, { shape: number[]; values: Float32Array }>;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 30 - 1;
  };
}

function randomWeights({ root, components, labels }: Shape): Tensors {
  const next = random(7);
  const tensors: Tensors = new Map();
  const add = (name: string, shape: number[], scale: number, offset = 0) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = Float32Array.from({ length: size }, () => offset + scale * next());
    tensors.set(name, { shape, values });
  };
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

/** The layers as PyTorch defines them. */
class Plain {
  readonly tensors: Tensors;

  constructor(tensors: Tensors) {
    this.tensors = tensors;
  }

  conv(x: Rows, name: string, stride: number, [left, right]: readonly [number, number]): Rows {
    const { shape, values } = this.tensors.get(`${name}.weight`)!;
    const [outputs, inputs, kernel] = shape as [number, number, number];
    const bias = this.tensors.get(`${name}.bias`)?.values;
    const length = Math.floor((x[0]!.length + left + right - kernel) / stride) + 1;
    return Array.from({ length: outputs }, (_, o) =>
      Float64Array.from({ length }, (__, t) => {
        let sum = bias?.[o] ?? 0;
        for (let i = 0; i < inputs; i += 1) {
          for (let k = 0; k < kernel; k += 1) {
            sum += (x[i]![t * stride + k - left] ?? 0) * values[(o * inputs + i) * kernel + k]!;
          }
        }
        return sum;
      }),
    );
  }

  convTranspose(x: Rows, name: string, stride: number): Rows {
    const { shape, values } = this.tensors.get(`${name}.weight`)!;
    const [inputs, outputs, kernel] = shape as [number, number, number];
    const length = (x[0]!.length - 1) * stride + kernel;
    const y = Array.from({ length: outputs }, () => new Float64Array(length));
    for (let i = 0; i < inputs; i += 1) {
      for (let o = 0; o < outputs; o += 1) {
        x[i]!.forEach((value, t) => {
          for (let k = 0; k < kernel; k += 1) {
            y[o]![t * stride + k]! += value * values[(i * outputs + o) * kernel + k]!;
          }
        });
      }
    }
    return y;
  }

  normRelu(x: Rows, name: string): Rows {
    const of = (part: string, c: number) => this.tensors.get(`${name}.${part}`)!.values[c]!;
    return x.map((row, c) => {
      const scale = of('weight', c) / Math.sqrt(of('running_var', c) + 1e-3);
      return row.map((v) => Math.max(0, (v - of('running_mean', c)) * scale + of('bias', c)));
    });
  }

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

function probabilities(logits: Rows, activation: string): Float32Array {
  const length = logits[0]!.length;
  return Float32Array.from({ length: logits.length * length }, (_, k) => {
    const value = (row: Float64Array) => row[k % length]!;
    const own = value(logits[Math.floor(k / length)]!);
    if (activation === 'sigmoid') return 1 / (1 + Math.exp(-own));
    return 1 / logits.reduce((sum, row) => sum + Math.exp(value(row) - own), 0);
  });
}

const cases: [string, Shape, number, Record<string, unknown> | undefined][] = [
  ['twice as wide', { root: 16, components: 3, labels: 3 }, 3001, undefined],
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
    const y = probabilities(new Plain(tensors).forward(input, variable), activation);
    const network = convertWeights(tensors, { settings: { model_args } });
    expect(network.architecture).toBe(variable ? 'variable-length-phasenet' : 'phasenet');
    expect(network.windowSamples).toBe(variable ? 600 : 3001);
    const x = Float32Array.from(input.flatMap((row) => Array.from(row)));
    const window = [
      { id: name, scaler: undefined, shape: [1, shape.components, samples], x, y, tolerance: 2e-5 },
    ];
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

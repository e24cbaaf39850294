// EQTransformer (Mousavi et al. 2020, doi:10.1038/s41467-020-17591-w) as SeisBench stores it: 6000 samples,
// detection, P and S. Three builds share the tensor shapes and differ in cells, crops and one epsilon.

import { AppError } from '../../base/appError.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import {
  affine,
  conv,
  dense,
  layerNorm,
  maxPoolInTwo,
  relu,
  repeated,
  withHeight,
  withoutHeight,
} from '../onnxGraph/layers.ts';
import {
  additiveAttention,
  joinedDirections,
  lstm,
  type LstmDirection,
} from '../onnxGraph/recurrent.ts';
import { reshape, transpose } from '../onnxGraph/tensor.ts';
import { modelArgument } from './settings.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 6000;
const WIDTHS = [8, 16, 16, 32, 32, 64, 64] as const;
const KERNELS = [11, 9, 7, 7, 5, 5, 3] as const;
const RESIDUAL_KERNELS = [3, 3, 3, 3, 2, 3, 2] as const;
const DEEP = 64;
const HIDDEN = 16;
const ATTENTION = 32;
const FEED_FORWARD = 128;
/** Samples left after seven poolings of 6000. */
const STEPS = 47;
const NORM_EPSILON = 1e-3;
const LAYER_NORM_EPSILON = 1e-14;
const PICK_ATTENTION_WIDTH = 3;

/** How a build differs from the others. */
interface Build {
  readonly hardGates: boolean;
  readonly attentionEpsilon: number;
  /** After which upsampling samples are cut, and which remain. */
  readonly crop: { readonly step: number; readonly from: number; readonly to: number };
}

/** The values of SeisBench's `original_compatible`. */
type BuildName = 'false' | 'non-conservative' | 'conservative';

const BUILDS: Readonly<Record<BuildName, Build>> = {
  false: {
    hardGates: false,
    attentionEpsilon: 1e-5,
    crop: { step: 2, from: 0, to: 375 },
  },
  'non-conservative': {
    hardGates: false,
    attentionEpsilon: 1e-7,
    crop: { step: 3, from: 1, to: -1 },
  },
  conservative: {
    hardGates: true,
    attentionEpsilon: 1e-7,
    crop: { step: 3, from: 1, to: -1 },
  },
};

/** EQTransformer from a SeisBench `.pt` and, where there is one, its `.json`. Throws `bad-input`. */
export function eqTransformerFromTorch(tensors: NamedTensors, settings: unknown): Uint8Array {
  return eqTransformerGraph(tensors, buildOf(tensors, settings));
}

/** EQTransformer of tensors named and shaped as SeisBench has them. Throws `bad-input`. */
export function eqTransformerGraph(tensors: NamedTensors, build: BuildName): Uint8Array {
  return new Builder(tensors, BUILDS[build]).build();
}

/** Which layers have SeisBench's own cells instead of torch's tells the builds apart. */
function buildOf(tensors: NamedTensors, settings: unknown): BuildName {
  const samples = modelArgument(settings, 'in_samples') ?? WINDOW;
  if (samples !== WINDOW)
    return refuse(`its settings say ${String(samples)} samples, not ${WINDOW}`);
  const ownBiLstm = tensors.has('bi_lstm_stack.members.0.lstm.cell_f.weight_ih');
  const ownPickLstm = tensors.has('pick_lstms.0.cell_f.weight_ih');
  const seen = ownPickLstm ? 'conservative' : ownBiLstm ? 'non-conservative' : 'false';
  const said = String(modelArgument(settings, 'original_compatible') ?? seen);
  if (said !== seen && !(said === 'true' && seen === 'non-conservative')) {
    return refuse(`its settings say original_compatible ${said}, its tensors ${seen}`);
  }
  return seen;
}

function refuse(why: string): never {
  throw new AppError('bad-input', `These weights are no EQTransformer known here: ${why}.`);
}

class Builder {
  readonly #weights: Weights;
  readonly #variant: Build;
  readonly #names: ReadonlySet<string>;
  readonly #components: number;
  readonly #graph = new OnnxGraph('eqtransformer');

  constructor(tensors: NamedTensors, variant: Build) {
    this.#weights = new Weights(tensors, 'EQTransformer of SeisBench');
    this.#names = new Set(tensors.keys());
    this.#components = tensors.get('encoder.convs.0.weight')?.shape[1] ?? 0;
    this.#variant = variant;
  }

  build(): Uint8Array {
    const graph = this.#graph;
    const x = graph.input('x', ['batch', this.#components, WINDOW]);
    const deep = this.#residuals(this.#encode(withHeight(graph, x)));
    let steps = graph.node('Transpose', [withoutHeight(graph, deep)], { perm: [2, 0, 1] });
    let inputs = DEEP;
    for (let k = 0; this.#has(`bi_lstm_stack.members.${k}.conv.weight`); k += 1) {
      steps = this.#biLstm(steps, `bi_lstm_stack.members.${k}`, inputs);
      inputs = HIDDEN;
    }
    if (inputs === DEEP) return refuse('it has no bidirectional LSTM');
    let value = graph.node('Transpose', [steps], { perm: [1, 0, 2] });
    value = this.#transformer(value, 'transformer_d0');
    value = this.#transformer(value, 'transformer_d');
    const curves = [this.#decode(value, 'decoder_d', 'conv_d')];
    const inTime = graph.node('Transpose', [value], { perm: [1, 0, 2] });
    for (let k = 0; this.#has(`pick_convs.${k}.weight`); k += 1) {
      const picked = this.#pickAttention(inTime, k);
      curves.push(this.#decode(picked, `pick_decoders.${k}`, `pick_convs.${k}`));
    }
    this.#weights.refuseLeftovers(/\.num_batches_tracked$/);
    const y = graph.node('Concat', curves, { axis: 1 });
    graph.output('y', y, ['batch', curves.length, WINDOW]);
    return graph.toBytes();
  }

  #has(name: string): boolean {
    return this.#names.has(name);
  }

  #conv(name: string, shape: readonly [number, number, number]) {
    return {
      weight: this.#weights.take(`${name}.weight`, shape),
      bias: this.#weights.take(`${name}.bias`, [shape[0]]),
    };
  }

  #encode(x: Value): Value {
    let value = x;
    WIDTHS.forEach((width, k) => {
      const kernel = KERNELS[k] ?? 1;
      const layer = this.#conv(`encoder.convs.${k}`, [
        width,
        WIDTHS[k - 1] ?? this.#components,
        kernel,
      ]);
      value = relu(this.#graph, conv(this.#graph, value, { ...layer, padding: around(kernel) }));
      value = maxPoolInTwo(this.#graph, value, true);
    });
    return value;
  }

  #residuals(x: Value): Value {
    const graph = this.#graph;
    let value = x;
    RESIDUAL_KERNELS.forEach((kernel, k) => {
      const name = `res_cnn_stack.members.${k}`;
      const norm = (part: string) => this.#weights.torchNorm(`${name}.${part}`, DEEP, NORM_EPSILON);
      const layer = (part: string) => ({
        ...this.#conv(`${name}.${part}`, [DEEP, DEEP, kernel]),
        padding: around(kernel),
      });
      const entered = relu(graph, affine(graph, value, norm('norm1'), 2));
      const first = conv(graph, entered, { ...layer('conv1'), norm: norm('norm2') });
      const second = conv(graph, relu(graph, first), layer('conv2'));
      value = graph.node('Add', [value, second]);
    });
    return value;
  }

  #cell(name: string, inputs: number, backwards = false): LstmDirection {
    const take = (part: string, shape: readonly number[]) => {
      const ending = backwards ? '_reverse' : '';
      const own = `${name}.${backwards ? 'cell_b' : 'cell_f'}.${part}`;
      return this.#weights.take(this.#has(own) ? own : `${name}.${part}_l0${ending}`, shape);
    };
    return {
      inputWeight: take('weight_ih', [4 * HIDDEN, inputs]),
      hiddenWeight: take('weight_hh', [4 * HIDDEN, HIDDEN]),
      inputBias: take('bias_ih', [4 * HIDDEN]),
      hiddenBias: take('bias_hh', [4 * HIDDEN]),
    };
  }

  /** (time, batch, inputs) → (time, batch, 16); the 1-wide convolution behind is a product. */
  #biLstm(x: Value, name: string, inputs: number): Value {
    const graph = this.#graph;
    const cells = [this.#cell(`${name}.lstm`, inputs), this.#cell(`${name}.lstm`, inputs, true)];
    const both = lstm(graph, x, cells, this.#variant.hardGates);
    const joined = joinedDirections(graph, both, 2 * HIDDEN);
    const { weight, bias } = this.#conv(`${name}.conv`, [HIDDEN, 2 * HIDDEN, 1]);
    const matrix = transpose(reshape(weight, [HIDDEN, 2 * HIDDEN]), [1, 0]);
    const norm = this.#weights.torchNorm(`${name}.norm`, HIDDEN, NORM_EPSILON);
    const values = matrix.values.map((each, k) => each * (norm.scale[k % HIDDEN] ?? 1));
    const shifted = bias.values.map((b, c) => b * (norm.scale[c] ?? 1) + (norm.shift[c] ?? 0));
    return dense(graph, joined, {
      weight: { shape: matrix.shape, values },
      bias: { shape: [HIDDEN], values: shifted },
    });
  }

  #attention(x: Value, name: string, width?: number): Value {
    const take = (part: string, shape: readonly number[]) =>
      this.#weights.take(`${name}.${part}`, shape);
    const layer = {
      queryWeight: take('Wt', [HIDDEN, ATTENTION]),
      keyWeight: take('Wx', [HIDDEN, ATTENTION]),
      hiddenBias: take('bh', [ATTENTION]),
      scoreWeight: take('Wa', [ATTENTION, 1]),
      scoreBias: take('ba', [1]),
      epsilon: this.#variant.attentionEpsilon,
      ...(width === undefined ? {} : { width }),
    };
    return additiveAttention(this.#graph, x, layer, STEPS);
  }

  #transformer(x: Value, name: string): Value {
    const graph = this.#graph;
    const norm = (value: Value, part: string) =>
      layerNorm(graph, value, {
        gamma: this.#weights.take(`${name}.${part}.gamma`, [HIDDEN, 1]),
        beta: this.#weights.take(`${name}.${part}.beta`, [HIDDEN, 1]),
        epsilon: LAYER_NORM_EPSILON,
      });
    const linear = (value: Value, part: string, outputs: number, inputs: number) =>
      dense(graph, value, {
        weight: this.#weights.take(`${name}.ff.${part}.weight`, [outputs, inputs]),
        bias: this.#weights.take(`${name}.ff.${part}.bias`, [outputs]),
        outputsFirst: true,
      });
    const attended = graph.node('Add', [x, this.#attention(x, `${name}.attention`)]);
    const normed = norm(attended, 'norm1');
    const wide = relu(graph, linear(normed, 'lin1', FEED_FORWARD, HIDDEN));
    const fed = graph.node('Add', [normed, linear(wide, 'lin2', HIDDEN, FEED_FORWARD)]);
    return norm(fed, 'norm2');
  }

  /** The P or S branch: (time, batch, 16) → (batch, time, 16). */
  #pickAttention(inTime: Value, branch: number): Value {
    const graph = this.#graph;
    const cell = this.#cell(`pick_lstms.${branch}`, HIDDEN);
    const run = lstm(graph, inTime, [cell], this.#variant.hardGates);
    const steps = graph.node('Squeeze', [run, graph.integers([1])]);
    const value = graph.node('Transpose', [steps], { perm: [1, 0, 2] });
    return this.#attention(value, `pick_attentions.${branch}`, PICK_ATTENTION_WIDTH);
  }

  /** (batch, time, 16) → (batch, 1, 6000). */
  #decode(x: Value, name: string, last: string): Value {
    const graph = this.#graph;
    let value = withHeight(graph, graph.node('Transpose', [x], { perm: [0, 2, 1] }));
    const widths = [...WIDTHS].reverse();
    [...KERNELS].reverse().forEach((kernel, step) => {
      value = repeated(graph, value, 2);
      const { crop } = this.#variant;
      if (crop.step === step) {
        const bounds = [graph.integers([crop.from]), graph.integers([crop.to])];
        value = graph.node('Slice', [value, ...bounds, graph.integers([3])]);
      }
      const shape = [widths[step] ?? 0, widths[step - 1] ?? HIDDEN, kernel] as const;
      const layer = this.#conv(`${name}.convs.${step}`, shape);
      value = relu(graph, conv(graph, value, { ...layer, padding: around(kernel) }));
    });
    const layer = this.#conv(last, [1, WIDTHS[0], KERNELS[0]]);
    const logits = conv(graph, value, { ...layer, padding: around(KERNELS[0]) });
    return withoutHeight(graph, graph.node('Sigmoid', [logits]));
  }
}

/** Zeros that keep the length; an even kernel has its surplus on the right. */
function around(kernel: number): readonly [number, number] {
  return [Math.floor((kernel - 1) / 2), Math.ceil((kernel - 1) / 2)];
}

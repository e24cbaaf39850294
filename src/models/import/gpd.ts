// GPD (Ross et al. 2018, doi:10.1785/0120180080): one label for a window of 400 samples. The same tensors
// are used in two orders of layers, and SeisBench flattens in two ways.

import { AppError } from '../../base/appError.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import {
  affine,
  conv,
  dense,
  maxPoolInTwo,
  relu,
  withHeight,
  withoutHeight,
  type Affine,
} from '../onnxGraph/layers.ts';
import { transpose, type Tensor } from '../onnxGraph/tensor.ts';
import { modelArgument } from './settings.ts';
import { Weights, type NamedTensors } from './weights.ts';

/** `original`: convolution, norm, ReLU, pool. `fixed` (seismo-performer): convolution, pool, ReLU, norm. */
export type GpdOrder = 'original' | 'fixed';

const WINDOW = 400;
const COMPONENTS = 3;
const LABELS = 3;
const WIDTHS = [32, 64, 128, 256] as const;
const KERNELS = [21, 15, 11, 9] as const;
/** Samples left after four poolings of 400, times channels. */
const STEPS = 25;
const FLAT = STEPS * 256;
const HIDDEN = 200;
const EPSILON = 1e-3;

interface GpdLayers {
  readonly convolutions: readonly { weight: Tensor; bias: Tensor; norm: Affine }[];
  /** (in, out) */
  readonly dense: readonly { weight: Tensor; bias: Tensor; norm?: Affine }[];
  readonly order: GpdOrder;
  readonly flatten: 'time first' | 'channel first';
  /** SeisBench divides by the window's largest value inside the network. */
  readonly normaliseEpsilon?: number;
}

/** GPD from a SeisBench `.pt` and its `.json`. Throws `bad-input`. */
export function gpdFromTorch(tensors: NamedTensors, settings: unknown): Uint8Array {
  const weights = new Weights(tensors, 'GPD of SeisBench');
  const timeFirst = modelArgument(settings, 'original_compatible') ?? undefined;
  if (typeof timeFirst !== 'boolean') {
    throw new AppError(
      'bad-input',
      'The order in which GPD flattens is not in its tensors; give the .json beside the weights, whose original_compatible is true or false.',
    );
  }
  const epsilon = modelArgument(settings, 'eps') ?? 1e-10;
  const layers: GpdLayers = {
    convolutions: WIDTHS.map((width, k) => ({
      weight: weights.take(`conv${k + 1}.weight`, convolutionShape(k)),
      bias: weights.take(`conv${k + 1}.bias`, [width]),
      norm: weights.torchNorm(`bn${k + 1}`, width, EPSILON),
    })),
    dense: denseShapes().map(([inputs, outputs], k) => ({
      weight: transpose(weights.take(`fc${k + 1}.weight`, [outputs, inputs]), [1, 0]),
      bias: weights.take(`fc${k + 1}.bias`, [outputs]),
      ...(k < 2 ? { norm: weights.torchNorm(`bn${k + 5}`, outputs, EPSILON) } : {}),
    })),
    order: 'original',
    flatten: timeFirst ? 'time first' : 'channel first',
    normaliseEpsilon: typeof epsilon === 'number' ? epsilon : 1e-10,
  };
  weights.refuseLeftovers(/\.num_batches_tracked$/);
  return gpdGraph(layers);
}

/**
 * GPD from a Keras weights file. The order of layers is not in the file: it comes from the Keras
 * architecture `.json` or is named. Throws `bad-input`.
 */
export function gpdFromKeras(tensors: NamedTensors, order: GpdOrder | undefined): Uint8Array {
  if (order === undefined) {
    throw new AppError(
      'bad-input',
      'GPD weights fit two orders of layers; give the architecture .json or name the order: original (norm, ReLU, pool) or fixed (pool, ReLU, norm; seismo-performer).',
    );
  }
  const weights = new Weights(tensors, 'GPD of Keras');
  const numbered = (name: string, k: number) => (k === 0 ? name : `${name}_${k}`);
  const both = (name: string, shape: readonly number[]) => ({
    weight: weights.take(`${name}/${name}/kernel:0`, shape),
    bias: weights.take(`${name}/${name}/bias:0`, [shape.at(-1) ?? 0]),
  });
  const norm = (k: number, channels: number) => {
    const name = numbered('batch_normalization', k);
    return weights.kerasNorm(`${name}/${name}`, channels, EPSILON, ':0');
  };
  const layers: GpdLayers = {
    convolutions: WIDTHS.map((width, k) => {
      const [, inputs, kernel] = convolutionShape(k);
      const layer = both(numbered('conv1d', k), [kernel, inputs, width]);
      return { ...layer, weight: transpose(layer.weight, [2, 1, 0]), norm: norm(k, width) };
    }),
    dense: denseShapes().map(([inputs, outputs], k) => ({
      ...both(numbered('dense', k), [inputs, outputs]),
      ...(k < 2 ? { norm: norm(k + 4, outputs) } : {}),
    })),
    order,
    flatten: 'time first',
  };
  weights.refuseLeftovers(/^$/);
  return gpdGraph(layers);
}

/** The order of layers a Keras architecture file describes; undefined when it describes neither. */
export function gpdOrderOf(architecture: unknown): GpdOrder | undefined {
  const text = JSON.stringify(architecture) ?? '';
  const layers = [...text.matchAll(/"class_name":"(Conv1D|MaxPooling1D|BatchNormalization)"/g)];
  const first = layers.slice(0, 3).map((match) => match[1]);
  if (first.join() === 'Conv1D,MaxPooling1D,BatchNormalization') return 'fixed';
  if (first.join() === 'Conv1D,BatchNormalization,MaxPooling1D') return 'original';
  return undefined;
}

function convolutionShape(k: number): [outputs: number, inputs: number, kernel: number] {
  return [WIDTHS[k] ?? 0, WIDTHS[k - 1] ?? COMPONENTS, KERNELS[k] ?? 0];
}

function denseShapes(): [inputs: number, outputs: number][] {
  return [
    [FLAT, HIDDEN],
    [HIDDEN, HIDDEN],
    [HIDDEN, LABELS],
  ];
}

function gpdGraph(layers: GpdLayers): Uint8Array {
  const graph = new OnnxGraph('gpd');
  let x = graph.input('x', ['batch', COMPONENTS, WINDOW]);
  if (layers.normaliseEpsilon !== undefined) x = peakNormalised(graph, x, layers.normaliseEpsilon);
  let value = withHeight(graph, x);
  layers.convolutions.forEach(({ norm, ...layer }, k) => {
    const reach = ((KERNELS[k] ?? 1) - 1) / 2;
    const padding = [reach, reach] as const;
    if (layers.order === 'original') {
      value = relu(graph, conv(graph, value, { ...layer, norm, padding }));
      value = maxPoolInTwo(graph, value, false);
    } else {
      value = maxPoolInTwo(graph, conv(graph, value, { ...layer, padding }), false);
      value = affine(graph, relu(graph, value), norm, 2);
    }
  });
  value = withoutHeight(graph, value);
  if (layers.flatten === 'time first')
    value = graph.node('Transpose', [value], { perm: [0, 2, 1] });
  value = graph.node('Reshape', [value, graph.integers([-1, FLAT])]);
  for (const { norm, ...layer } of layers.dense) {
    value = dense(graph, value, layer);
    if (norm === undefined) continue;
    value =
      layers.order === 'original'
        ? relu(graph, affine(graph, value, norm, 0))
        : affine(graph, relu(graph, value), norm, 0);
  }
  graph.output('y', graph.node('Softmax', [value], { axis: 1 }), ['batch', LABELS]);
  return graph.toBytes();
}

function peakNormalised(graph: OnnxGraph, x: Value, epsilon: number): Value {
  const size = graph.node('Abs', [x]);
  const highest = graph.node('ReduceMax', [size], { axes: [1, 2], keepdims: 1 });
  return graph.node('Div', [x, graph.node('Add', [highest, graph.scalar(epsilon)])]);
}

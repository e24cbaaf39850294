// The layers pickers are made of. Curves are carried as (batch, channel, 1, sample): the runtime has its
// fast convolutions for two dimensions only, so a convolution along time gets a height of one.

import type { Attribute, OnnxGraph, Value } from './graph.ts';
import { reshape, transpose, type Tensor } from './tensor.ts';

/** What a batch normalisation does at inference: y = scale · x + shift, by channel. */
export interface Affine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** How a convolution meets the ends: by counted zeros, or by TensorFlow's SAME rule at any length. */
export type Padding = readonly [left: number, right: number] | 'same';

/** (batch, channel, sample) → (batch, channel, 1, sample). */
export function withHeight(graph: OnnxGraph, value: Value): Value {
  return graph.node('Unsqueeze', [value, graph.integers([2])]);
}

/** (batch, channel, 1, sample) → (batch, channel, sample). */
export function withoutHeight(graph: OnnxGraph, value: Value): Value {
  return graph.node('Squeeze', [value, graph.integers([2])]);
}

/** The affine map of stored batch statistics. `epsilon` as the training program had it. */
export function batchNorm(
  { gamma, beta, mean, variance }: Record<'gamma' | 'beta' | 'mean' | 'variance', Tensor>,
  epsilon: number,
): Affine {
  const scale = gamma.values.map((g, c) => g / Math.sqrt((variance.values[c] ?? 0) + epsilon));
  const shift = beta.values.map((b, c) => b - (mean.values[c] ?? 0) * (scale[c] ?? 0));
  return { scale, shift };
}

export interface Convolution {
  /** (out, in, kernel); of a transposed one (in, out, kernel). */
  readonly weight: Tensor;
  readonly bias?: Tensor | undefined;
  /** Folded into weight and bias. */
  readonly norm?: Affine | undefined;
  readonly stride?: number;
  readonly padding: Padding;
}

/** Convolution along time. */
export function conv(graph: OnnxGraph, input: Value, layer: Convolution): Value {
  const [outputs = 0, channels = 0, kernel = 0] = layer.weight.shape;
  const { weight, bias } = folded(layer, outputs, channels * kernel, 1);
  const tensor = { shape: [outputs, channels, 1, kernel], values: weight };
  return graph.node(
    'Conv',
    [input, graph.tensor(tensor), graph.tensor({ shape: [outputs], values: bias })],
    {
      kernel_shape: [1, kernel],
      strides: [1, layer.stride ?? 1],
      ...paddingAttribute(layer.padding),
    },
  );
}

/** Transposed convolution along time: n samples become stride · (n − 1) + kernel − padding + `extraRight`. */
export function convTranspose(
  graph: OnnxGraph,
  input: Value,
  layer: Convolution & { readonly extraRight?: number },
): Value {
  const [channels = 0, outputs = 0, kernel = 0] = layer.weight.shape;
  const { weight, bias } = folded(layer, outputs, kernel, channels);
  const tensor = { shape: [channels, outputs, 1, kernel], values: weight };
  return graph.node(
    'ConvTranspose',
    [input, graph.tensor(tensor), graph.tensor({ shape: [outputs], values: bias })],
    {
      kernel_shape: [1, kernel],
      strides: [1, layer.stride ?? 1],
      output_padding: [0, layer.extraRight ?? 0],
      ...paddingAttribute(layer.padding),
    },
  );
}

/** A convolution over two axes; zeros are counted, or follow TensorFlow's SAME rule. */
export interface PlaneConvolution {
  /** (out, in, height, width); of a transposed one (in, out, height, width). */
  readonly weight: Tensor;
  readonly bias?: Tensor | undefined;
  /** Folded into weight and bias. */
  readonly norm?: Affine | undefined;
  readonly stride?: number;
}

/** Zeros around a plane, or samples cut from it by a transposed convolution. */
export type PlanePadding = readonly [top: number, left: number, bottom: number, right: number];

/** Convolution over two axes; without `padding` as many zeros as keep the size, or halve it rounded up. */
export function conv2d(
  graph: OnnxGraph,
  input: Value,
  layer: PlaneConvolution & { readonly padding?: PlanePadding },
): Value {
  const [outputs = 0, channels = 0, height = 0, width = 0] = layer.weight.shape;
  const { weight, bias } = folded(layer, outputs, channels * height * width, 1);
  const stride = layer.stride ?? 1;
  const ends = layer.padding ? { pads: layer.padding } : { auto_pad: 'SAME_UPPER' };
  return graph.node(
    'Conv',
    [
      input,
      graph.tensor({ shape: layer.weight.shape, values: weight }),
      graph.tensor({ shape: [outputs], values: bias }),
    ],
    { kernel_shape: [height, width], strides: [stride, stride], ...ends },
  );
}

/** Transposed convolution over two axes: n samples become stride · (n − 1) + kernel − `cut`. */
export function convTranspose2d(
  graph: OnnxGraph,
  input: Value,
  layer: PlaneConvolution & { readonly cut: PlanePadding },
): Value {
  const [channels = 0, outputs = 0, height = 0, width = 0] = layer.weight.shape;
  const { weight, bias } = folded(layer, outputs, height * width, channels);
  const stride = layer.stride ?? 1;
  return graph.node(
    'ConvTranspose',
    [
      input,
      graph.tensor({ shape: layer.weight.shape, values: weight }),
      graph.tensor({ shape: [outputs], values: bias }),
    ],
    { kernel_shape: [height, width], strides: [stride, stride], pads: layer.cut },
  );
}

export function relu(graph: OnnxGraph, value: Value): Value {
  return graph.node('Relu', [value]);
}

/** y = scale · x + shift by channel, for x of (batch, channel, …) with `axesAfter` axes behind the channel. */
export function affine(graph: OnnxGraph, value: Value, norm: Affine, axesAfter: number): Value {
  const shape = [norm.scale.length, ...new Array<number>(axesAfter).fill(1)];
  const scaled = graph.node('Mul', [value, graph.tensor({ shape, values: norm.scale })]);
  return graph.node('Add', [scaled, graph.tensor({ shape, values: norm.shift })]);
}

/** The highest of each two samples; an odd last one stays when `keepLast`. */
export function maxPoolInTwo(graph: OnnxGraph, value: Value, keepLast: boolean): Value {
  return graph.node('MaxPool', [value], {
    kernel_shape: [1, 2],
    strides: [1, 2],
    ceil_mode: keepLast ? 1 : 0,
  });
}

/** Zeros behind the last sample. */
export function zerosBehind(graph: OnnxGraph, value: Value, samples: number): Value {
  return graph.node('Pad', [value, graph.integers([0, 0, 0, 0, 0, 0, 0, samples])]);
}

/** Every sample `times` times. */
export function repeated(graph: OnnxGraph, value: Value, times: number): Value {
  const scales = graph.tensor({ shape: [4], values: Float32Array.of(1, 1, 1, times) });
  return graph.node('Resize', [value, '', scales], {
    mode: 'nearest',
    nearest_mode: 'floor',
    coordinate_transformation_mode: 'asymmetric',
  });
}

/** Cuts `value` in its middle to the length of `like`: from floor((length − like) / 2) on. */
export function cropToLengthOf(graph: OnnxGraph, value: Value, like: Value): Value {
  const lengthOf = (each: Value) => graph.node('Shape', [each], { start: 3, end: 4 });
  const wanted = lengthOf(like);
  const surplus = graph.node('Sub', [lengthOf(value), wanted]);
  const from = graph.node('Div', [surplus, graph.integers([2])]);
  const to = graph.node('Add', [from, wanted]);
  return graph.node('Slice', [value, from, to, graph.integers([3])]);
}

/** x · weight + bias over the last axis; weight is (in, out), or (out, in) when `outputsFirst`. */
export function dense(
  graph: OnnxGraph,
  value: Value,
  layer: { weight: Tensor; bias?: Tensor; outputsFirst?: boolean },
): Value {
  const weight = layer.outputsFirst === true ? transpose(layer.weight, [1, 0]) : layer.weight;
  const product = graph.node('MatMul', [value, graph.tensor(weight)]);
  if (layer.bias === undefined) return product;
  return graph.node('Add', [product, graph.tensor(layer.bias)]);
}

/** Layer normalisation over the last axis. */
export function layerNorm(
  graph: OnnxGraph,
  value: Value,
  layer: { gamma: Tensor; beta: Tensor; epsilon: number },
): Value {
  const flat = (tensor: Tensor) => graph.tensor(reshape(tensor, [tensor.values.length]));
  return graph.node('LayerNormalization', [value, flat(layer.gamma), flat(layer.beta)], {
    axis: -1,
    epsilon: { float: layer.epsilon },
  });
}

/** The Gaussian error linear unit in its exact form. */
export function gelu(graph: OnnxGraph, value: Value): Value {
  const erf = graph.node('Erf', [graph.node('Mul', [value, graph.scalar(Math.SQRT1_2)])]);
  const half = graph.node('Mul', [value, graph.scalar(0.5)]);
  return graph.node('Mul', [half, graph.node('Add', [erf, graph.scalar(1)])]);
}

/** x · sigmoid(x), also called SiLU. */
export function swish(graph: OnnxGraph, value: Value): Value {
  return graph.node('Mul', [value, graph.node('Sigmoid', [value])]);
}

function folded(
  layer: Pick<Convolution, 'weight' | 'bias' | 'norm'>,
  outputs: number,
  perOutput: number,
  blocks: number,
): { weight: Float32Array; bias: Float32Array } {
  const scale = layer.norm?.scale;
  const bias = Float32Array.from({ length: outputs }, (_, c) => {
    const own = layer.bias?.values[c] ?? 0;
    return own * (scale?.[c] ?? 1) + (layer.norm?.shift[c] ?? 0);
  });
  if (scale === undefined) return { weight: layer.weight.values, bias };
  const weight = new Float32Array(layer.weight.values.length);
  for (let k = 0; k < weight.length; k += 1) {
    // Transposed convolutions store a block of all outputs for each input.
    const output = Math.floor((k % (weight.length / blocks)) / perOutput);
    weight[k] = (layer.weight.values[k] ?? 0) * (scale[output] ?? 1);
  }
  return { weight, bias };
}

function paddingAttribute(padding: Padding): Record<string, Attribute> {
  if (padding === 'same') return { auto_pad: 'SAME_UPPER' };
  return { pads: [0, padding[0], 0, padding[1]] };
}

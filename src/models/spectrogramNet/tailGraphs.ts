// The two spectrogram networks without their front end. They are fed the logarithms of frames as they were computed
// once for a whole trace; a window's own amplitude and scale come beside them, because dividing a window by a number
// only shifts its logarithms. What cannot reach the answer is left out: all tokens but the class token behind the
// second attention, and rows and columns that the poolings drop.

import { assertDefined } from '../../base/assert.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { dense, gelu, layerNorm, relu } from '../onnxGraph/layers.ts';
import type { Tensor } from '../onnxGraph/tensor.ts';

/** Inputs of a tail: frames of each window, the reciprocal of its scale, and its shift times that. */
export const TAIL_INPUTS = { frames: 's', factor: 'k', shift: 'h' } as const;
/** Windows × labels, probabilities. */
export const TAIL_OUTPUT = 'y';

export const PATCHES = 11;
/** Values of a frame in one patch: three bins of three components. */
export const PATCH_FRAME = 9;
const FRAMES = 22;
const PATCH = FRAMES * PATCH_FRAME;
const WIDTH = 48;
const HEAD_WIDTH = 24;
const LABELS = 3;
const NORM_EPSILON = 1e-6;
const KERNEL_EPSILON = 0.001;

class Layers {
  readonly graph: OnnxGraph;
  readonly #tensors: Iterator<Tensor>;

  constructor(name: string, tensors: readonly Tensor[]) {
    this.graph = new OnnxGraph(name);
    this.#tensors = tensors.values();
  }

  take(): Tensor {
    return assertDefined(this.#tensors.next().value as Tensor | undefined, 'a tensor for a layer');
  }

  constant(shape: readonly number[], value: (index: number) => number): Value {
    const length = shape.reduce((product, size) => product * size, 1);
    return this.graph.tensor({ shape, values: Float32Array.from({ length }, (_, i) => value(i)) });
  }

  dense(value: Value): Value {
    return dense(this.graph, value, { weight: this.take(), bias: this.take() });
  }

  project(value: Value): Value {
    return dense(this.graph, value, { weight: this.take() });
  }

  norm(value: Value): Value {
    const [gamma, beta] = [this.take(), this.take()];
    return layerNorm(this.graph, value, { gamma, beta, epsilon: NORM_EPSILON });
  }

  feedForward(value: Value): Value {
    const wide = gelu(this.graph, this.dense(value));
    return gelu(this.graph, this.dense(wide));
  }
}

/** Seismo-Performer behind its spectrogram: frames (window, patch, frame · bin · component). */
export function performerTail(tensors: readonly Tensor[]): Uint8Array {
  const layers = new Layers('seismo-performer-tail', tensors);
  const { graph } = layers;
  const tokens = firstBlock(layers, embeddedTokens(layers));
  const token = graph.node('Squeeze', [secondBlock(layers, tokens), graph.integers([1])]);
  const logits = layers.dense(layers.feedForward(layers.norm(token)));
  graph.output(TAIL_OUTPUT, graph.node('Softmax', [logits], { axis: 1 }), ['window', LABELS]);
  return graph.toBytes();
}

/** The embedding is linear: shift and scale are applied behind it, to a quarter of the numbers. */
function embeddedTokens(layers: Layers): Value {
  const { graph } = layers;
  const frames = graph.input(TAIL_INPUTS.frames, ['window', PATCHES, PATCH]);
  const factor = graph.input(TAIL_INPUTS.factor, ['window', 1, 1]);
  const shift = graph.input(TAIL_INPUTS.shift, ['window', 1, 1]);
  const [weight, bias, token, positions] = [
    layers.take(),
    layers.take(),
    layers.take(),
    layers.take(),
  ];
  const at = (tensor: Tensor, index: number): number => tensor.values[index] ?? 0;
  const sums = layers.constant([WIDTH], (column) => {
    let sum = 0;
    for (let row = 0; row < PATCH; row += 1) sum += at(weight, row * WIDTH + column);
    return sum;
  });
  const scaled = graph.node('Mul', [graph.node('MatMul', [frames, graph.tensor(weight)]), factor]);
  const shifted = graph.node('Sub', [scaled, graph.node('Mul', [shift, sums])]);
  const places = layers.constant(
    [PATCHES, WIDTH],
    (i) => at(positions, WIDTH + i) + at(bias, i % WIDTH),
  );
  const embedded = graph.node('Add', [shifted, places]);
  const first = layers.constant([1, 1, WIDTH], (i) => at(token, i) + at(positions, i));
  const windows = graph.node('Shape', [frames], { start: 0, end: 1 });
  const shape = graph.node('Concat', [windows, graph.integers([1, WIDTH])], { axis: 0 });
  return graph.node('Concat', [graph.node('Expand', [first, shape]), embedded], { axis: 1 });
}

/** Ones where two columns are of one head: both heads go through one product, and none is transposed. */
function sameHead(layers: Layers): Value {
  const headOf = (column: number): number => Math.floor(column / HEAD_WIDTH);
  return layers.constant([WIDTH, WIDTH], (i) =>
    headOf(Math.floor(i / WIDTH)) === headOf(i % WIDTH) ? 1 : 0,
  );
}

function feature({ graph }: Layers, value: Value): Value {
  return graph.node('Add', [relu(graph, value), graph.scalar(KERNEL_EPSILON)]);
}

function firstBlock(layers: Layers, tokens: Value): Value {
  const { graph } = layers;
  const normed = layers.norm(tokens);
  const query = feature(layers, layers.project(normed));
  const key = feature(layers, layers.project(normed));
  const value = layers.project(normed);
  const heads = sameHead(layers);
  const keysLast = graph.node('Transpose', [key], { perm: [0, 2, 1] });
  const memory = graph.node('Mul', [graph.node('MatMul', [keysLast, value]), heads]);
  const keySum = graph.node('ReduceSum', [key, graph.integers([1])], { keepdims: 1 });
  const divisor = graph.node('MatMul', [graph.node('Mul', [query, keySum]), heads]);
  const answer = graph.node('Div', [graph.node('MatMul', [query, memory]), divisor]);
  const sum = graph.node('Add', [tokens, layers.project(answer)]);
  return graph.node('Add', [sum, layers.feedForward(layers.norm(sum))]);
}

/** The class token alone asks: what the other tokens would hear is not used any more. */
function secondBlock(layers: Layers, tokens: Value): Value {
  const { graph } = layers;
  const classToken = (value: Value): Value =>
    graph.node('Slice', [value, graph.integers([0]), graph.integers([1]), graph.integers([1])]);
  const normed = layers.norm(tokens);
  const query = feature(layers, layers.project(classToken(normed)));
  const key = feature(layers, layers.project(normed));
  const value = layers.project(normed);
  const shares = graph.node('MatMul', [graph.node('Mul', [key, query]), sameHead(layers)]);
  const over = (each: Value): Value =>
    graph.node('ReduceSum', [each, graph.integers([1])], { keepdims: 1 });
  const answer = graph.node('Div', [over(graph.node('Mul', [shares, value])), over(shares)]);
  const sum = graph.node('Add', [classToken(tokens), layers.project(answer)]);
  return graph.node('Add', [sum, layers.feedForward(layers.norm(sum))]);
}

export const COMPONENTS = 3;
export const BINS = 33;
/** Zeros at top, left, bottom and right of each convolution: none where a pooling drops what they would give. */
const CNN_PADS = [
  [1, 1, 1, 0],
  [1, 1, 0, 1],
  [1, 1, 0, 1],
] as const;
const CNN_CHANNELS = 128;
/** Times × frequencies left after three poolings. */
const CNN_PLACES = 8;

/** Spec-CNN behind its spectrogram: frames (window, component, frame, bin). */
export function cnnTail(tensors: readonly Tensor[]): Uint8Array {
  const layers = new Layers('spec-cnn-tail', tensors);
  const { graph } = layers;
  const frames = graph.input(TAIL_INPUTS.frames, ['window', COMPONENTS, FRAMES, BINS]);
  const factor = graph.input(TAIL_INPUTS.factor, ['window', 1, 1, 1]);
  const shift = graph.input(TAIL_INPUTS.shift, ['window', 1, 1, 1]);
  let value = graph.node('Sub', [graph.node('Mul', [frames, factor]), shift]);
  for (const pads of CNN_PADS) {
    const [weight, bias] = [layers.take(), layers.take()];
    const inputs = [value, graph.tensor(weight), graph.tensor(bias)];
    const convolved = graph.node('Conv', inputs, { kernel_shape: [3, 3], strides: [1, 1], pads });
    const pool = { kernel_shape: [2, 2], strides: [2, 2] };
    value = graph.node('MaxPool', [relu(graph, convolved)], pool);
  }
  const flat = graph.node('Reshape', [value, graph.integers([-1, CNN_CHANNELS * CNN_PLACES])]);
  const weight = channelsFirst(layers.take());
  const hidden = relu(graph, dense(graph, flat, { weight, bias: layers.take() }));
  const logits = layers.dense(hidden);
  graph.output(TAIL_OUTPUT, graph.node('Softmax', [logits], { axis: 1 }), ['window', LABELS]);
  return graph.toBytes();
}

/** Rows from (place, channel) to (channel, place), the order in which the convolution leaves them. */
function channelsFirst({ shape, values }: Tensor): Tensor {
  const columns = shape[1] ?? 0;
  const moved = new Float32Array(values.length);
  for (let channel = 0; channel < CNN_CHANNELS; channel += 1) {
    for (let place = 0; place < CNN_PLACES; place += 1) {
      const from = (place * CNN_CHANNELS + channel) * columns;
      moved.set(values.subarray(from, from + columns), (channel * CNN_PLACES + place) * columns);
    }
  }
  return { shape, values: moved };
}

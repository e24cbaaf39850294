// The networks of the ARCES event classifier: beams of 240 s at 40 Hz (P beam Z, S beams T and R) → two logits, event
// against noise and explosion against earthquake. AlexNet1D (after Krizhevsky et al. 2012) and cnn_dense, whose
// convolutions may be separable.

import { AppError } from '../../base/appError.ts';
import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { affine, conv, dense, relu, withHeight, withoutHeight } from '../onnxGraph/layers.ts';
import { transpose, type Tensor } from '../onnxGraph/tensor.ts';
import { byKerasRank, kerasLayers } from './kerasNames.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 9601;
const EPSILON = 1e-3;
const DENSE_LAYERS = 2;
/** Of AlexNet1D: kernel, stride, and whether a pooling of three samples every two follows. */
const ALEXNET = [
  { kernel: 11, stride: 4, isPooled: true },
  { kernel: 5, stride: 1, isPooled: true },
  { kernel: 3, stride: 1, isPooled: false },
  { kernel: 3, stride: 1, isPooled: false },
  { kernel: 3, stride: 1, isPooled: true },
] as const;
/** Names under which the same layers stand in different files. */
const KINDS = { conv: 'conv1d', separable_conv1d: 'conv1d', bn: 'batch_normalization' } as const;

/** Samples of a window of the ARCES classifier. */
export const ARCES_WINDOW = WINDOW;

/**
 * AlexNet1D or cnn_dense from a Keras file, of any widths; x (batch, component, 9601) scaled to 0…1 →
 * y (batch, 2): logits of detector and classifier. Throws `bad-input`.
 */
export function arcesNetFromKeras(tensors: NamedTensors): Uint8Array {
  return new Builder(byKerasRank(tensors, KINDS)).build();
}

class Builder {
  readonly #tensors: NamedTensors;
  readonly #weights: Weights;
  readonly #graph = new OnnxGraph('arces');

  constructor(tensors: NamedTensors) {
    this.#tensors = tensors;
    this.#weights = new Weights(tensors, 'classifier of ARCES beams');
  }

  build(): Uint8Array {
    const graph = this.#graph;
    const depth = kerasLayers(this.#tensors, 'conv1d');
    const first = this.#kernelShape(0);
    const components = first[1];
    let value = withHeight(graph, graph.input('x', ['batch', components, WINDOW]));
    const isAlexNet = depth === ALEXNET.length && first[0] === ALEXNET[0].kernel;
    const shape = { samples: WINDOW, channels: components };
    for (let k = 0; k < depth; k += 1) {
      value = isAlexNet ? this.#alexNetStage(value, k, shape) : this.#stage(value, k, shape);
    }
    const inTime = graph.node('Transpose', [withoutHeight(graph, value)], { perm: [0, 2, 1] });
    let width = shape.samples * shape.channels;
    value = graph.node('Reshape', [inTime, graph.integers([-1, width])]);
    for (let k = 0; k < DENSE_LAYERS; k += 1) {
      const outputs = this.#tensors.get(`dense ${k} bias`)?.shape[0] ?? 0;
      value = relu(graph, this.#dense(value, `dense ${k}`, width, outputs));
      width = outputs;
    }
    const heads = ['detector', 'classifier'].map((name) =>
      this.#dense(value, `${name} 0`, width, 1),
    );
    this.#weights.refuseLeftovers(/^$/);
    graph.output('y', graph.node('Concat', heads, { axis: 1 }), ['batch', 2]);
    return graph.toBytes();
  }

  /** Kernel, inputs and outputs as the file has them, which the next layers have to meet. */
  #kernelShape(k: number): [kernel: number, inputs: number, outputs: number] {
    const plain = this.#tensors.get(`conv1d ${k} kernel`)?.shape;
    const deep = this.#tensors.get(`conv1d ${k} depthwise_kernel`)?.shape;
    const outputs = this.#tensors.get(`conv1d ${k} bias`)?.shape[0];
    const [kernel, inputs] = plain ?? deep ?? [];
    if (kernel === undefined || inputs === undefined || outputs === undefined) {
      const message = `These weights are no classifier of ARCES beams: its convolution ${k + 1} is missing or misshapen.`;
      throw new AppError('bad-input', message);
    }
    return [kernel, inputs, outputs];
  }

  /** (out, in, kernel); a separable one multiplied out. */
  #convolution(k: number, inputs: number): { weight: Tensor; bias: Tensor; outputs: number } {
    const [kernel, , outputs] = this.#kernelShape(k);
    const name = `conv1d ${k}`;
    const bias = this.#weights.take(`${name} bias`, [outputs]);
    if (!this.#tensors.has(`${name} depthwise_kernel`)) {
      const weight = this.#weights.take(`${name} kernel`, [kernel, inputs, outputs]);
      return { weight: transpose(weight, [2, 1, 0]), bias, outputs };
    }
    const deep = this.#weights.take(`${name} depthwise_kernel`, [kernel, inputs, 1]).values;
    const point = this.#weights.take(`${name} pointwise_kernel`, [1, inputs, outputs]).values;
    const values = Float32Array.from({ length: outputs * inputs * kernel }, (_, at) => {
      const [tap, rest] = [at % kernel, Math.floor(at / kernel)];
      const [input, output] = [rest % inputs, Math.floor(rest / inputs)];
      return (deep[tap * inputs + input] ?? 0) * (point[input * outputs + output] ?? 0);
    });
    return { weight: { shape: [outputs, inputs, kernel], values }, bias, outputs };
  }

  #norm(k: number, channels: number) {
    return this.#weights.kerasNorm(`batch_normalization ${k}`, channels, EPSILON, '', ' ');
  }

  /** Convolution, ReLU, norm, and a pooling where there is one. */
  #alexNetStage(x: Value, k: number, shape: { samples: number; channels: number }): Value {
    const { stride = 1, isPooled = false } = ALEXNET[k] ?? {};
    const { weight, bias, outputs } = this.#convolution(k, shape.channels);
    const graph = this.#graph;
    const run = relu(graph, conv(graph, x, { weight, bias, stride, padding: 'same' }));
    const normed = affine(graph, run, this.#norm(k, outputs), 2);
    shape.samples = Math.ceil(shape.samples / stride);
    shape.channels = outputs;
    return isPooled ? this.#pooled(normed, 3, shape) : normed;
  }

  /** Convolution without zeros, norm, ReLU, pooling. */
  #stage(x: Value, k: number, shape: { samples: number; channels: number }): Value {
    const { weight, bias, outputs } = this.#convolution(k, shape.channels);
    const layer = { weight, bias, norm: this.#norm(k, outputs), padding: [0, 0] as const };
    shape.samples -= (weight.shape[2] ?? 1) - 1;
    shape.channels = outputs;
    return this.#pooled(relu(this.#graph, conv(this.#graph, x, layer)), 2, shape);
  }

  /** The highest of `width` samples, every two samples, whole pools only. */
  #pooled(x: Value, width: number, shape: { samples: number }): Value {
    shape.samples = Math.floor((shape.samples - width) / 2) + 1;
    return this.#graph.node('MaxPool', [x], { kernel_shape: [1, width], strides: [1, 2] });
  }

  #dense(x: Value, name: string, inputs: number, outputs: number): Value {
    return dense(this.#graph, x, {
      weight: this.#weights.take(`${name} kernel`, [inputs, outputs]),
      bias: this.#weights.take(`${name} bias`, [outputs]),
    });
  }
}

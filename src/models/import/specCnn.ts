// Spec-CNN (Stepnov et al. 2021, doi:10.3390/s21186290): three convolutions over a spectrogram of 4 s.

import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { conv2d, dense, relu } from '../onnxGraph/layers.ts';
import { transpose } from '../onnxGraph/tensor.ts';
import {
  SPECTROGRAM_COMPONENTS,
  SPECTROGRAM_WINDOW,
  spectrogramFront,
  type SpectrogramScaler,
} from './spectrogramFront.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WIDTHS = [32, 64, 128] as const;
const KERNEL = 3;
const EPSILON = 1e-3;
/** Frames × bins × channels left after three poolings of 22 × 33. */
const FLAT = 2 * 4 * 128;
const HIDDEN = 80;
const LABELS = 3;

/** Spec-CNN from its Keras weights file. Throws `bad-input`. */
export function specCnnFromKeras(tensors: NamedTensors, scaler: SpectrogramScaler): Uint8Array {
  const weights = new Weights(tensors, 'Spec-CNN');
  const graph = new OnnxGraph('spec-cnn');
  const x = graph.input('x', ['batch', SPECTROGRAM_COMPONENTS, SPECTROGRAM_WINDOW]);
  let value: Value = graph.node('Transpose', [spectrogramFront(graph, x, scaler)], {
    perm: [0, 1, 3, 2],
  });
  WIDTHS.forEach((width, k) => {
    const [name, norm] = ['conv2d', 'batch_normalization'].map((each) => numbered(each, k));
    const inputs = WIDTHS[k - 1] ?? SPECTROGRAM_COMPONENTS;
    const kernel = weights.take(`${name}/${name}/kernel:0`, [KERNEL, KERNEL, inputs, width]);
    value = conv2d(graph, value, {
      weight: transpose(kernel, [3, 2, 0, 1]),
      bias: weights.take(`${name}/${name}/bias:0`, [width]),
      norm: weights.kerasNorm(`${norm}/${norm}`, width, EPSILON, ':0'),
    });
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
    value = graph.node('MaxPool', [relu(graph, value)], attributes);
  });
  const layer = (k: number, inputs: number, outputs: number) => {
    const name = numbered('dense', k);
    return {
      weight: weights.take(`${name}/${name}/kernel:0`, [inputs, outputs]),
      bias: weights.take(`${name}/${name}/bias:0`, [outputs]),
    };
  };
  const lastChannels = graph.node('Transpose', [value], { perm: [0, 2, 3, 1] });
  const flat = graph.node('Reshape', [lastChannels, graph.integers([-1, FLAT])]);
  const hidden = relu(graph, dense(graph, flat, layer(0, FLAT, HIDDEN)));
  const logits = dense(graph, hidden, layer(1, HIDDEN, LABELS));
  weights.refuseLeftovers(/^$/);
  graph.output('y', graph.node('Softmax', [logits], { axis: 1 }), ['batch', LABELS]);
  return graph.toBytes();
}

function numbered(name: string, k: number): string {
  return k === 0 ? name : `${name}_${k}`;
}

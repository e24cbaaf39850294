// PhaseNetLight (SeisBench): PhaseNet's smaller sister with biases and without crops, 3001 samples.

import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import { conv, convTranspose, relu, withHeight, withoutHeight } from '../onnxGraph/layers.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 3001;
const KERNEL = 7;
const STRIDE = 4;
const EPSILON = 1e-5;
const COMPONENTS = 3;
const LABELS = 3;
/** Channels after the entry and after each strided convolution. */
const WIDTHS = [8, 11, 16, 22, 32] as const;
/** Zeros cut at both ends and samples added on the right, so that the lengths 12, 47, 188, 751, 3001 meet. */
const ASCENTS = [
  { cut: 2, extraRight: 0 },
  { cut: 2, extraRight: 1 },
  { cut: 2, extraRight: 0 },
  { cut: 3, extraRight: 0 },
] as const;

/** PhaseNetLight from a SeisBench `.pt`. Throws `bad-input`. */
export function phaseNetLightFromTorch(tensors: NamedTensors): Uint8Array {
  const weights = new Weights(tensors, 'PhaseNetLight of SeisBench');
  const graph = new OnnxGraph('phasenet-light');
  const [entryWidth] = WIDTHS;
  const layer = (name: string, norm: string, shape: readonly number[], channels: number) => ({
    weight: weights.take(`${name}.weight`, shape),
    bias: weights.take(`${name}.bias`, [channels]),
    norm: weights.torchNorm(norm, channels, EPSILON),
  });
  const x = withHeight(graph, graph.input('x', ['batch', COMPONENTS, WINDOW]));
  const entry = layer('inc', 'in_bn', [entryWidth, COMPONENTS, 1], entryWidth);
  let value = relu(graph, conv(graph, x, { ...entry, padding: [0, 0] }));
  const skips: Value[] = [];
  WIDTHS.slice(1).forEach((width, k) => {
    skips.push(value);
    const shape = [width, WIDTHS[k] ?? 0, KERNEL];
    const down = layer(`conv${k + 1}.conv`, `bnd${k + 1}`, shape, width);
    value = relu(graph, conv(graph, value, { ...down, stride: STRIDE, padding: [3, 3] }));
  });
  ASCENTS.forEach(({ cut, extraRight }, k) => {
    const width = WIDTHS[WIDTHS.length - 2 - k] ?? entryWidth;
    const from = (WIDTHS[WIDTHS.length - 1 - k] ?? 0) * (k === 0 ? 1 : 2);
    const up = layer(`up${k + 1}`, `bnu${k + 1}`, [from, width, KERNEL], width);
    const padding = [cut, cut] as const;
    const wide = convTranspose(graph, value, { ...up, stride: STRIDE, padding, extraRight });
    value = graph.node('Concat', [relu(graph, wide), skips.pop() ?? wide], { axis: 1 });
  });
  const logits = convTranspose(graph, value, {
    weight: weights.take('out.weight', [2 * entryWidth, LABELS, 1]),
    bias: weights.take('out.bias', [LABELS]),
    padding: [0, 0],
  });
  weights.refuseLeftovers(/\.num_batches_tracked$/);
  const y = graph.node('Softmax', [withoutHeight(graph, logits)], { axis: 1 });
  graph.output('y', y, ['batch', LABELS, WINDOW]);
  return graph.toBytes();
}

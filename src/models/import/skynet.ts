// Skynet (Aguilar Suarez and Beroza 2025, doi:10.26443/seismica.v4i1.1431) as SeisBench stores it: a U-Net of
// 30000 samples for regional distances, one level deeper than PhaseNetLight and as narrow.

import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import {
  conv,
  convTranspose,
  relu,
  withHeight,
  withoutHeight,
  zerosBehind,
} from '../onnxGraph/layers.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 30000;
const KERNEL = 7;
const AROUND = [3, 3] as const;
const STRIDE = 4;
const EPSILON = 1e-3;
/** Channels at each depth. */
const WIDTHS = [8, 8, 11, 16, 22, 32, 40] as const;
/**
 * From the deepest: samples cut at both ends of the transposed convolution and zeros behind it, so that the
 * lengths 30, 118, 469, 1875, 7500, 30000 meet; the skip comes first at the deepest level only.
 */
const ASCENTS = [
  { up: 'dconv0', upNorm: 'bnd0', merge: 'dconv01', mergeNorm: 'bnd01', cut: 3, zeros: 1 },
  { up: 'dconv1', upNorm: 'bnd1', merge: 'dconv2', mergeNorm: 'bnd2', cut: 3, zeros: 0 },
  { up: 'dconv3', upNorm: 'bnd3', merge: 'dconv4', mergeNorm: 'bnd4', cut: 2, zeros: 0 },
  { up: 'dconv5', upNorm: 'bnd5', merge: 'dconv6', mergeNorm: 'bnd6', cut: 2, zeros: 1 },
  { up: 'dconv7', upNorm: 'bnd7', merge: 'dconv8', mergeNorm: 'bnd8', cut: 2, zeros: 1 },
] as const;

/** Skynet from a SeisBench `.pt`, of any number of components and phases. Throws `bad-input`. */
export function skynetFromTorch(tensors: NamedTensors): Uint8Array {
  const weights = new Weights(tensors, 'Skynet of SeisBench');
  const [, components = 3] = tensors.get('conv1.weight')?.shape ?? [];
  const [labels = 3] = tensors.get('dconv9.weight')?.shape ?? [];
  const graph = new OnnxGraph('skynet');
  const layer = (name: string, shape: readonly [number, number, number], channels: number) => ({
    weight: weights.take(`${name}.weight`, shape),
    bias: weights.take(`${name}.bias`, [channels]),
  });
  const smooth = (
    value: Value,
    numbers: [string, string],
    [from, to]: [number, number],
    stride = 1,
  ) =>
    relu(
      graph,
      conv(graph, value, {
        ...layer(numbers[0], [to, from, KERNEL], to),
        norm: weights.torchNorm(numbers[1], to, EPSILON),
        stride,
        padding: AROUND,
      }),
    );
  let value = withHeight(graph, graph.input('x', ['batch', components, WINDOW]));
  value = smooth(value, ['conv1', 'bn1'], [components, WIDTHS[0]]);
  const skips: Value[] = [];
  WIDTHS.slice(1).forEach((width, depth) => {
    const from = WIDTHS[depth] ?? width;
    const number = 2 * depth + 1;
    if (depth > 0) value = smooth(value, [`conv${number}`, `bn${number}`], [from, from], STRIDE);
    value = smooth(value, [`conv${number + 1}`, `bn${number + 1}`], [from, width]);
    skips.push(value);
  });
  skips.pop();
  ASCENTS.forEach(({ up, upNorm, merge, mergeNorm, cut, zeros }, step) => {
    const from = WIDTHS[WIDTHS.length - 1 - step] ?? 0;
    const to = WIDTHS[WIDTHS.length - 2 - step] ?? 0;
    const wide = convTranspose(graph, value, {
      ...layer(up, [from, to, KERNEL], to),
      norm: weights.torchNorm(upNorm, to, EPSILON),
      stride: STRIDE,
      padding: [cut, cut],
    });
    const risen = relu(graph, wide);
    const whole = zeros > 0 ? zerosBehind(graph, risen, zeros) : risen;
    const skip = skips.pop() ?? whole;
    const merged = graph.node('Concat', step === 0 ? [skip, whole] : [whole, skip], { axis: 1 });
    value = smooth(merged, [merge, mergeNorm], [2 * to, to]);
  });
  const last = layer('dconv9', [labels, WIDTHS[0], KERNEL], labels);
  const logits = withoutHeight(graph, conv(graph, value, { ...last, padding: AROUND }));
  weights.refuseLeftovers(/\.num_batches_tracked$/);
  const y = graph.node('Softmax', [logits], { axis: 1 });
  graph.output('y', y, ['batch', labels, WINDOW]);
  return graph.toBytes();
}

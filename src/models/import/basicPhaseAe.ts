// BasicPhaseAE (Woollam et al. 2019, doi:10.1785/0220180312) as SeisBench stores it: an autoencoder of 600 samples
// without skips; convolutions lose the ends, upsampling repeats samples.

import { OnnxGraph, type Value } from '../onnxGraph/graph.ts';
import {
  conv,
  convTranspose,
  maxPoolInTwo,
  relu,
  repeated,
  withHeight,
  withoutHeight,
} from '../onnxGraph/layers.ts';
import { Weights, type NamedTensors } from './weights.ts';

const WINDOW = 600;
const COMPONENTS = 3;
const KERNEL = 5;
const STRIDE = 4;
const DESCENT = [12, 24, 36, 48] as const;
/** Channels after each transposed convolution, and how often its samples are repeated. */
const ASCENT = [
  { width: 48, times: 5 },
  { width: 24, times: 5 },
  { width: 12, times: 3 },
] as const;

/** BasicPhaseAE from a SeisBench `.pt`. Throws `bad-input`. */
export function basicPhaseAeFromTorch(tensors: NamedTensors): Uint8Array {
  const weights = new Weights(tensors, 'BasicPhaseAE of SeisBench');
  const [, labels = 3] = tensors.get('out.weight')?.shape ?? [];
  const graph = new OnnxGraph('basic-phase-ae');
  const x = graph.input('x', ['batch', COMPONENTS, WINDOW]);
  let value: Value = withHeight(graph, x);
  DESCENT.forEach((width, k) => {
    const name = `conv${k + 1}`;
    const layer = {
      weight: weights.take(`${name}.weight`, [width, DESCENT[k - 1] ?? COMPONENTS, KERNEL]),
      bias: weights.take(`${name}.bias`, [width]),
      stride: k === 0 ? 1 : STRIDE,
    };
    value = relu(graph, conv(graph, value, { ...layer, padding: [0, 0] }));
  });
  value = repeated(graph, maxPoolInTwo(graph, value, false), 2);
  const up = (name: string, from: number, to: number): Value =>
    convTranspose(graph, value, {
      weight: weights.take(`${name}.weight`, [from, to, KERNEL]),
      bias: weights.take(`${name}.bias`, [to]),
      padding: [2, 2],
    });
  let from: number = DESCENT[3];
  ASCENT.forEach(({ width, times }, k) => {
    value = repeated(graph, relu(graph, up(`conv${k + 5}`, from, width)), times);
    from = width;
  });
  const logits = withoutHeight(graph, up('out', from, labels));
  weights.refuseLeftovers(/^$/);
  const y = graph.node('Softmax', [logits], { axis: 1 });
  graph.output('y', y, ['batch', labels, WINDOW]);
  return graph.toBytes();
}

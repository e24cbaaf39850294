// A small picker of our own making, as somebody may write one: what the README says of custom models.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OnnxGraph } from '../src/models/onnxGraph/graph.ts';
import { conv, withHeight, withoutHeight } from '../src/models/onnxGraph/layers.ts';

export const CUSTOM_WINDOW = 1000;

/** Answers P where the vertical is far from its mean, S where the first horizontal is. */
export function customNetwork(labels = 3, batch: 'batch' | 1 = 'batch'): Uint8Array {
  const graph = new OnnxGraph('custom');
  const x = graph.input('waves', [batch, 3, CUSTOM_WINDOW]);
  const size = graph.node('Abs', [withHeight(graph, x)]);
  const weights = [
    [0, 0, 0],
    [4.5, 0, 0],
    [0, 4.5, 0],
  ].slice(0, labels);
  const logits = conv(graph, size, {
    weight: { shape: [labels, 3, 1], values: Float32Array.from(weights.flat()) },
    bias: { shape: [labels], values: Float32Array.from([9, 0, 0].slice(0, labels)) },
    stride: 1,
    padding: [0, 0],
  });
  const y = graph.node('Softmax', [withoutHeight(graph, logits)], { axis: 1 });
  graph.output('picks', y, [batch, labels, CUSTOM_WINDOW]);
  return graph.toBytes();
}

/** The smallest card that runs. */
export const customCard = {
  id: 'my-picker',
  title: 'My picker',
  network: 'amplitude',
  use: 'picking',
  licence: { spdx: 'CC0-1.0' },
  files: { 'model.onnx': '1000 samples' },
  input: 'waves',
  output: 'picks',
  samplingRateHz: 100,
  window: { samples: CUSTOM_WINDOW },
  windowing: 'sample-wise',
  components: 'ZNE',
  labels: ['N', 'P', 'S'],
  preprocessing: {
    demean: 'component',
    normalise: { name: 'std', scope: 'component', divisor: 'n', epsilon: 1e-10 },
  },
  defaults: {
    overlapSamples: 500,
    stacking: 'avg',
    blindingSamples: [0, 0],
    thresholds: { P: 0.3, S: 0.3 },
    minimumPeakDistanceSamples: 100,
  },
};

const row = (value: number) =>
  Array.from({ length: CUSTOM_WINDOW }, (_, k) => (k === 0 ? value : 0));
const share = (own: number, ...others: number[]) => {
  return Math.exp(own) / [own, ...others].reduce((sum, each) => sum + Math.exp(each), 0);
};

/** Answers worked out by hand for a window of one spike. */
export const customParity = {
  tolerance: { probability: 1e-5, peakSample: 0 },
  vectors: {
    spike: {
      input: [row(4), row(2), row(0)],
      probabilities: {
        0: [share(9, 18, 9), share(18, 9, 9), share(9, 9, 18)],
        5: [share(9, 0, 0), share(0, 9, 0), share(0, 9, 0)],
      },
      peaks: { P: { sample: 0 } },
    },
  },
};

/** Writes a pack into a folder that it makes. */
export function writeCustomPack(
  folder: string,
  change: { card?: object; network?: Uint8Array; parity?: unknown } = {},
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...customCard, ...change.card }));
  writeFileSync(join(folder, 'model.onnx'), change.network ?? customNetwork());
  const parity = 'parity' in change ? change.parity : customParity;
  if (parity !== undefined) writeFileSync(join(folder, 'parity.json'), JSON.stringify(parity));
  return folder;
}

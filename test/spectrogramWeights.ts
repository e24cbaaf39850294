// Seismo-Performer and Spec-CNN with random weights: of no meaning, but of the right shapes and names.

import type { NamedTensors } from '../src/models/import/weights.ts';
import type { Tensor } from '../src/models/onnxGraph/tensor.ts';

/** Reproducible numbers in (−0.5, 0.5). */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 31 - 0.5;
  };
}

function tensors(shapes: Readonly<Record<string, readonly number[]>>): NamedTensors {
  const next = noise(7);
  return new Map(
    Object.entries(shapes).map(([name, shape]): [string, Tensor] => {
      const length = shape.reduce((product, size) => product * size, 1);
      const inputs = shape.length > 1 ? length / shape.at(-1)! : 1;
      const about = /gamma|variance/.test(name) ? 1 : 0;
      const values = Float32Array.from({ length }, () => about + (2 * next()) / Math.sqrt(inputs));
      return [name, { shape, values: about ? values.map(Math.abs) : values }];
    }),
  );
}

function block(name: string, suffix: (layer: string, k: number) => string, k: number) {
  const at = `${name}/${name}`;
  const attention = `${at}/${suffix('attention', k)}`;
  const norm = `${at}/${suffix('layer_normalization', 2 * k)}`;
  const wide = `${at}/${suffix('dense', 2 * k + 1)}`;
  const narrow = `${at}/${suffix('dense', 2 * k + 2)}`;
  return {
    [`${attention}/query/kernel:0`]: [48, 2, 24],
    [`${attention}/key/kernel:0`]: [48, 2, 24],
    [`${attention}/value/kernel:0`]: [48, 2, 24],
    [`${attention}/output_transform/kernel:0`]: [2, 24, 48],
    [`${norm}/gamma:0`]: [48],
    [`${norm}/beta:0`]: [48],
    [`${wide}/kernel:0`]: [48, 96],
    [`${wide}/bias:0`]: [96],
    [`${narrow}/kernel:0`]: [96, 48],
    [`${narrow}/bias:0`]: [48],
  };
}

const numbered = (layer: string, k: number): string => (k === 0 ? layer : `${layer}_${k}`);

export function randomPerformer(): NamedTensors {
  const dense = (k: number, inputs: number, outputs: number) => ({
    [`${numbered('dense', k)}/${numbered('dense', k)}/kernel:0`]: [inputs, outputs],
    [`${numbered('dense', k)}/${numbered('dense', k)}/bias:0`]: [outputs],
  });
  return tensors({
    ...dense(0, 198, 48),
    'cls_token/ClsTokenW:0': [1, 1, 48],
    'pos_embeding2/pos_embeding2/embedding/embeddings:0': [12, 48],
    ...block('performer_block', numbered, 0),
    ...block('performer_block_1', numbered, 1),
    'layer_normalization_4/layer_normalization_4/gamma:0': [48],
    'layer_normalization_4/layer_normalization_4/beta:0': [48],
    ...dense(5, 48, 96),
    ...dense(6, 96, 48),
    ...dense(7, 48, 3),
  });
}

export function randomCnn(): NamedTensors {
  const layers = [3, 32, 64, 128].slice(0, 3).map((inputs, k) => {
    const outputs = [32, 64, 128][k]!;
    const norm = `${numbered('batch_normalization', k)}/${numbered('batch_normalization', k)}`;
    const conv = `${numbered('conv2d', k)}/${numbered('conv2d', k)}`;
    return {
      [`${conv}/kernel:0`]: [3, 3, inputs, outputs],
      [`${conv}/bias:0`]: [outputs],
      [`${norm}/gamma:0`]: [outputs],
      [`${norm}/beta:0`]: [outputs],
      [`${norm}/moving_mean:0`]: [outputs],
      [`${norm}/moving_variance:0`]: [outputs],
    };
  });
  return tensors({
    ...Object.assign({}, ...layers),
    'dense/dense/kernel:0': [1024, 80],
    'dense/dense/bias:0': [80],
    'dense_1/dense_1/kernel:0': [80, 3],
    'dense_1/dense_1/bias:0': [3],
  } as Record<string, readonly number[]>);
}

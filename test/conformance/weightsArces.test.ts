// Networks of the ARCES event classifier, random weights all, against Keras' own logits (../shared/golden/gbf-nets,
// tolerance 1e-5).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readKerasWeights } from '../../src/formats/hdf5/kerasWeights.ts';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import type { NamedTensors } from '../../src/models/import/weights.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { mulberry, seededTensors } from './seeded.ts';
import { answers } from './weightsGolden.ts';

const SAMPLES = 9601;
const folder = path.join(sharedDir() ?? '', 'golden/gbf-nets');

interface Case {
  readonly id: string;
  readonly params: { readonly weightList: readonly { name: string; shape: number[] }[] };
  readonly outputs: { readonly logits: { readonly mulberry: { kerasLogits: number[][] } } };
}

function caseOf(id: string): Case {
  const text = readFileSync(path.join(folder, 'manifest.json'), 'utf8');
  const { cases } = JSON.parse(text) as { cases: Case[] };
  return cases.find((each) => each.id === id)!;
}

/** The manifest's windows (sample, component), turned as our graphs take them. */
function windows(): Float32Array {
  const rows = [100, 101].map((seed) => mulberry(seed, 3 * SAMPLES));
  return Float32Array.from({ length: 2 * 3 * SAMPLES }, (_, k) => {
    const [row, at] = [Math.floor(k / (3 * SAMPLES)), k % (3 * SAMPLES)];
    return rows[row]![(at % SAMPLES) * 3 + Math.floor(at / SAMPLES)]!;
  });
}

/** Weights by the rule of the manifest: one stream of mulberry32 through the tensors in their order. */
function ruled(list: Case['params']['weightList']): NamedTensors {
  const counts = list.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const stream = mulberry(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  let from = 0;
  return new Map(
    list.map(({ name, shape }, k) => {
      const numbers = stream.subarray(from, from + counts[k]!);
      from += counts[k]!;
      const fanIn = counts[k]! / shape.at(-1)!;
      const [scale, offset] = name.endsWith('/kernel')
        ? [Math.sqrt(3 / fanIn), 0]
        : name.endsWith('/gamma')
          ? [0.2, 1]
          : name.endsWith('/moving_variance')
            ? [0.25, 1.25]
            : [0.1, 0];
      const values = Float32Array.from(numbers, (u) => offset + scale * (2 * u - 1));
      return [name, { shape, values }];
    }),
  );
}

async function expectLogits(tensors: NamedTensors, id: string): Promise<void> {
  const network = convertWeights(tensors, {});
  expect(network).toMatchObject({ architecture: 'arces-classifier', answers: 'each window' });
  const x = windows();
  const shape = [2, 3, SAMPLES];
  const [y] = await answers(network.onnx, [{ shape, x }]);
  const wanted = caseOf(id).outputs.logits.mulberry.kerasLogits.flat();
  expect(y).toHaveLength(wanted.length);
  wanted.forEach((logit, k) => expect(Math.abs(y![k]! - logit)).toBeLessThan(1e-5));
}

describe.skipIf(!sharedDir())('classifiers of ARCES beams' + sharedNote, () => {
  test.each(['alexnet-w32', 'cnn_dense-small', 'cnn_dense-separable-small'])(
    '%s from its Keras file',
    async (id) => {
      const bytes = new Uint8Array(readFileSync(path.join(folder, `${id}.h5`)));
      await expectLogits(readKerasWeights(bytes, `${id}.h5`).tensors, id);
    },
  );

  test('cnn_dense in its full size', async () => {
    await expectLogits(ruled(caseOf('cnn_dense-full').params.weightList), 'cnn_dense-full');
  });
});

describe('weights of a classifier that do not fit', () => {
  test('are refused with the layer that is missing or misshapen', () => {
    const shapes: [string, number[]][] = [
      ['conv1d/kernel:0', [7, 3, 4]],
      ['conv1d/bias:0', [4]],
      ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part): [string, number[]] => [
        `batch_normalization/${part}:0`,
        [4],
      ]),
      ['dense/kernel:0', [4797 * 4, 5]],
      ['dense/bias:0', [5]],
      ['dense_1/kernel:0', [5, 5]],
      ['dense_1/bias:0', [5]],
      ['detector/kernel:0', [5, 1]],
      ['detector/bias:0', [1]],
      ['classifier/kernel:0', [5, 1]],
      ['classifier/bias:0', [1]],
    ];
    const tensors = seededTensors(shapes, { outputs: 'last' });
    const convert = () => convertWeights(tensors, {});
    expect(convert).not.toThrow();
    const dense = tensors.get('dense/kernel:0')!;
    tensors.set('dense/kernel:0', { ...dense, shape: [4796 * 4, 5] });
    expect(convert).toThrow('dense 0 kernel is 19184 × 5 where 19188 × 5 is needed');
    tensors.delete('dense/kernel:0');
    expect(convert).toThrow('dense 0 kernel (19188 × 5) is missing');
    tensors.set('dense/kernel:0', dense).delete('conv1d/bias:0');
    expect(convert).toThrow('its convolution 1 is missing or misshapen');
  });
});

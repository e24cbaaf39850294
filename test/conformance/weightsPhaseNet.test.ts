// PhaseNet from its published files against TensorFlow's own answers (../shared/golden/models, tolerance 2e-5 as
// MODELS.md states it; six windows of 3001 samples and four other lengths) and against the pack of the same weights.

import { beforeAll, describe, expect, test } from 'vitest';
import { readStateDict } from '../../src/formats/pickle/stateDict.ts';
import { readCheckpoint } from '../../src/formats/tensorflow/checkpoint.ts';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { answers, expectSame, goldenForwards, sharedFile } from './weightsGolden.ts';

describe.skipIf(!sharedDir())('PhaseNet from its files' + sharedNote, () => {
  const cases = goldenForwards('phasenet-original');
  let pack: Float32Array[] = [];
  beforeAll(async () => {
    pack = await answers(sharedFile('models/phasenet-original/model.onnx'), cases);
  });

  const files = {
    'SeisBench .pt': () =>
      readStateDict(sharedFile('models/phasenet-original/seisbench.pt'), 'seisbench.pt'),
    "the authors' TensorFlow checkpoint": () => {
      const stem = 'data/weights/phasenet/model_95.ckpt';
      const shards = [sharedFile(`${stem}.data-00000-of-00001`)];
      return readCheckpoint({ name: 'model_95.ckpt', index: sharedFile(`${stem}.index`), shards });
    },
  };

  test.each(Object.entries(files))('%s', async (_, read) => {
    const network = convertWeights(read(), {});
    expect(network).toMatchObject({
      architecture: 'phasenet',
      windowSamples: 3001,
      anyLength: true,
    });
    const ours = await answers(network.onnx, cases);
    expect(cases).toHaveLength(10);
    expectSame(ours, pack, cases);
    expectSame(
      ours,
      cases.map(({ y }) => y),
      cases,
    );
  });
});

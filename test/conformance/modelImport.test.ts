// Published weights imported as an analyst does: converted, compared by their checksum, installed with a card, and
// then answering like their originals on recorded windows (../shared/golden/models, each case's tolerance).

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classNameOf } from '../../src/backend/annotate/curveFiles.ts';
import { parseRunnerSpec } from '../../src/models/card.ts';
import type { ModelImportAnswers } from '../../src/contract/messages/models.ts';
import { type Page, temporaryBackends } from '../backendPage.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { answers, expectSame, goldenForwards, sharedJson } from './weightsGolden.ts';

const shared = sharedDir() ?? '';
const { folder, start } = temporaryBackends();
let users = 0;

async function fresh(): Promise<{ page: Page; models: string }> {
  const user = join(folder, `user-${++users}`);
  return { page: await start({ userFolder: user }), models: join(user, 'models') };
}

async function importInto(page: Page, paths: readonly string[], given: ModelImportAnswers = {}) {
  const files = paths.map((path) => page.backend.grants.grant(path));
  const { jobId } = await page.call('model.import', { files, answers: given });
  await page.ended(jobId);
  return page.call('model.importReport', { jobId });
}

interface Published {
  readonly files: readonly string[];
  readonly id: string;
  readonly use: 'picking' | 'tests-only' | 'never-picking';
  /** The pack of the same weights whose card has the same numbers. */
  readonly pack?: string;
  /** Name of the reference cases, and which of them are the network's. */
  readonly golden: string;
  readonly scaler?: string;
  readonly given?: ModelImportAnswers;
}

const weights = 'data/weights';
const random = (build: string): Published => ({
  files: [`models/eqtransformer-${build}-random/eqtransformer-random.pt.v1`],
  id: `eqtransformer-${build}-random`,
  use: 'never-picking',
  pack: `eqtransformer-${build}-random`,
  golden: `eqtransformer-${build}-random`,
});
const gpdKeras = 'models/gpd-random/gpd-fixed-random.weights.keras2.h5';

const published: readonly Published[] = [
  {
    files: [`${weights}/phasenet`],
    id: 'phasenet-original',
    use: 'picking',
    pack: 'phasenet-original',
    golden: 'phasenet-original',
  },
  {
    files: [`${weights}/phasenet/model_95.ckpt.index`],
    id: 'phasenet-original',
    use: 'picking',
    pack: 'phasenet-original',
    golden: 'phasenet-original',
  },
  {
    files: ['models/phasenet-original/seisbench.pt'],
    id: 'phasenet-original',
    use: 'picking',
    pack: 'phasenet-original',
    golden: 'phasenet-original',
  },
  {
    files: [`${weights}/phasenetlight-ethz/ethz.pt.v2`],
    id: 'phasenetlight-ethz',
    use: 'tests-only',
    pack: 'phasenetlight-ethz',
    golden: 'phasenetlight-ethz',
  },
  {
    files: [`${weights}/eqtransformer-pnw`],
    id: 'eqtransformer-pnw',
    use: 'tests-only',
    pack: 'eqtransformer-pnw',
    golden: 'eqtransformer-pnw',
  },
  random('conservative'),
  random('non-conservative'),
  {
    files: [`${weights}/seismo-performer/w_model_performer_v2.0.h5`],
    id: 'seismo-performer-v2',
    use: 'picking',
    pack: 'seismo-performer-v2',
    golden: 'seismo-performer-v2',
    scaler: 'window',
  },
  {
    files: [`${weights}/spec-cnn/w_model_cnn_v2.0.h5`],
    id: 'spec-cnn-v2',
    use: 'picking',
    pack: 'spec-cnn-v2',
    golden: 'spec-cnn-v2',
    scaler: 'window',
  },
  {
    files: [gpdKeras, 'models/gpd-random/gpd-fixed.architecture.json'],
    id: 'gpd-random-fixed',
    use: 'never-picking',
    pack: 'gpd-random',
    golden: 'gpd-fixed-random',
  },
  {
    files: [gpdKeras],
    given: { gpdOrder: 'original' },
    id: 'gpd-random-original',
    use: 'never-picking',
    pack: 'gpd-random',
    golden: 'gpd-original-random',
  },
  {
    files: ['models/gpd-random/gpd-random.pt.v1'],
    id: 'gpd-random',
    use: 'never-picking',
    golden: 'gpd-seisbench-random',
  },
];

/** Of processor time, since other tests share the machine; reading the file included. */

describe.skipIf(!sharedDir())('weights in their published files' + sharedNote, () => {
  test.each(published)(
    '$id of $files.0',
    async ({ files, id, use, pack, golden, scaler, given }) => {
      const { page, models } = await fresh();
      const [report, ...others] = await importInto(
        page,
        files.map((file) => join(shared, file)),
        given,
      );
      expect(others).toEqual([]);
      expect(report).toMatchObject({ modelId: id, error: undefined, parity: { verdict: 'pass' } });
      expect(report!.parity!.values).toBeGreaterThan(0);
      const listed = (await page.call('model.list', {})).find((model) => model.id === id);
      expect(listed).toMatchObject({ use, checksum: 'matches', place: 'own', problem: undefined });
      expect(listed!.warnings.length > 0).toBe(use !== 'picking');

      const card = JSON.parse(readFileSync(join(models, id, 'model.json'), 'utf8')) as unknown;
      if (pack !== undefined) {
        const ready = sharedJson(`models/${pack}/model.json`) as { readonly network: string };
        expect(numbersOf(card)).toEqual(numbersOf(ready));
        expect(classNameOf(listed!)).toBe(classNameOf({ ...ready, id }));
      }
      const cases = goldenForwards(golden).filter((each) => each.scaler === scaler);
      expect(cases.length).toBeGreaterThan(2);
      const ours = await answers(
        new Uint8Array(readFileSync(join(models, id, 'model.onnx'))),
        cases,
      );
      expectSame(
        ours,
        cases.map(({ y }) => y),
        cases,
      );
    },
  );

  test('both scalers of a spectrogram network', async () => {
    const { page, models } = await fresh();
    await importInto(page, [join(shared, weights, 'seismo-performer')]);
    const network = readFileSync(join(models, 'seismo-performer-v2', 'model-batch-scaler.onnx'));
    const cases = goldenForwards('seismo-performer-v2').filter(({ scaler }) => scaler === 'batch');
    const theirs = cases.map(({ y }) => y);
    expectSame(await answers(new Uint8Array(network), cases), theirs, cases);
  });

  test('every picker’s pack passes, the event classifier is none', async () => {
    const { page } = await fresh();
    const names = readdirSync(join(shared, 'models'));
    const folders = names.map((name) => page.backend.grants.grant(join(shared, 'models', name)));
    const { jobId } = await page.call('model.verify', { folders });
    await page.ended(jobId);
    const found = await page.call('model.verifyReport', { jobId });
    expect(found).toHaveLength(10);
    for (const { modelId, parity, use, problem } of found) {
      if (modelId === 'onset-event-class-demo') {
        expect({ use, parity }).toEqual({ use: 'not-a-picker', parity: undefined });
      } else {
        expect({ modelId, problem, verdict: parity?.verdict }).toEqual({
          modelId,
          problem: undefined,
          verdict: 'pass',
        });
      }
    }
  });
});

/** How a card says the model is run; its identity and its words apart. */
function numbersOf(card: unknown): Record<string, unknown> {
  const words = new Set(['id', 'missingComponents', 'batchSize', 'presets']);
  const numbers = Object.entries(parseRunnerSpec(card)).filter(([name]) => !words.has(name));
  return Object.fromEntries(numbers);
}

describe.skipIf(!sharedDir())(
  'published weights that are not as they should be' + sharedNote,
  () => {
    const renamed = (bytes: Uint8Array, from: string, to: string): Uint8Array => {
      const text = new TextDecoder('latin1').decode(bytes);
      const changed = bytes.slice();
      for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
        changed.set(new TextEncoder().encode(to), at);
      }
      return changed;
    };
    const read = (name: string) => new Uint8Array(readFileSync(join(shared, weights, name)));
    const cnn = 'spec-cnn/w_model_cnn_v2.0.h5';
    const ethz = (change: object): string => {
      const settings = sharedJson(`${weights}/phasenetlight-ethz/ethz.json.v2`) as {
        model_args: object;
      };
      return JSON.stringify({ ...settings, model_args: { ...settings.model_args, ...change } });
    };

    test.each<[string, () => Record<string, Uint8Array | string>, string]>([
      [
        'tensors that are missing',
        () => ({ 'w.h5': renamed(read(cnn), 'batch_normalization_2', 'batch_normalization_9') }),
        'is missing',
      ],
      ['half a file', () => ({ 'w.h5': read(cnn).slice(0, 300_000) }), 'cannot be read'],
      [
        'half an archive',
        () => ({
          'w.pt.v1': read('eqtransformer-pnw/pnw.pt.v1').slice(0, 500_000),
          'w.json.v1': '{}',
        }),
        'cannot be read',
      ],
      [
        'settings missing',
        () => ({ 'w.pt.v1': read('eqtransformer-pnw/pnw.pt.v1') }),
        'needs its settings w.json.v1',
      ],
      [
        'another rate',
        () => ({
          'w.pt.v2': read('phasenetlight-ethz/ethz.pt.v2'),
          'w.json.v2': ethz({ sampling_rate: 50 }),
        }),
        'weights for 100 Hz',
      ],
      [
        'no rate',
        () => ({
          'w.pt.v2': read('phasenetlight-ethz/ethz.pt.v2'),
          'w.json.v2': ethz({ sampling_rate: -1 }),
        }),
        'sampling_rate',
      ],
      [
        'other labels',
        () => ({
          'w.pt.v2': read('phasenetlight-ethz/ethz.pt.v2'),
          'w.json.v2': ethz({ phases: 'PSNX' }),
        }),
        'answered',
      ],
      [
        'broken settings',
        () => ({ 'w.pt.v2': read('phasenetlight-ethz/ethz.pt.v2'), 'w.json.v2': '{' }),
        'is no JSON',
      ],
      [
        'a checkpoint without its data',
        () => ({ 'model_95.ckpt.index': read('phasenet/model_95.ckpt.index') }),
        'data files beside it',
      ],
      [
        'a checkpoint with a changed number',
        () => {
          const data = read('phasenet/model_95.ckpt.data-00000-of-00001');
          for (let at = 0; at < data.length; at += 400) data[at]! ^= 4;
          return {
            'model_95.ckpt.index': read('phasenet/model_95.ckpt.index'),
            'model_95.ckpt.data-00000-of-00001': data,
          };
        },
        'checksum',
      ],
    ])('%s', async (name, make, reason) => {
      const { page, models } = await fresh();
      const place = join(folder, name);
      mkdirSync(place, { recursive: true });
      for (const [file, bytes] of Object.entries(make())) writeFileSync(join(place, file), bytes);
      const [report] = await importInto(page, [place]);
      expect(report!.error?.toLowerCase()).toContain(reason.toLowerCase());
      let left: string[] = [];
      try {
        left = readdirSync(models);
      } catch {
        // Nothing was ever written.
      }
      expect(left).toEqual([]);
    });

    test('weights nobody told Onset of are imported, and not compared', async () => {
      const { page, models } = await fresh();
      const place = join(folder, 'unknown');
      cpSync(join(shared, weights, 'eqtransformer-pnw'), place, { recursive: true });
      const path = join(place, 'pnw.pt.v1');
      // A byte of a weight: the file is another, the network is whole.
      const bytes = readFileSync(path);
      bytes[700_000]! ^= 1;
      writeFileSync(path, bytes);
      const given = { licence: 'MIT', source: 'a colleague' };
      const [report] = await importInto(page, [path], given);
      expect(report).toMatchObject({ error: undefined, parity: { verdict: 'not-compared' } });
      const card = JSON.parse(
        readFileSync(join(models, 'eqtransformer-pnw', 'model.json'), 'utf8'),
      ) as {
        licence: object;
      };
      expect(card.licence).toMatchObject({
        spdx: 'MIT',
        holder: 'given by the person who imported it',
      });
      expect(report!.warnings.join()).toContain('not known to Onset');
    });
  },
);

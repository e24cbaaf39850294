// Networks whose published weights cannot be had here, from random tensors to a pack that is installed and answers:
// what the card says of each is what its network takes.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packOf, type PublishedWeights } from '../../src/backend/modelImport/buildPack.ts';
import { parseModelSpec } from '../../src/models/card.ts';
import { temporaryBackends } from '../backendPage.ts';
import { customCard } from '../customPack.ts';
import { seededTensors } from './seeded.ts';
import {
  credShapes,
  deepDenoiserShapes,
  eqcctShapes,
  obsTransformerShapes,
  phaseNetShapes,
  skynetShapes,
} from './seededShapes.ts';

const { folder, start } = temporaryBackends();

const weights = (
  shapes: readonly (readonly [string, number[]])[],
  change: Partial<PublishedWeights>,
): PublishedWeights => ({
  dialect: 'seisbench',
  name: 'random.pt.v1',
  from: ['random.pt.v1'],
  folder: 'weights',
  sha256: '0'.repeat(64),
  tensors: seededTensors(shapes),
  settings: {},
  kerasArchitecture: undefined,
  card: undefined,
  ...change,
});

const args = (model_args: object) => ({ settings: { model_args } });

describe('random weights become packs', () => {
  test.each<[string, PublishedWeights, object]>([
    [
      'phasenet',
      weights(phaseNetShapes(3, 3), args({ component_order: 'ENZ', phases: 'PSN', norm: 'peak' })),
      { windowSamples: 3001, labels: ['P', 'S', 'N'], components: ['E', 'N', 'Z'] },
    ],
    [
      'phasenet',
      weights(
        phaseNetShapes(4, 3),
        args({ component_order: 'ZNEH', phases: 'NPS', norm_detrend: true }),
      ),
      { components: ['Z', 'N', 'E', 'H'] },
    ],
    [
      'variable-length-phasenet',
      weights(phaseNetShapes(3, 3), args({ in_samples: 1200, sampling_rate: 20 })),
      { windowSamples: 1200, samplingRateHz: 20, anyLength: true, labels: ['P', 'S', 'N'] },
    ],
    [
      'lfe-detect',
      weights(phaseNetShapes(3, 3), { ...args({ in_samples: 600 }), folder: 'lfedetect' }),
      { windowSamples: 600 },
    ],
    ['skynet', weights(skynetShapes(), args({ phases: 'PSN' })), { windowSamples: 30000 }],
    [
      'obstransformer',
      weights(obsTransformerShapes(), { folder: 'obstransformer' }),
      { labels: ['Detection', 'P', 'S'] },
    ],
    ['eqcct-p', weights(eqcctShapes('P'), {}), { labels: ['P'] }],
    ['eqcct-s', weights(eqcctShapes('S'), {}), { labels: ['S'] }],
    ['cred', weights(credShapes(), {}), { windowSamples: 3000 }],
    ['deep-denoiser', weights(deepDenoiserShapes(), {}), { outputKind: 'waveform' }],
  ])('%s', async (architecture, given, expected) => {
    const pack = packOf(given, {}, 'Onset test');
    expect(pack.architecture).toBe(architecture);
    const place = mkdtempSync(join(folder, 'pack-'));
    for (const { name, bytes } of pack.files) writeFileSync(join(place, name), bytes);
    const page = await start({ userFolder: join(folder, `user-${basename(place)}`) });
    const files = [page.backend.grants.grant(place)];
    const { jobId } = await page.call('model.import', { files });
    await page.ended(jobId);
    const [report] = await page.call('model.importReport', { jobId });
    expect(report).toMatchObject({ error: undefined, parity: { verdict: 'not-compared' } });
    const listed = (await page.call('model.list', {})).find(({ id }) => id === pack.id);
    expect(listed).toMatchObject({ ...expected, problem: undefined, checksum: 'matches' });
  });

  test('a card beside the weights says how they are run, where nothing else does', () => {
    const card = {
      ...customCard,
      ...{ id: 'regional', samplingRateHz: 40, components: 'ENZ', labels: ['N', 'P', 'S'] },
      window: { samples: 2400, dynamic: true },
    };
    const given = weights(phaseNetShapes(3, 3), { name: 'mine.pt', settings: undefined, card });
    const pack = packOf(given, {}, 'Onset test');
    const written = pack.files.find(({ name }) => name === 'model.json')!;
    const spec = parseModelSpec(JSON.parse(new TextDecoder().decode(written.bytes)));
    expect(pack.id).toBe('regional');
    expect(spec).toMatchObject({
      samplingRateHz: 40,
      windowSamples: 2400,
      components: ['E', 'N', 'Z'],
    });
    expect(spec.licence.name).toBe('CC0-1.0');
    expect(spec).toMatchObject({ inputName: 'x', outputName: 'y', blindingSamples: [0, 0] });
  });

  test('PhaseNet and VariableLengthPhaseNet are told apart by their settings, which have to be there', () => {
    const silent = weights(phaseNetShapes(3, 3), { name: 'mine.pt', settings: undefined });
    expect(() => packOf(silent, {}, 'Onset test')).toThrow('mine.json beside it');
  });
});

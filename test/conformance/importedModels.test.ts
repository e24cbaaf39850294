// As an analyst: three published weights imported and run over four hours of PB.B204 beside the model that ships.
// EQTransformer's picks are those its publishers print; PhaseNet's and Seismo-Performer's were computed from the
// published weights by programs of their own.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunSettings } from '../../src/domain/event/runSettings.ts';
import { temporaryBackends } from '../backendPage.ts';
import { sharedDir, sharedNote } from '../shared.ts';

const shared = sharedDir() ?? '';
const { folder, start } = temporaryBackends();

interface Expected {
  readonly modelId: string;
  readonly settings: Partial<RunSettings>;
  /** `P 02:31:29.3384`; times of 2022-02-06. */
  readonly picks: readonly string[];
}

const expected: readonly Expected[] = [
  {
    modelId: 'eqtransformer-pnw',
    settings: { policy: 'seisbench' },
    picks: ['P 02:31:29.3384', 'S 02:31:34.5084', 'P 02:32:04.8584', 'S 02:32:15.6284'],
  },
  {
    modelId: 'phasenet-original',
    settings: { policy: 'seisbench' },
    picks: [
      'P 00:00:39.8184',
      'S 00:00:40.9184',
      'P 00:39:55.8184',
      'P 00:54:30.9584',
      'P 01:43:08.0184',
      'S 01:43:09.1384',
      'P 02:15:00.0384',
      'S 02:15:01.1484',
      'S 02:16:06.8484',
      'P 02:31:29.3484',
      'S 02:31:34.4884',
      'P 02:31:36.0784',
    ],
  },
];

describe.skipIf(!sharedDir())('imported models over four hours' + sharedNote, () => {
  test('pick what their originals pick', async () => {
    const page = await start({ userFolder: join(folder, 'user'), workers: 2 });
    const grant = (path: string) => page.backend.grants.grant(join(shared, path));
    const names = ['eqtransformer-pnw', 'phasenet', 'seismo-performer'];
    const files = names.map((name) => grant(`data/weights/${name}`));
    const importing = await page.call('model.import', { files });
    await page.ended(importing.jobId);
    const imported = await page.call('model.importReport', importing);
    expect(imported.map(({ parity }) => parity?.verdict)).toEqual(['pass', 'pass', 'pass']);
    await page.addFiles(grant('data/pnsn/continuous/PB.B204..EH.2022-02-06T00.mseed'));

    const pick = async (modelId: string, settings: Partial<RunSettings>) => {
      const { jobId, runId } = await page.call('model.run', {
        ...{ modelId, settings, streamKeys: undefined, window: undefined, allowTestModel: true },
      });
      expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
      const { picks } = await page.call('catalog.listPicks', { runId });
      return picks.map(({ phase, time }) => {
        const clock = new Date(Number(time / 1_000_000n)).toISOString().slice(11, 19);
        const fraction = Number((time % 1_000_000_000n) / 100_000n);
        return `${phase} ${clock}.${String(fraction).padStart(4, '0')}`;
      });
    };
    for (const { modelId, settings, picks } of expected) {
      expect({ modelId, picks: await pick(modelId, settings) }).toEqual({ modelId, picks });
    }
    const performer = await pick('seismo-performer-v2', {});
    expect(performer).toEqual(expect.arrayContaining(['P 02:31:29.3084', 'S 02:31:34.4084']));
    expect((await pick('onset-1', {})).length).toBeGreaterThan(4);
  }, 180_000);
});

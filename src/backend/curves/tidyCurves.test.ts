import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import { Catalog } from '../../catalog/catalog.ts';
import { fromFirstParameters } from '../../domain/event/firstRunParameters.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { manualPick } from '../../../test/backendPage.ts';
import { CurveStore } from './curveStore.ts';
import { tidyCurves } from './tidyCurves.ts';

let folder = '';
let catalog: Catalog;
let cache: CurveStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-tidy-'));
  catalog = Catalog.open(join(folder, 'p.onset'), { author: 'ana' });
  cache = new CurveStore(folder);
});
afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true });
});

/** A run that picked its stations, each once or not at all, and kept their curves. */
async function run(
  sensorKeys: readonly string[],
  options: { picks?: boolean; window?: TimeWindow } = {},
): Promise<number> {
  const id = catalog.runs.start({
    ...{ modelId: 'm', modelVersion: '1', modelSha256: 'a', programVersion: '0', author: 'ana' },
    parameters: {
      ...fromFirstParameters({
        thresholds: { P: 0.3 },
        overlapSamples: 0,
        blindingSamples: [0, 0],
        stacking: 'avg',
        minimumPeakDistanceSamples: 1,
        batchSize: 1,
      }),
      streams: undefined,
      window: options.window,
    },
  });
  const identity = catalog.runs.get(id)!;
  for (const key of sensorKeys) {
    const writer = await cache.begin(identity, key);
    await writer.finish();
    const [network = '', station = ''] = key.split('.');
    const stream = { network, station, location: '', channel: 'HHZ' };
    const picks = options.picks ? [{ ...manualPick, stream, probability: 0.5 }] : [];
    catalog.runs.addPicks(id, key, picks, { method: 'm' });
  }
  catalog.runs.finish(id, 'done', []);
  return id;
}

const kept = async (): Promise<number[]> =>
  (await cache.kept()).map(({ run: { id } }) => id).sort();

test('curves of runs that are gone, or that later ones have replaced, are removed', async () => {
  const first = await run(['XX.A..HH', 'XX.B..HH'], { picks: true });
  await cache.begin({ id: 99, startedNs: epochNs(5n) }, 'XX.A..HH').then((w) => w.finish());
  await tidyCurves({ catalog, cacheFolder: folder });
  expect(await kept()).toEqual([first]);

  // Its picks at A gave way to the second run's, those at B are still its own.
  const second = await run(['XX.A..HH'], { picks: true });
  await tidyCurves({ catalog, cacheFolder: folder });
  expect(await kept()).toEqual([first, second]);

  const third = await run(['XX.A..HH', 'XX.B..HH'], { picks: true });
  await tidyCurves({ catalog, cacheFolder: folder });
  expect(await kept()).toEqual([third]);
});

test('a quiet run keeps its curves until another has gone over all of its time', async () => {
  const quiet = await run(['XX.A..HH']);
  const hour = { startNs: epochNs(0n), endNs: epochNs(3_600_000_000_000n) };
  const part = await run(['XX.A..HH'], { window: hour });
  await tidyCurves({ catalog, cacheFolder: folder });
  expect(await kept()).toEqual([quiet, part]);
  const whole = await run(['XX.A..HH']);
  await tidyCurves({ catalog, cacheFolder: folder });
  expect(await kept()).toEqual([whole]);
});

test('dense curves of an earlier version make room, what is kept now stays', async () => {
  const id = await run(['XX.A..HH'], { picks: true });
  const { startedNs } = catalog.runs.get(id)!;
  const ofRun = join(folder, 'curves', `run-${id}-${startedNs}`);
  for (const end of ['f32', 'json']) writeFileSync(join(ofRun, `sensor-XX.B..HH.${end}`), 'x');
  await tidyCurves({ catalog, cacheFolder: folder });
  expect(readdirSync(ofRun)).toEqual(['sensor-XX.A..HH.kept']);
});

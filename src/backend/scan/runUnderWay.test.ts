// What a run has found is there before it ends: its picks, its curves and its place in the list of jobs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHANNELS, mseed, temporaryBackends, window } from '../../../test/backendPage.ts';

const { data, start } = temporaryBackends();
const STATIONS = Array.from({ length: 16 }, (_, i) => `S${String(i + 1).padStart(2, '0')}`);

test('picks and curves of stations that are done can be asked for while the run goes on', async () => {
  mkdirSync(join(data, 'many'));
  for (const station of STATIONS) {
    for (const channel of CHANNELS)
      writeFileSync(join(data, 'many', `${station}.${channel}`), mseed(channel, station));
  }
  const page = await start();
  await page.addFiles('data:0/many');

  interface Seen {
    readonly stations: ReadonlySet<string>;
    readonly curves: number;
    readonly done: number;
    readonly total: number;
  }
  const seen: Seen[] = [];
  let looking = Promise.resolve();
  let started = { runId: 0, jobId: '' };
  const look = async (): Promise<void> => {
    const { picks } = await page.call('catalog.listPicks', { limit: 1000 });
    const stations = new Set(picks.map(({ stream }) => stream.station));
    const [first] = stations;
    if (first === undefined) return;
    const sensorKeys = [`XX.${first}..HH`];
    const curves = await page.call('probability.window', { window, widthPx: 400, sensorKeys, runId: started.runId }); // prettier-ignore
    const run = (await page.call('run.list', {})).find(({ id }) => id === started.runId);
    const job = (await page.call('job.list', {})).find(({ id }) => id === started.jobId);
    if (run?.state !== 'running' || job?.state !== 'running') return;
    const parts = curves.flatMap((trace) => trace.parts).length;
    seen.push({ stations, curves: parts, done: job.done, total: job.total });
  };
  page.client.on('catalog.changed', () => {
    looking = looking.then(look);
  });
  const thresholds = { P: 0.05, S: 0.05 };
  started = await page.call('model.run', {
    modelId: 'onset-1',
    streamKeys: undefined,
    window: undefined,
    settings: { thresholds },
  });
  expect((await page.ended(started.jobId)).state).toBe('done');
  await looking;

  expect(seen.length).toBeGreaterThan(0);
  expect(seen.some(({ stations }) => stations.size < STATIONS.length)).toBe(true);
  expect(seen.some(({ curves }) => curves > 0)).toBe(true);
  expect(seen.every(({ done, total }) => done > 0 && done < total)).toBe(true);
  const { picks } = await page.call('catalog.listPicks', { limit: 1000 });
  expect(new Set(picks.map(({ stream }) => stream.station))).toEqual(new Set(STATIONS));
}, 120_000);

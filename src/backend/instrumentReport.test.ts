// Six components at one station, a seismometer that clips and an accelerometer, through the shipped model.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { type Page, temporaryBackends } from '../../test/backendPage.ts';
import { EVENTS_S, segment } from '../../test/sensorScan.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import { parseNslc, sensorKey } from '../domain/waveform/nslc.ts';
import type { TraceSegment } from '../domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../formats/miniseed/write2.ts';

vi.setConfig({ testTimeout: 120_000 });

const { folder, start } = temporaryBackends();
const path = join(folder, 'six.mseed');

/** `clipAt` cuts everything above it off; the accelerometer misses the last event. */
function channels(code: string, clipAt: number, endS: number): TraceSegment[] {
  return ['Z', 'N', 'E'].map((component) => {
    const whole = segment(`HH${component}`, 0, 330, 100);
    const samples = Int32Array.from(whole.samples, (value, i) =>
      i < endS * 100 ? Math.round(Math.max(-clipAt, Math.min(clipAt, 100 * value))) : i % 3,
    );
    return { ...whole, stream: parseNslc(`XX.AAA..${code}${component}`), samples };
  });
}

beforeAll(() => {
  const segments = [...channels('BH', 9000, 330), ...channels('HN', 1e9, 280)];
  writeFileSync(path, writeMiniseed2(segments));
});

async function run(page: Page, settings: Partial<RunSettings>) {
  await page.addFiles(page.backend.grants.grant(path));
  const { jobId, runId } = await page.call('model.run', {
    ...{ modelId: 'onset-1', streamKeys: undefined, window: undefined, settings },
  });
  expect((await page.ended(jobId)).state).toBe('done');
  const [made] = (await page.call('run.list', {})).filter(({ id }) => id === runId);
  const { picks } = await page.call('catalog.listPicks', { runId, limit: 100 });
  return { run: made!, picks };
}

const of = (picks: Awaited<ReturnType<typeof run>>['picks'], code: string) =>
  picks.filter(({ stream }) => sensorKey(stream).endsWith(code));

test('the run’s notes compare the instruments; all picks stay unless the best are wanted', async () => {
  const all = await run(await start(), {});
  expect(of(all.picks, 'BH').length).toBeGreaterThanOrEqual(2 * EVENTS_S.length);
  expect(of(all.picks, 'HN').length).toBeGreaterThanOrEqual(2 * EVENTS_S.length - 2);
  const note = all.run.notes.find(({ stream }) => stream === 'XX.AAA')!;
  expect(note.reason).toMatch(
    /^BH and HN: \d+ picks on both, median difference -?0\.0\d\d s \(HN less BH\); [1-9]\d* on BH only, \d+ on HN only; [1-9]\d* clipped on BH$/,
  );
  expect(all.run.skipped).toEqual([]);
  const clipped = of(all.picks, 'BH').filter(({ method }) => method.includes(', clipped on BH'));
  expect(clipped.length).toBeGreaterThan(EVENTS_S.length);
});

test('with the best, clipped picks give way, and the run says how many', async () => {
  const all = await run(await start(), {});
  const best = await run(await start(), { instruments: 'best' });
  const left = all.picks.length - best.picks.length;
  expect(left).toBeGreaterThanOrEqual(2 * EVENTS_S.length - 2);
  expect(best.run.pickCount).toBe(best.picks.length);
  const counts = best.run.skipped.map(({ reason }) => Number(/^\d+/.exec(reason)?.[0]));
  expect(counts.reduce((a, b) => a + b)).toBe(left);
  expect(best.run.skipped.map(({ stream, reason }) => `${stream} ${reason}`).join()).toMatch(
    /XX\.AAA\.\.BH \d+ picks left out: clipped, where those of XX\.AAA\.\.HN are not/,
  );
  // The last event is on the seismometer alone.
  const last = EVENTS_S.at(-1)!;
  expect(of(best.picks, 'BH').some(({ time }) => Number(time % 10n ** 12n) / 1e9 > last)).toBe(
    true,
  );
});

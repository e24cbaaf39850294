// Detectors through the client, as a page uses them.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHANNELS, failure, mseed, type Page, START, temporaryBackends, window } from '../../../test/backendPage.ts'; // prettier-ignore
import { addSeconds, nsToSeconds } from '../../base/time.ts';
import type { Args } from '../../contract/api.ts';
import { DEFAULT_DETECTOR, type DetectorSettings } from '../../domain/event/detectorSettings.ts';

const { data, start } = temporaryBackends();
for (const channel of CHANNELS) {
  writeFileSync(join(data, 'day', `DEF-${channel}.mseed`), mseed(channel, 'DEF'));
}
const settings: DetectorSettings = {
  ...DEFAULT_DETECTOR,
  refinement: { ...DEFAULT_DETECTOR.refinement, method: 'none' },
};

async function opened(options: Parameters<typeof start>[0] = {}): Promise<Page> {
  const page = await start(options);
  const top = await page.call('file.list', { folder: undefined });
  await page.addFiles(top.entries[0]!.ref);
  return page;
}

async function picksOf(page: Page, args: Partial<Args<'detector.run'>> = {}) {
  const all = { settings, streamKeys: undefined, window: undefined, ...args };
  const { jobId, runId } = await page.call('detector.run', all);
  expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
  const { picks } = await page.call('catalog.listPicks', { runId });
  return { runId, picks };
}

async function settledPreview(page: Page, more: Partial<DetectorSettings> = {}) {
  for (;;) {
    const view = await page.call('detector.preview', {
      settings: { ...settings, ...more },
      streamKeys: ['XX.ABC..HHZ', 'XX.ABC..HHN', 'XX.DEF..HHZ'],
      ...{ window, widthPx: 900 },
    });
    if (view.traces.every(({ state }) => state !== 'loading')) return view;
    await new Promise<void>((resolve) => {
      const stop = page.client.on('source.changed', () => (stop(), resolve()));
    });
  }
}

describe('a run of a detector', () => {
  test('picks the onset, and says how', async () => {
    const page = await opened();
    const { runId, picks } = await picksOf(page, { settings: DEFAULT_DETECTOR });
    expect(picks.map(({ stream }) => `${stream.station} ${stream.channel}`).sort()).toEqual([
      'ABC HHZ',
      'DEF HHZ',
    ]);
    for (const pick of picks) {
      expect(Math.abs(nsToSeconds(pick.time - START) - 40)).toBeLessThan(0.15);
      expect(pick).toMatchObject({
        ...{ phase: 'P', state: 'automatic', author: 'sta-lta', probability: undefined },
        method: 'recursive STA/LTA 0.5/10 s on 3.5 off 1 2–20 Hz causal, onset by AIC',
      });
    }
    const run = (await page.call('run.list', {})).find(({ id }) => id === runId);
    expect(run).toMatchObject({
      ...{ modelId: 'sta-lta', state: 'done', pickCount: 2 },
      parameters: { detector: { kind: 'recursive', shortS: 0.5, onLevel: 3.5 } },
      setHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    // A ratio is not drawn where probabilities are.
    const curves = { window, widthPx: 100, runId: undefined, sensorKeys: ['XX.ABC..HH'] };
    expect(await page.call('probability.window', curves)).toEqual([]);
  });

  test('is the same in blocks, and as what was seen before it', async () => {
    const whole = await picksOf(await opened());
    const page = await opened({ scanBlockS: 11 });
    const inBlocks = await picksOf(page);
    const plain = (picks: typeof whole.picks) =>
      picks
        .map(({ stream, time, phase }) => ({ stream, time, phase }))
        // Stations are looked at side by side.
        .sort((a, b) => a.stream.station.localeCompare(b.stream.station));
    expect(plain(inBlocks.picks)).toEqual(plain(whole.picks));
    const view = await settledPreview(page);
    expect(view.traces.map(({ streamKey }) => streamKey)).toEqual(['XX.ABC..HHZ', 'XX.DEF..HHZ']);
    expect(view.traces.flatMap(({ triggers }) => triggers.map(({ onNs }) => onNs))).toEqual(
      plain(whole.picks).map(({ time }) => time),
    );
    expect(view.coincidences).toMatchObject([{ stations: ['XX.ABC', 'XX.DEF'] }]);
  });

  test('triggered again with other levels is what another run finds', async () => {
    const page = await opened();
    const quick = { ...settings, shortS: 0.1 };
    const { runId } = await picksOf(page, { settings: quick });
    const changes = { onLevel: 2.2, offLevel: 0.9, minimumDurationS: 0.05 };
    const again = await page.call('detector.retrigger', { runId, changes });
    expect(again.lowestOnLevel).toBe(1.75);
    const fresh = await picksOf(page, { settings: { ...quick, ...changes } });
    expect([...again.onNs].sort()).toEqual(fresh.picks.map(({ time }) => time).sort());
    expect(fresh.picks.length).toBeGreaterThan(2);
    const lower = failure(page.call('detector.retrigger', { runId, changes: { onLevel: 1 } }));
    expect((await lower).message).toMatch(/exact from on level 1.75/);
    const none = failure(page.call('detector.retrigger', { runId: 99, changes: {} }));
    expect((await none).code).toBe('not-found');
  });

  test('with a coincidence keeps what several stations have', async () => {
    const page = await opened();
    const low = { ...settings, onLevel: 2.2, offLevel: 0.9 };
    const alone = await picksOf(page, { settings: low });
    const coincidence = { leastSum: 2, weights: {}, extensionS: 0 };
    const together = await picksOf(page, { settings: { ...low, coincidence } });
    expect(together.picks.length).toBeGreaterThanOrEqual(2);
    expect(together.picks.length).toBeLessThanOrEqual(alone.picks.length);
    const three = { ...low, coincidence: { ...coincidence, leastSum: 3 } };
    expect((await picksOf(page, { settings: three })).picks).toEqual([]);
    const view = await settledPreview(page, three);
    expect(view.traces.flatMap(({ triggers }) => triggers).some(({ kept }) => kept)).toBe(false);
  });

  test('AR gives P on the vertical and S on a horizontal', async () => {
    const page = await opened();
    const ar: DetectorSettings = {
      ...settings,
      kind: 'ar',
      refinement: { method: 'none', beforeS: 10, afterS: 20 },
    };
    const { picks } = await picksOf(page, { settings: ar });
    const p = picks.filter(({ phase }) => phase === 'P');
    expect(p).toHaveLength(2);
    for (const { time, stream } of p) {
      expect(stream.channel).toBe('HHZ');
      expect(Math.abs(nsToSeconds(time - START) - 40)).toBeLessThan(0.3);
    }
  });

  test('is refused in words', async () => {
    const page = await opened();
    const run = (more: Partial<DetectorSettings>, streamKeys?: string[]) =>
      failure(
        page.call('detector.run', {
          settings: { ...settings, ...more },
          streamKeys,
          window: undefined,
        }),
      );
    expect((await run({ offLevel: 9 })).message).toMatch(/above the on level/);
    expect((await run({}, ['XX.ABC..HHN'])).message).toMatch(/no vertical component/);
    const band = { lowHz: 60, highHz: undefined, corners: 4, zeroPhase: false };
    expect((await run({ band })).message).toMatch(/nothing is left above 60 Hz/);
    const late = { startNs: addSeconds(START, 900), endNs: addSeconds(START, 990) };
    const none = page.call('detector.run', { settings, streamKeys: undefined, window: late });
    expect((await failure(none)).message).toMatch(/no data in the window/);
  });
});

test('an onset is proposed near a place, by each method, and nothing is stored', async () => {
  const page = await opened();
  const near = addSeconds(START, 39.4);
  const filter = { lowHz: 2, highHz: 20, corners: 4, zeroPhase: true };
  const asked = { streamKey: 'XX.ABC..HHZ', near, reachS: 3, filter };
  for (const method of ['aic', 'ar', 'kurtosis'] as const) {
    const { proposal } = await page.call('detector.propose', { ...asked, method });
    expect(Math.abs(nsToSeconds(proposal!.time - START) - 40)).toBeLessThan(0.3);
    expect(proposal!.method).toMatch(/2–20 Hz causal, within 3 s$/);
    expect(proposal!.snr).toBeGreaterThan(2);
  }
  expect((await page.call('catalog.countPicks', {})).total).toBe(0);
  const none = { ...asked, method: 'aic', near: addSeconds(START, 9000) } as const;
  expect((await page.call('detector.propose', none)).reason).toMatch(/no samples there/);
  const wide = page.call('detector.propose', { ...asked, method: 'aic', reachS: 900 });
  expect((await failure(wide)).code).toBe('bad-input');
});

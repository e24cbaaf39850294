// The queue by value and the summary of a review, as a page asks for them.

import { describe, expect, test } from 'vitest';
import {
  failure,
  manualPick,
  type Page,
  START,
  temporaryBackends,
} from '../../../test/backendPage.ts';
import { addSeconds } from '../../base/time.ts';
import { Catalog } from '../../catalog/catalog.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';

const { freshPath, start } = temporaryBackends();

const settings: RunSettings = {
  ...{ policy: 'onset', filter: undefined, detrendRecords: false, overlap: 0.5 },
  preparation: { demean: true, detrend: false, scale: undefined, taperSamples: 0 },
  ...{ strideSamples: 1, stacking: 'avg', blindingSamples: [0, 0], strict: false, batchSize: 1 },
  ...{ flexibleHorizontals: true, zeroPhaseResample: false, thresholds: { P: 0.3, S: 0.3 } },
  pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
};

interface Found {
  readonly s: number;
  readonly p: number;
  readonly phase?: string;
}

function run(catalog: Catalog, modelId: string, found: readonly Found[]): number[] {
  const runId = catalog.runs.start({
    ...{ modelId, modelVersion: '1', modelSha256: 'a'.repeat(64) },
    ...{ programVersion: '0.1.0', author: 'ana' },
    parameters: { settings, streams: undefined, window: undefined },
  });
  const picks = found.map(({ s, p, phase = 'P' }) => {
    return { ...manualPick, phase, time: addSeconds(START, s), probability: p };
  });
  const ids = catalog.runs.addPicks(runId, 'XX.ABC..HH', picks, { method: modelId });
  catalog.runs.finish(runId, 'done', []);
  return ids;
}

async function opened(build: (catalog: Catalog) => void): Promise<Page> {
  const path = freshPath();
  const catalog = Catalog.open(path, { author: 'ana' });
  build(catalog);
  catalog.close();
  return start({ project: { kind: 'file', path } });
}

const ordered = async (page: Page, kept: number[] = []): Promise<number[]> =>
  (await page.call('review.queue', { kept })).picks.map(({ id }) => id);

describe('review.queue', () => {
  test('orders by value with a reason each: what is near the threshold, then what another model does not have', async () => {
    let ids: number[] = [];
    const page = await opened((catalog) => {
      ids = run(catalog, 'one', [{ s: 100, p: 0.95 }, { s: 200, p: 0.95 }, { s: 300, p: 0.31 }]); // prettier-ignore
      run(catalog, 'two', [
        { s: 100.05, p: 0.9 },
        { s: 300.02, p: 0.8 },
      ]);
    });
    const [sure, alone, near] = ids;
    const { picks, values, gain, total } = await page.call('review.queue', { runId: 1 });
    expect(total).toBe(3);
    expect(picks.map(({ id }) => id)).toEqual([near, alone, sure]);
    expect(values.map(({ reasons }) => reasons[0]?.text)).toEqual([
      '0.01 above the threshold of 0.30',
      'two (run 2) has no P within 0.5 s',
      expect.stringContaining('decided at ABC so far'),
    ]);
    expect(gain).toMatchObject({ decided: 0, foundWrong: 0, nextDecisions: 3 });
    const all = await page.call('review.queue', {});
    expect(all.total).toBe(5);
  });

  test('adapts to each decision and its undoing, and keeps what it is told in front', async () => {
    let ids: number[] = [];
    const page = await opened((catalog) => {
      const weak = Array.from({ length: 9 }, (_, i) => ({ s: 60 * i, p: 0.5 + i * 0.001 }));
      ids = run(catalog, 'one', [...weak, { s: 5000, p: 0.75 }]);
    });
    const last = ids[9] ?? 0;
    const before = await page.call('review.queue', {});
    expect(before.picks.at(-1)?.id).toBe(last);
    const rightOf = (reply: typeof before, id = 0): number =>
      reply.values.find(({ pickId }) => pickId === id)?.right ?? -1;
    await page.call('catalog.decidePicks', { pickIds: ids.slice(0, 4), decision: 'reject' });
    const after = await page.call('review.queue', {});
    expect(rightOf(after, ids[5])).toBeLessThan(rightOf(before, ids[5]) - 0.2);
    expect(after.gain).toMatchObject({ decided: 4, foundWrong: 4 });
    expect(after.picks.slice(-4).map(({ id }) => id)).toEqual(ids.slice(0, 4));
    expect((await ordered(page, [ids[2] ?? 0, last])).slice(0, 2)).toEqual([ids[2], last]);
    await page.call('catalog.undo', {});
    const undone = await page.call('review.queue', {});
    expect(undone.values).toEqual(before.values);
  });

  test('pages, filters, and hears of picks that come and go', async () => {
    let ids: number[] = [];
    const page = await opened((catalog) => {
      ids = run(catalog, 'one', Array.from({ length: 20 }, (_, i) => ({ s: 60 * i, p: 0.31 + i * 0.03, phase: i % 2 ? 'S' : 'P' }))); // prettier-ignore
    });
    const whole = await ordered(page);
    const second = await page.call('review.queue', { offset: 5, limit: 5 });
    expect(second.picks.map(({ id }) => id)).toEqual(whole.slice(5, 10));
    expect(second.values).toHaveLength(5);
    const onlyS = await page.call('review.queue', { phases: ['S'] });
    expect(onlyS.picks.every(({ phase }) => phase === 'S')).toBe(true);
    expect(onlyS.total).toBe(10);
    await page.call('catalog.removePicks', { pickIds: ids.slice(0, 3) });
    expect((await ordered(page)).length).toBe(17);
    const added = await page.call('catalog.addPick', { pick: manualPick });
    const now = await page.call('review.queue', {});
    expect(now.total).toBe(18);
    expect(now.values.some(({ pickId }) => pickId === added.picks[0]?.id)).toBe(false);
    expect(await failure(page.call('review.queue', { kept: [0] }))).toMatchObject({ code: 'bad-input' }); // prettier-ignore
  });
});

describe('review.summary', () => {
  test('tells accepted, moved, rejected, removed and added picks of each run', async () => {
    const page = await opened((catalog) => {
      const [a = 0, b = 0, c = 0, d = 0] = run(catalog, 'one', [10, 20, 30, 40, 50].map((s) => ({ s, p: s / 60 }))); // prettier-ignore
      catalog.decidePicks([a], 'accept');
      catalog.changePicks([b], { time: addSeconds(START, 20.3) });
      catalog.decidePicks([c], 'reject');
      catalog.removePicks([d]);
      catalog.addPick({ ...manualPick, time: addSeconds(START, 70) });
    });
    const { groups, runId, thresholds, stations } = await page.call('review.summary', {});
    const one = groups.find(({ kind }) => kind === 'run');
    expect(one?.phases[0]).toMatchObject({ found: 5, accepted: 1, moved: 1, rejected: 2, waiting: 1, added: 1 }); // prettier-ignore
    expect(one?.phases[0]?.movedS.mean).toBeCloseTo(0.3, 6);
    expect(runId).toBe(1);
    expect(stations.map(({ name }) => name)).toEqual(['XX.ABC']);
    expect(thresholds[0]).toMatchObject({ phase: 'P', inForce: 0.3, suggested: null, note: 'too few to tune' }); // prettier-ignore
    expect(await failure(page.call('review.summary', { runId: 9 }))).toMatchObject({ code: 'not-found' }); // prettier-ignore
  });

  test('what a rerun cleared unseen is nobody’s verdict; a replaced pick has moved', async () => {
    const page = await opened((catalog) => {
      const [a = 0] = run(catalog, 'one', [
        { s: 10, p: 0.9 },
        { s: 30, p: 0.4 },
      ]);
      catalog.addPick({ ...manualPick, time: addSeconds(START, 10.2) }, { replacing: a });
      run(catalog, 'one', [{ s: 50, p: 0.9 }]);
    });
    const { groups } = await page.call('review.summary', {});
    const of = (name: string) => groups.find((group) => group.name === name)?.phases[0];
    expect(of('run 1')).toMatchObject({ found: 1, moved: 1, rejected: 0, added: 0 });
    expect(of('run 2')).toMatchObject({ found: 1, waiting: 1, added: 1 });
  });
});

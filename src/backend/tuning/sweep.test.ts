// Sweeps and the locked part as a page uses them.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  CHANNELS,
  failure,
  type Page,
  START,
  temporaryBackends,
} from '../../../test/backendPage.ts';
import { addSeconds } from '../../base/time.ts';
import type { Args } from '../../contract/api.ts';
import type { PickSetRef } from '../../contract/messages/comparison.ts';
import { formatNslc, parseNslc } from '../../domain/waveform/nslc.ts';
import { CurveWriter } from '../curves/curveStore.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';

const { folder, data, start } = temporaryBackends();
const day = join(data, 'onsets');
const SECONDS = 600;
const RATE_HZ = 100;

/** Noise with an onset every 25 s, each weaker than the one before: picks of all probabilities. */
function onsets(channel: string, station: string): Uint8Array {
  let state = 7 + CHANNELS.indexOf(channel);
  const noise = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const samples = Int32Array.from({ length: SECONDS * RATE_HZ }, (_, i) => {
    const [number, since] = [Math.floor(i / 2500), (i % 2500) - 1000];
    const wave = since > 0 ? 3000 * 0.75 ** number * Math.exp(-since / 500) : 0;
    return Math.round(200 * noise() + wave * Math.sin(since / 3));
  });
  const stream = parseNslc(`XX.${station}..${channel}`);
  return writeMiniseed2([{ stream, startNs: START, sampleRateHz: RATE_HZ, samples }]);
}

mkdirSync(day);
for (const station of ['ABC', 'DEF']) {
  for (const channel of CHANNELS) {
    writeFileSync(join(day, `${station}-${channel}.mseed`), onsets(channel, station));
  }
}
const tolerance = { P: 0.5, S: 0.5 };

async function opened(): Promise<{ page: Page; runId: number }> {
  const page = await start();
  await page.addFiles(page.backend.grants.grant(day));
  return { page, runId: await run(page, {}) };
}

async function run(page: Page, settings: object): Promise<number> {
  const { jobId, runId } = await page.call('model.run', {
    ...{ modelId: 'onset-1', streamKeys: undefined, window: undefined },
    settings: { thresholds: { P: 0.05, S: 0.05 }, ...settings },
  });
  await page.ended(jobId);
  return runId;
}

/** What the run found from a probability on, as the truth. */
async function truth(page: Page, runId: number, from: number): Promise<PickSetRef> {
  const { picks } = await page.call('catalog.listPicks', { runId, probabilityFrom: from });
  expect(picks.length).toBeGreaterThan(0);
  const rows = picks.map(({ stream, time, phase }) => `${formatNslc(stream)},${time},${phase}`);
  const path = join(folder, 'truth.csv');
  writeFileSync(path, ['stream,timeNs,phase', ...rows, ''].join('\n'));
  return { kind: 'file', file: page.backend.grants.grant(path) };
}

async function swept(page: Page, args: Omit<Args<'tuning.sweep'>, 'tolerance' | 'withinData'>) {
  const started = await page.call('tuning.sweep', { tolerance, withinData: true, ...args });
  const job = await page.ended(started.jobId);
  const report = await page.call('tuning.sweepReport', { jobId: started.jobId });
  return { job, report, ...started };
}

async function cacheFolder(page: Page): Promise<string> {
  return `${(await page.call('session.get', {})).projectPath}-cache`;
}

/** Turns a bit of the curves kept of a station. */
async function damageCurves(page: Page, station: string): Promise<void> {
  const curves = join(await cacheFolder(page), 'curves');
  const run = join(curves, readdirSync(curves)[0]!);
  const file = join(
    run,
    readdirSync(run).find((name) => name.includes(station))!,
  );
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 0x10;
  writeFileSync(file, bytes);
}

describe('a sweep', () => {
  test('scores each point as a run with its values, from kept curves where they answer', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.3);
    const parameters = { P: [0.05, 0.3, 0.9], S: [0.05, 0.3], stacking: ['avg', 'max'] };
    const asked = { runId, reference, sweep: { method: 'grid', parameters } };
    const { job, report, planned } = await swept(page, asked);
    expect(job.state, job.detail).toBe('done');
    expect([planned, report.total, report.planned, report.ended]).toEqual([12, 12, 12, true]);
    expect(report.names).toEqual(['P', 'S', 'stacking']);
    for (const { point, result } of report.rows) {
      expect(result?.fromInference).toBe(point.stacking === 'max');
    }
    const best = report.rows[report.best!]!;
    expect(best.point).toEqual({ P: 0.3, S: 0.3, stacking: 'avg' });
    expect(best.value).toBe(1);
    expect(best.result?.falsePerHour.all).toBe(0);
    expect(report.front).toContain(report.best);
    const loose = report.rows[0]!.result!;
    expect(loose.all.extra).toBeGreaterThan(0);
    // Ten minutes at each of two stations.
    expect(loose.falsePerHour.all).toBeCloseTo(loose.all.extra * 3, 6);
    const hashes = report.rows.map(({ result }) => result!.setHash);
    expect(new Set(hashes).size).toBe(12);

    const last = report.rows.findLastIndex(({ point }) => point.P === 0.05);
    const { point, result } = report.rows[last]!;
    const dense = await run(page, { stacking: 'max', thresholds: { P: 0.05, S: point.S } });
    const { report: batch } = await page.call('evaluation.score', {
      ...{ reference, picks: { kind: 'run', runId: dense }, tolerance, withinData: true },
    });
    expect({ P: result!.P, S: result!.S, all: result!.all }).toEqual({
      ...{ P: batch.P, S: batch.S, all: batch.all },
    });
    const { runs } = { runs: await page.call('run.list', {}) };
    expect(runs.at(-1)?.setHash).toMatch(/^[0-9a-f]{64}$/);
    const saved = await page.call('set.get', {
      set: { kind: 'run', runId, changes: { point } },
    });
    expect(saved.hash).toBe(result!.setHash);
    // Curves that were made for it alone are gone.
    const cache = readdirSync(await cacheFolder(page));
    expect(cache.filter((name) => name.startsWith('sweep'))).toEqual([]);
  });

  test('runs the network too where kept curves do not reach low enough', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.3);
    const sweep = { method: 'grid', parameters: { P: [0.004, 0.3] } };
    const { report } = await swept(page, { runId, reference, sweep });
    expect(report.rows.map(({ result }) => result?.fromInference)).toEqual([true, false]);
    expect(report.rows[0]!.result!.P.picks).toBeGreaterThan(report.rows[1]!.result!.P.picks);
  });

  test('runs the network in the place of damaged curves, and says so', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.3);
    await damageCurves(page, 'DEF');
    const sweep = { method: 'grid', parameters: { P: [0.05, 0.3] } };
    const { report } = await swept(page, { runId, reference, sweep });
    expect(report.warnings.join()).toMatch(/XX\.DEF.*damaged/);
    expect(report.rows.map(({ result }) => result?.fromInference)).toEqual([true, true]);
    const { report: batch } = await page.call('evaluation.score', {
      ...{ reference, picks: { kind: 'run', runId }, tolerance, withinData: true },
    });
    expect(report.rows[0]!.result!.all).toEqual(batch.all);
  });

  test('costs a point that cannot be, and refuses parameters that are not there', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.3);
    const bad = { method: 'grid', parameters: { overlap: [0.5, 5000] } };
    const { report } = await swept(page, { runId, reference, sweep: bad });
    expect(report.rows[1]).toMatchObject({ result: undefined, value: null });
    expect(report.rows[1]!.error).toMatch(/overlap 5000 is not usable/);
    const unknown = { runId, reference, sweep: { method: 'grid', parameters: { depth: [1] } } };
    const error = await failure(
      page.call('tuning.sweep', { tolerance, withinData: true, ...unknown }),
    );
    expect(error.message).toMatch(/no setting "depth"/);
  });

  test('of an ensemble picks its common curve again, and says what it cannot do', async () => {
    const { page } = await opened();
    const started = await page.call('model.runEnsemble', {
      ...{ rule: 'mean', models: [{ modelId: 'onset-1' }], shifts: 2 },
      ...{ streamKeys: undefined, window: undefined, settings: { thresholds: { P: 0.05 } } },
    });
    await page.ended(started.jobId);
    const { runId } = started;
    const reference = await truth(page, runId, 0.3);
    const sweep = { method: 'grid', parameters: { P: [0.05, 0.3], overlap: [0.25] } };
    const { report } = await swept(page, { runId, reference, sweep });
    expect(report.rows.map(({ error }) => error)).toEqual([
      expect.stringMatching(/of an ensemble/),
      expect.stringMatching(/of an ensemble/),
    ]);
    const thresholds = { method: 'grid', parameters: { P: [0.05, 0.3] } };
    const again = await swept(page, { runId, reference, sweep: thresholds });
    const [loose, strict] = again.report.rows.map(({ result }) => result!);
    expect(loose!.P.picks).toBeGreaterThan(strict!.P.picks);
    expect(strict!.setHash).not.toBe(loose!.setHash);
    const ways = { method: 'grid', parameters: { 'ensemble.rule': ['mean', 'noisy-or', 'max'] } };
    const { rows } = (await swept(page, { runId, reference, sweep: ways })).report;
    const [mean, noisy, max] = rows.map(({ result }) => result!);
    expect(rows.map(({ result }) => result!.fromInference)).toEqual([false, false, false]);
    expect(noisy!.all.picks).toBeGreaterThanOrEqual(max!.all.picks);
    expect(max!.all.picks).toBeGreaterThanOrEqual(mean!.all.picks);
    expect(new Set(rows.map(({ result }) => result!.setHash)).size).toBe(3);
    const alone = { method: 'grid', parameters: { 'ensemble.rule': ['vote'] } };
    const asked = { tolerance, withinData: true, runId, reference, sweep: alone };
    expect((await failure(page.call('tuning.sweep', asked))).message).toMatch(
      /median or noisy-or or semblance/,
    );
  });

  test('on a full disk loses the sets that need the disk alone, and says what to do', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.3);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      ...{ code: 'ENOSPC', syscall: 'write' },
    });
    // Full for the first set that needs the network; then somebody makes room.
    const seal = vi.spyOn(CurveWriter.prototype, 'seal').mockRejectedValueOnce(full);
    const parameters = { stacking: ['max', 'avg'], P: [0.3, 0.05] };
    const { report, job } = await swept(page, {
      ...{ runId, reference, sweep: { method: 'grid', parameters } },
    }).finally(() => seal.mockRestore());
    expect(job.state).toBe('done');
    expect(report.ended).toBe(true);
    const words = 'the disk is full; make room and sweep these again';
    expect(report.rows[0]).toMatchObject({ result: undefined, error: words });
    expect(report.warnings.join()).toMatch(new RegExp(`${words} \\(.*sweep-.*\\)`));
    expect(report.rows.map(({ result }) => result?.fromInference)).toEqual([
      ...[undefined, true, false, false],
    ]);
    expect(report.suggestions.length).toBeGreaterThan(0);
    expect(readdirSync(await cacheFolder(page)).filter((name) => name.startsWith('sweep'))).toEqual(
      [],
    );
    const kept = await page.call('tuning.repick', { runId, settings: {} });
    expect(kept.warnings).toEqual([]);
  });

  test('keeps what was tried when it is cancelled', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.3);
    const parameters = { P: { from: 0.021, to: 0.99, step: 0.0005 } };
    const { jobId, planned } = await page.call('tuning.sweep', {
      ...{ runId, reference, tolerance, withinData: true, goal: 'P' },
      sweep: { method: 'random', n: 1500, seed: 3, parameters },
    });
    let report = await page.call('tuning.sweepReport', { jobId });
    while (report.total < 3) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      report = await page.call('tuning.sweepReport', { jobId });
    }
    await page.call('job.cancel', { jobId });
    expect((await page.ended(jobId)).state).toBe('cancelled');
    const kept = await page.call('tuning.sweepReport', { jobId, offset: 1, limit: 2 });
    expect(kept.ended).toBe(true);
    expect(kept.total).toBeGreaterThanOrEqual(3);
    expect(kept.total).toBeLessThan(planned);
    expect(kept.rows).toHaveLength(2);
    expect(kept.rows[0]!.result!.P.reference).toBeGreaterThan(0);
  });
});

describe('the locked part', () => {
  test('is not read by tuning, and shown once a set with its time', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.05);
    const sweep = { method: 'grid', parameters: { P: [0.05] } };
    const open = await swept(page, { runId, reference, sweep });
    const asked = { runId, reference, tolerance, withinData: true };
    expect((await failure(page.call('tuning.testScore', asked))).message).toMatch(
      /nothing is locked/,
    );
    await page.call('tuning.setLock', { lock: { windows: [], stations: ['XX.DEF'] } });
    const shut = await swept(page, { runId, reference, sweep });
    const all = open.report.rows[0]!.result!.all;
    const half = shut.report.rows[0]!.result!.all;
    expect([half.reference * 2, half.picks * 2]).toEqual([all.reference, all.picks]);
    expect(shut.report.locked).toBe(all.reference / 2);
    expect(shut.report.warnings.join()).toMatch(/lie in the locked part and are not read/);
    expect(shut.report.leakText).toBeUndefined();
    const live = await page.call('tuning.score', { runId, settings: {}, reference, tolerance });
    expect(live.report.scores.all.reference).toBe(half.reference);

    const first = await page.call('tuning.testScore', { ...asked, name: 'as run' });
    expect(first.first).toBe(true);
    expect(first.look.report.all).toMatchObject({ reference: half.reference, recall: 1 });
    expect(first.leakText).toMatch(/One set was scored/);
    const again = await page.call('tuning.testScore', {
      ...asked,
      reference: { kind: 'reviewed' },
    });
    expect(again).toEqual({ ...first, first: false });
    await page.call('tuning.testScore', { ...asked, changes: { thresholds: { P: 0.9 } } });
    const { lock, looks, leakText } = await page.call('tuning.getLock', {});
    expect(lock.stations).toEqual(['XX.DEF']);
    expect(looks.map(({ setName }) => setName)).toEqual(['as run', 'onset-1, run 1']);
    expect(leakText).toMatch(/2 sets were scored/);
    const file = await page.call('evaluation.score', {
      ...{ reference, picks: { kind: 'run', runId }, tolerance, withinData: true },
    });
    expect(file.report.all.reference).toBe(half.reference);
    await page.call('tuning.setLock', { lock: { windows: [], stations: [] } });
    const after = await page.call('tuning.getLock', {});
    expect(after.changes.map(({ lock: each }) => each.stations)).toEqual([['XX.DEF'], []]);
    expect(after.leakText).toMatch(/was unlocked after the first score/);
    await page.call('tuning.setLock', { lock });
    const needs = { ...asked, changes: { point: { stacking: 'max' } } };
    expect((await failure(page.call('tuning.testScore', needs))).message).toMatch(/run the set/);
  });

  test('is not scored on damaged curves: it would be the one score of that set', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.05);
    await page.call('tuning.setLock', { lock: { windows: [], stations: ['XX.DEF'] } });
    await damageCurves(page, 'DEF');
    const asked = { runId, reference, tolerance, withinData: true };
    const strict = { ...asked, changes: { thresholds: { P: 0.9 } } };
    const refused = await failure(page.call('tuning.testScore', strict));
    expect(refused.code).toBe('not-found');
    expect(refused.message).toMatch(/XX\.DEF.*damaged.*Run the model again/);
    expect((await page.call('tuning.getLock', {})).looks).toEqual([]);
    // As run it needs no curves: what it found is in the catalog.
    expect((await page.call('tuning.testScore', asked)).first).toBe(true);
    await page.call('tuning.setLock', { lock: { windows: [], stations: [] } });
  });

  test('looked at by two pages at once is scored once; what one changed the other does not undo', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.3);
    const before = { windows: [], stations: [] };
    const lock = { windows: [], stations: ['XX.DEF'] };
    await page.call('tuning.setLock', { lock, before });
    const other = { windows: [], stations: ['XX.ABC'] };
    const late = await failure(page.call('tuning.setLock', { lock: other, before }));
    expect(late.message).toMatch(/changed in another window meanwhile and nothing was changed/);
    expect((await page.call('tuning.getLock', {})).lock).toEqual(lock);

    const asked = { runId, tolerance, withinData: true };
    const ways = [reference, { kind: 'run', runId } as const];
    const looks = await Promise.all(
      ways.map((each) => page.call('tuning.testScore', { ...asked, reference: each })),
    );
    expect(looks.map(({ first }) => first).sort()).toEqual([false, true]);
    expect(looks[0]!.look).toEqual(looks[1]!.look);
    expect((await page.call('tuning.getLock', {})).looks).toEqual([looks[0]!.look]);
    await page.call('tuning.setLock', { lock: before, before: lock });
  });

  test('may be a span, and is refused when it is none', async () => {
    const { page, runId } = await opened();
    const reference = await truth(page, runId, 0.05);
    const sweep = { method: 'grid', parameters: { P: [0.05] } };
    const window = { startNs: START, endNs: addSeconds(START, 3600) };
    await page.call('tuning.setLock', { lock: { windows: [window], stations: [] } });
    const { report } = await swept(page, { runId, reference, sweep });
    expect(report.rows[0]!.result).toMatchObject({
      all: { reference: 0, picks: 0, recall: null },
      falsePerHour: { all: null },
    });
    expect(report.best).toBeUndefined();
    const empty = { windows: [{ startNs: START, endNs: START }], stations: [] };
    expect((await failure(page.call('tuning.setLock', { lock: empty }))).code).toBe('bad-input');
    const odd = { windows: [], stations: ['ABC'] };
    expect((await failure(page.call('tuning.setLock', { lock: odd }))).message).toMatch(/NET.STA/);
    await page.call('tuning.setLock', { lock: { windows: [], stations: [] } });
    expect((await page.call('tuning.getLock', {})).lock).toEqual({ windows: [], stations: [] });
  });
});

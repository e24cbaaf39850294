// A real backend on a temporary project, through the client, as a page uses it.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  failure,
  manualPick,
  Page,
  RATE_HZ,
  START,
  temporaryBackends,
  window,
} from '../../test/backendPage.ts';
import { writeCustomPack } from '../../test/customPack.ts';
import { writeDenoiserPack } from '../../test/denoiserPack.ts';
import { AppError } from '../base/appError.ts';
import { addSeconds } from '../base/time.ts';
import { api } from '../contract/api.ts';
import { DEFAULT_DETECTOR } from '../domain/event/detectorSettings.ts';
import { memoryTransportPair } from '../contract/memoryTransport.ts';

const { folder, data, start } = temporaryBackends();

describe('the contract', () => {
  const callNames = Object.entries(api)
    .filter(([, { kind }]) => kind === 'call')
    .map(([name]) => name)
    .sort();

  test('every call has a handler, and no handler is unlisted', async () => {
    const { backend } = await start();
    expect(Object.keys(backend.handlers).sort()).toEqual(callNames);
  });

  test('every call answers on a real project', async () => {
    const page = await start();
    await lookAround(page);
    await drawAndPick(page);
    await lookInto(page);
    await runSeveral(page);
    await keepModels(page);
    await denoiseAndFollow(page);
    await review(page);
    await score(page);
    await exchange(page);
    await detect(page);
    await tune(page);
    await changeProjects(page);
    expect([...page.called].sort()).toEqual(callNames);
  }, 120_000);
});

async function lookAround(page: Page): Promise<void> {
  expect(await page.call('session.get', {})).toMatchObject({
    readOnly: false,
    isSample: false,
    author: 'analyst',
    hintDismissed: false,
    dataFolders: [data],
  });
  await page.call('session.dismissHint', {});
  expect(await page.call('session.get', {})).toMatchObject({ hintDismissed: true });
  await page.call('settings.save', { scope: 'user', key: 'theme', value: 'dark' });
  await page.call('settings.save', { scope: 'project', key: 'filter', value: { lowHz: 2 } });
  expect(await page.call('settings.load', { scope: 'user' })).toMatchObject({ theme: 'dark' });
  expect(await page.call('settings.load', { scope: 'project' })).toEqual({ filter: { lowHz: 2 } });

  const top = await page.call('file.list', { folder: undefined });
  expect(top).toMatchObject({ parent: undefined, entries: [{ name: 'day', kind: 'folder' }] });
  expect(top.ref).toBe('data:0');
  const file = await page.call('file.create', { folder: 'data:0', name: 'new.mseed' });
  expect(file).toEqual({ file: 'data:0/new.mseed' });
  const taken = await failure(page.call('file.create', { folder: 'data:0', name: 'day' }));
  expect(taken.message).toContain('day is there already');
  const day = await page.call('file.list', { folder: top.entries[0]!.ref });
  expect(day.parent).toBe('data:0');
  expect(day.entries.map(({ name }) => name)).toEqual(['HHE.mseed', 'HHN.mseed', 'HHZ.mseed']);
  expect(await page.addFiles(...day.entries.map(({ ref }) => ref))).toMatchObject({
    state: 'done',
  });
  const rescan = await page.call('source.rescan', {});
  expect(await page.ended(rescan.jobId)).toMatchObject({ state: 'done' });
  const sources = await page.call('source.list', {});
  expect(sources.files).toHaveLength(3);
  expect(sources.streams.map(({ streamKey }) => streamKey).sort()).toEqual([
    'XX.ABC..HHE',
    'XX.ABC..HHN',
    'XX.ABC..HHZ',
  ]);
}

async function detect(page: Page): Promise<void> {
  const settings = DEFAULT_DETECTOR;
  await page.call('detector.preview', { settings, streamKeys: ['XX.ABC..HHZ'], window, widthPx: 900 }); // prettier-ignore
  const detected = await page.call('detector.run', { settings, streamKeys: undefined, window });
  expect(await page.ended(detected.jobId)).toMatchObject({ state: 'done' });
  await page.call('detector.retrigger', { runId: detected.runId, changes: { onLevel: 4 } });
  const near = { streamKey: 'XX.ABC..HHZ', near: addSeconds(START, 40), reachS: 3 };
  const proposed = await page.call('detector.propose', {
    ...{ ...near, method: 'aic', filter: undefined },
  });
  expect(proposed.reason).toBeUndefined();
}

async function drawAndPick(page: Page): Promise<void> {
  const asked = { streamKeys: ['XX.ABC..HHZ'], window, filter: undefined, demean: true };
  let [trace] = await page.call('waveform.window', { ...asked, widthPx: 900 });
  while (trace?.state === 'loading') {
    await new Promise<void>((resolve) => {
      const stop = page.client.on('source.changed', () => (stop(), resolve()));
    });
    [trace] = await page.call('waveform.window', { ...asked, widthPx: 900 });
  }
  expect(trace).toMatchObject({ state: 'complete', sampleRateHz: RATE_HZ });
  expect(trace!.parts[0]!.values.length).toBeGreaterThan(900);

  expect((await page.call('model.list', {}))[0]).toMatchObject({
    id: 'onset-1',
    problem: undefined,
  });
  const everything = { window: undefined, settings: { thresholds: { P: 0.05, S: 0.05 } } };
  await page.call('model.prepare', { modelId: 'onset-1' });
  const { jobId, runId } = await page.call('model.run', {
    modelId: 'onset-1',
    streamKeys: undefined,
    ...everything,
  });
  expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
  expect(await page.call('job.list', {})).toContainEqual(expect.objectContaining({ id: jobId }));
  await page.call('job.cancel', { jobId });
  const runs = await page.call('run.list', {});
  expect(runs).toMatchObject([{ id: runId, modelId: 'onset-1', state: 'done' }]);
  const curves = await page.call('probability.window', {
    sensorKeys: ['XX.ABC..HH'],
    window,
    widthPx: 900,
    runId,
  });
  expect(curves.map(({ phase }) => phase).sort()).toEqual(['P', 'S']);
  const { windows } = await page.call('model.stats', {});
  expect(windows).toBeGreaterThan(0);
  const again = await page.call('tuning.repick', { runId, settings: {}, histograms: true });
  expect(again).toMatchObject({
    sensorKeys: ['XX.ABC..HH'],
    labels: ['P', 'S'],
    lowestThresholds: { P: 0.02, S: 0.02 },
    warnings: [],
  });
  expect(again.timesNs).toBeInstanceOf(BigInt64Array);
  expect(again.timesNs).toHaveLength(runs[0]!.pickCount);
  const tolerance = { P: 0.5, S: 0.5 };
  const reference = { kind: 'run', runId } as const;
  const scored = await page.call('tuning.score', { runId, settings: {}, reference, tolerance });
  expect(scored.report.scores.all).toMatchObject({ missed: 0, extra: 0 });
  expect(await page.call('model.stats', {})).toEqual({ windows });
}

async function runSeveral(page: Page): Promise<void> {
  const { jobId, runId } = await page.call('model.runEnsemble', {
    ...{ rule: 'max', models: [{ modelId: 'onset-1' }], shifts: 2 },
    ...{ streamKeys: undefined, window: undefined, settings: { thresholds: { P: 0.05 } } },
  });
  expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
  const scatter = await page.call('run.scatter', { runId });
  expect(scatter.length).toBeGreaterThan(0);
  const [cpu] = await page.call('model.providers', { modelId: 'onset-1' });
  expect(cpu).toMatchObject({ name: 'cpu', state: 'ready' });
}

async function lookInto(page: Page): Promise<void> {
  const [run] = await page.call('run.list', {});
  const { picks } = await page.call('catalog.listPicks', { runId: run!.id });
  const { time, phase } = picks[0]!;
  const at = { runId: run!.id, sensorKey: 'XX.ABC..HH', time };
  const input = await page.call('model.windowInput', { modelId: 'onset-1', ...at });
  expect(input.rows.map(({ component }) => component)).toEqual(['Z', 'N', 'E']);
  expect(await page.call('run.explain', { ...at, phase })).toMatchObject({ picked: true });
  const a = { kind: 'run', runId: run!.id } as const;
  const compared = await page.call('run.compare', { a, b: { kind: 'reference' }, toleranceS: 0.5 });
  expect(compared.onsets.length).toBe(run!.pickCount);
  const [size] = await page.call('run.curveSizes', {});
  expect(size).toMatchObject({ runId: run!.id });
  expect(size!.bytes).toBeGreaterThan(0);
  const [received] = (
    await page.call('file.receive', { files: [{ name: 'a.csv', bytes: new Uint8Array([48]) }] })
  ).files;
  expect(received).toMatch(/^grant:/);
  const target = page.backend.grants.grant(join(folder, 'curves.json'));
  const { jobId } = await page.call('model.annotate', {
    ...{ modelId: 'onset-1', streamKeys: undefined, window: undefined, settings: undefined },
    target,
  });
  await page.ended(jobId);
  expect((await page.call('model.annotateReport', { jobId })).curves).toBeGreaterThan(0);
  // Without a group of files there is nothing to scan, and nothing to report.
  const scan = await page
    .call('archive.scan', {
      ...{ modelId: 'onset-1', weights: undefined, program: 'gpd', groups: [], options: {} },
      ...{ printPrecision: undefined, out: target, plots: undefined, scores: undefined },
      allowTestModel: false,
    })
    .catch((error: unknown) => error as AppError);
  expect(scan).toBeInstanceOf(AppError);
  const report = await failure(page.call('archive.report', { jobId: 'job-0' }));
  expect(report.code).toBe('not-found');
}

async function keepModels(page: Page): Promise<void> {
  const pack = page.backend.grants.grant(writeCustomPack(join(folder, 'my-picker')));
  expect(await page.call('model.recognise', { files: [pack] })).toEqual({ files: [pack] });
  expect(await page.call('model.describe', { folder: pack })).toMatchObject({ id: 'my-picker' });
  const { jobId } = await page.call('model.import', { files: [pack] });
  expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
  const [imported] = await page.call('model.importReport', { jobId });
  expect(imported).toMatchObject({ modelId: 'my-picker', error: undefined });
  const verifying = await page.call('model.verify', { modelIds: ['my-picker'] });
  await page.ended(verifying.jobId);
  const [verified] = await page.call('model.verifyReport', verifying);
  expect(verified).toMatchObject({ modelId: 'my-picker', parity: { verdict: 'pass' } });
  await page.call('model.remove', { modelId: 'my-picker' });
}

async function denoiseAndFollow(page: Page): Promise<void> {
  const pack = join(folder, 'denoiser');
  writeDenoiserPack(pack);
  const whole = { streamKeys: undefined, window: undefined, settings: undefined };
  const { jobId } = await page.call('model.denoise', {
    ...{ modelId: 'denoiser', folder: page.backend.grants.grant(pack), allowTestModel: true },
    ...{ ...whole, location: 'DN' },
    target: page.backend.grants.grant(join(folder, 'quiet.mseed')),
  });
  expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
  expect((await page.call('model.denoiseReport', { jobId })).traces).toBe(3);
  const followed = await page.call('follow.begin', { modelId: 'onset-1', settings: undefined });
  expect(await page.call('follow.store', { ...followed, picks: [] })).toEqual({ added: 0 });
  await page.call('follow.finish', { ...followed, state: 'done', skipped: [], notes: [] });
  const { runId } = followed;
  expect((await page.call('run.list', {})).find(({ id }) => id === runId)?.state).toBe('done');
}

async function review(page: Page): Promise<void> {
  const added = await page.call('catalog.addPick', { pick: manualPick });
  const id = added.picks[0]!.id;
  expect(added.picks[0]).toMatchObject({ state: 'manual', author: 'analyst', phase: 'P' });
  const listed = await page.call('catalog.listPicks', { states: ['manual'] });
  expect(listed).toMatchObject({ total: 1, picks: [{ id }] });
  expect((await page.call('catalog.countPicks', {})).byState.manual).toBe(1);
  const density = await page.call('catalog.pickDensity', { window, binCount: 9 });
  expect(density.p).toBeInstanceOf(Uint32Array);
  expect(density.p[4]).toBeGreaterThanOrEqual(1);
  await page.call('catalog.changePicks', { pickIds: [id], change: { polarity: 'up' } });
  await page.call('catalog.decidePicks', { pickIds: [id], decision: 'reject' });
  expect((await page.call('catalog.pickHistory', { pickId: id })).length).toBeGreaterThan(1);
  expect((await page.call('catalog.undo', {})).picks[0]).toMatchObject({ state: 'manual' });
  expect((await page.call('catalog.redo', {})).picks[0]).toMatchObject({ state: 'rejected' });
  await page.call('catalog.undo', {});
  expect((await page.call('catalog.undoState', {})).redoLabel).toBeDefined();
  const origin = {
    time: addSeconds(START, 35),
    latitudeDeg: 48.1,
    longitudeDeg: -122.7,
    depthM: 20_000,
    timeUncertaintyS: undefined,
    method: 'by hand',
  };
  const made = await page.call('catalog.makeEvent', { pickIds: [id], origin: undefined });
  await page.call('catalog.changeEvent', { eventId: made.eventId, origin, pickIds: undefined });
  const events = await page.call('catalog.listEvents', { window: undefined });
  expect(events).toMatchObject([{ id: made.eventId, origin, pickIds: [id] }]);
  const other = await page.call('catalog.makeEvent', { pickIds: [], origin });
  await page.call('catalog.removeEvent', { eventId: other.eventId });
  const spare = await page.call('catalog.addPick', { pick: { ...manualPick, phase: 'S' } });
  await page.call('catalog.removePicks', { pickIds: [spare.picks[0]!.id] });
  const { picks, gain } = await page.call('review.queue', { limit: 5 });
  expect(picks.length).toBeGreaterThan(0);
  expect(gain.decisions.at(-1)).toBeGreaterThan(0);
  const { groups } = await page.call('review.summary', {});
  expect(groups.map(({ kind }) => kind)).toContain('run');
}

async function score(page: Page): Promise<void> {
  const [run] = await page.call('run.list', {});
  const asked = {
    reference: { kind: 'reviewed' },
    picks: { kind: 'run', runId: run!.id },
    tolerance: { P: 0.5, S: 0.5 },
    withinData: true,
  } as const;
  const { report, warnings } = await page.call('evaluation.score', asked);
  expect(report.all).toMatchObject({ reference: 1, picks: run!.pickCount });
  expect(warnings).toEqual([]);
  const drawn = await page.call('evaluation.report', asked);
  expect(drawn.report.scores).toEqual(report);
  expect(drawn.report).toMatchObject({ observedS: 90 });
}

async function tune(page: Page): Promise<void> {
  const [run] = await page.call('run.list', {});
  const own = { kind: 'run', runId: run!.id } as const;
  const { hash } = await page.call('set.get', { set: own });
  expect(hash).toBe(run!.setHash);
  const changed = { ...own, changes: { thresholds: { P: 0.2 } } };
  const saved = await page.call('set.save', { set: changed, name: 'strict', note: '' });
  const set = { kind: 'saved', setId: saved.id } as const;
  expect((await page.call('set.diff', { a: own, b: set }))[0]?.text).toContain('0.05 → 0.2');
  const file = page.backend.grants.grant(join(folder, 'strict.json'));
  const written = await page.call('set.export', { set, target: file });
  const { text } = await page.call('set.render', { set });
  expect(written.sizeBytes).toBe(text.length);
  expect(await page.call('set.apply', { set })).toMatchObject([{ runId: run!.id }]);
  await page.call('set.remove', { setId: saved.id });
  expect(await page.call('set.list', {})).toEqual([]);
  expect((await page.call('set.import', { file })).hash).toBe(saved.hash);

  const asked = { runId: run!.id, reference: own, tolerance: { P: 0.5, S: 0.5 }, withinData: true };
  const sweep = { method: 'grid', parameters: { P: [0.05, 0.9] } };
  const { jobId } = await page.call('tuning.sweep', { ...asked, sweep });
  await page.ended(jobId);
  expect(await page.call('tuning.sweepReport', { jobId })).toMatchObject({ total: 2, best: 0 });
  await page.call('tuning.setLock', { lock: { windows: [window], stations: [] } });
  expect(await page.call('tuning.testScore', asked)).toMatchObject({ first: true });
  expect((await page.call('tuning.getLock', {})).looks).toHaveLength(1);
  await page.call('tuning.setLock', { lock: { windows: [], stations: [] } });
  const { runs } = await page.call('set.run', { set: own });
  for (const started of runs) await page.ended(started.jobId);
}

async function exchange(page: Page): Promise<void> {
  const request = { format: 'quakeml', includeRejected: true } as const;
  expect(await page.call('export.preview', request)).toMatchObject({ events: 1 });
  const [run] = await page.call('run.list', {});
  const { bytes } = await page.call('export.pickTable', { runId: run!.id, program: 'phasenet' });
  const [header, first] = new TextDecoder().decode(bytes).split('\n');
  expect(header).toMatch(/^station_id,begin_time,.*phase_amplitude$/);
  expect(first).toMatch(/^XX\.ABC\.\.HH,.*,\d+,.*,0\.\d{3},[PS],.*,\d\.\d{3}e[+-]\d\d$/);
  const rendered = await page.call('export.render', request);
  expect(new TextDecoder().decode(rendered.bytes)).toContain('<pick ');
  const target = page.backend.grants.grant(join(folder, 'out.xml'));
  const written = await page.call('export.write', { ...request, target });
  expect(written.sizeBytes).toBe(readFileSync(join(folder, 'out.xml')).length);
  const before = await page.call('catalog.countPicks', {});
  await page.call('catalog.removePicks', { pickIds: [1] }).catch(() => undefined);
  const report = await page.call('import.files', { files: [target] });
  expect(report.picks).toBeGreaterThan(0);
  expect((await page.call('catalog.countPicks', {})).total).toBeGreaterThanOrEqual(before.total);
}

async function changeProjects(page: Page): Promise<void> {
  const told: string[] = [];
  page.client.on('session.changed', ({ projectName }) => told.push(projectName));
  const place = page.backend.grants.grant(folder);
  const created = await page.call('project.create', { folder: place, name: 'second' });
  expect(created).toMatchObject({ projectPath: join(folder, 'second.onset') });
  expect((await page.call('catalog.countPicks', {})).total).toBe(0);
  const again = await failure(page.call('project.create', { folder: place, name: 'second' }));
  expect(again.message).toContain('second.onset is there already');
  const file = page.backend.grants.grant(join(folder, 'project-1.onset'));
  expect(existsSync(join(folder, 'second.onset'))).toBe(true);
  await page.call('project.open', { file }).catch(() => undefined);
  const sample = await page.call('project.openSample', {});
  expect(sample).toMatchObject({ isSample: true, readOnly: false });
  expect(told.length).toBeGreaterThanOrEqual(2);
}

describe('pages', () => {
  test('all hear of an edit that one made, and one that was away is told what it missed', async () => {
    const page = await start();
    const other = new Page(page.backend);
    await other.client.ready();
    const heard: number[] = [];
    other.client.on('catalog.changed', ({ revision }) => heard.push(revision));
    const { revision } = await page.call('catalog.addPick', { pick: manualPick });
    await other.call('session.get', {});
    expect(heard).toEqual([revision]);

    other.client.close();
    const later = await page.call('catalog.addPick', { pick: { ...manualPick, phase: 'S' } });
    const [here, there] = memoryTransportPair();
    page.backend.connect(there);
    await other.client.connect(here);
    await other.call('session.get', {});
    expect(heard).toEqual([revision, later.revision]);
  });
});

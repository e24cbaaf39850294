// Sets as a page uses them: saved of a run, compared, carried to another project and run again to the same picks.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  CHANNELS,
  failure,
  mseed,
  type Page,
  temporaryBackends,
} from '../../../test/backendPage.ts';
import type { SetRef } from '../../contract/messages/comparison.ts';
import { calibrate } from '../../domain/evaluation/calibration.ts';
import { DEFAULT_DETECTOR } from '../../domain/event/detectorSettings.ts';
import type { Pick } from '../../domain/event/pick.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { setJson } from '../../domain/parameterSet/parameterSet.ts';

const { folder, data, start } = temporaryBackends();
const day = join(data, 'day');
// A second station, for thresholds and stations of one of them.
for (const channel of CHANNELS) {
  writeFileSync(join(day, `DEF-${channel}.mseed`), mseed(channel, 'DEF'));
}

const grant = (page: Page, path: string) => page.backend.grants.grant(path);

async function opened(): Promise<Page> {
  const page = await start();
  await page.addFiles(grant(page, day));
  return page;
}

async function run(page: Page, settings: Partial<RunSettings> = {}): Promise<number> {
  const { jobId, runId } = await page.call('model.run', {
    ...{ modelId: 'onset-1', streamKeys: undefined, window: undefined },
    settings: { thresholds: { P: 0.05, S: 0.05 }, ...settings },
  });
  expect((await page.ended(jobId)).state).toBe('done');
  return runId;
}

async function rerun(page: Page, set: SetRef) {
  const { runs, differences } = await page.call('set.run', { set });
  for (const { jobId } of runs) expect((await page.ended(jobId)).state).toBe('done');
  return { runId: runs[0]!.runId, differences };
}

async function picksOf(page: Page, runId: number): Promise<readonly Pick[]> {
  return (await page.call('catalog.listPicks', { runId })).picks;
}

/** In an order of their own: stations are picked side by side, and the two have the same onsets. */
const told = (picks: readonly Pick[]) =>
  picks
    .map(({ stream, time, phase, probability, lowerUncertaintyS }) => {
      return { stream, time, phase, probability, lowerUncertaintyS };
    })
    .sort((a, b) => Number(a.time - b.time) || a.stream.station.localeCompare(b.stream.station));

describe('a set of a run', () => {
  test('is run again in another project to the same picks, and every pick names it', async () => {
    const page = await opened();
    const runId = await run(page);
    const picks = await picksOf(page, runId);
    expect(picks.length).toBeGreaterThan(1);
    const file = join(folder, 'run.json');
    const ref = { kind: 'run', runId } as const;
    await page.call('set.export', { set: ref, target: grant(page, file), name: 'as run' });
    const details = await page.call('set.get', { set: ref });
    expect(details.content).toMatchObject({
      provider: 'cpu',
      stations: ['ABC', 'DEF'].flatMap((s) => ['HHE', 'HHN', 'HHZ'].map((c) => `XX.${s}..${c}`)),
      models: [{ id: 'onset-1', settings: { thresholds: { P: 0.05, S: 0.05 } } }],
    });
    expect(details.content.window).toBeDefined();
    expect(new Set(picks.map(({ setHash }) => setHash))).toEqual(new Set([details.hash]));

    const elsewhere = await opened();
    const again = await rerun(elsewhere, { kind: 'file', file: grant(elsewhere, file) });
    expect(again.differences).toEqual([]);
    const same = await picksOf(elsewhere, again.runId);
    expect(told(same)).toEqual(told(picks));
    expect(same[0]!.setHash).toBe(details.hash);
    const { total } = await elsewhere.call('catalog.listPicks', { setHash: details.hash });
    expect(total).toBe(same.length);
    expect((await elsewhere.call('catalog.listPicks', { setHash: '0'.repeat(64) })).total).toBe(0);
  });

  test('with changes picks what the live bench showed, stations with their own thresholds too', async () => {
    const page = await opened();
    const runId = await run(page);
    const changes = {
      thresholds: { P: 0.3 },
      sensorThresholds: { 'XX.ABC': { P: 0.99 }, 'XX.DEF..HH': { S: 0.07 } },
    };
    const live = await page.call('tuning.repick', { runId, settings: changes });
    const saved = await page.call('set.save', {
      ...{ set: { kind: 'run', runId, changes }, name: 'strict', note: 'fewer' },
    });
    expect(saved).toMatchObject({ name: 'strict', version: 1, parent: undefined, runIds: [] });
    const { runId: second } = await rerun(page, { kind: 'saved', setId: saved.id });
    const picks = await picksOf(page, second);
    const shown = Array.from(live.timesNs, (time, i) => ({
      ...{ time, phase: live.labels[live.phases[i]!], probability: live.probabilities[i] },
      sensor: live.sensorKeys[live.sensors[i]!],
    }));
    expect(shown.some(({ sensor }) => sensor === 'XX.DEF..HH')).toBe(true);
    expect(shown.some(({ sensor, phase }) => sensor === 'XX.ABC..HH' && phase === 'P')).toBe(false);
    const order = (a: { time: bigint; sensor: string | undefined }, b: typeof a) =>
      `${a.sensor} ${a.time}` < `${b.sensor} ${b.time}` ? -1 : 1;
    const stored = picks.map(({ stream, time, phase, probability }) => ({
      ...{ time, phase, probability, sensor: `${stream.network}.${stream.station}..HH` },
    }));
    expect(stored.toSorted(order)).toEqual(shown.toSorted(order));
    expect(picks.find(({ stream }) => stream.station === 'DEF')?.setHash).toBe(saved.hash);
    expect((await page.call('set.list', {}))[0]).toMatchObject({ runIds: [second] });
    // The first run's curves answer the set: sliders need no network.
    expect(await page.call('set.apply', { set: { kind: 'saved', setId: saved.id } })).toMatchObject(
      [{ modelId: 'onset-1', runId: second, settings: { thresholds: { P: 0.3 } } }],
    );
  });

  test('applies a calibration to the probabilities, never to the thresholds', async () => {
    const page = await opened();
    const runId = await run(page);
    const calibration = { P: { kind: 'temperature', temperature: 2 } } as const;
    const found = await page.call('tuning.repick', { runId, settings: {} });
    const { runId: second } = await rerun(page, { kind: 'run', runId, changes: { calibration } });
    const after = await picksOf(page, second);
    expect(after).toHaveLength(found.timesNs.length);
    const p = after.find(({ phase }) => phase === 'P')!;
    const raw = found.probabilities[found.timesNs.indexOf(p.time)]!;
    const logit = Math.log(raw / (1 - raw));
    expect(p.probability).toBeCloseTo(1 / (1 + Math.exp(-logit / 2)), 6);
    expect(p.method).toContain('probability calibrated');
    expect(after.find(({ phase }) => phase === 'S')?.method ?? '').not.toContain('calibrated');
  });
});

describe('a set of another kind', () => {
  test('an ensemble is run again to the same picks, and saved with other thresholds', async () => {
    const page = await opened();
    const { jobId, runId } = await page.call('model.runEnsemble', {
      ...{ rule: 'median', models: [{ modelId: 'onset-1' }], shifts: 3 },
      ...{ streamKeys: undefined, window: undefined },
      settings: { thresholds: { P: 0.05, S: 0.05 } },
    });
    expect((await page.ended(jobId)).state).toBe('done');
    const picks = await picksOf(page, runId);
    expect(picks.length).toBeGreaterThan(0);
    const ref = { kind: 'run', runId } as const;
    const { content, hash, check } = await page.call('set.get', { set: ref });
    expect(check).toMatchObject({ hashMatches: true, obstacles: [], differences: [] });
    expect(content.models.map(({ id }) => id)).toEqual(['onset-1']);
    expect(content.ensemble).toMatchObject({ rule: 'median', members: [{}, {}, {}] });
    const file = join(folder, 'ensemble.json');
    await page.call('set.export', { set: ref, target: grant(page, file) });
    const elsewhere = await opened();
    const again = await rerun(elsewhere, { kind: 'file', file: grant(elsewhere, file) });
    const same = await picksOf(elsewhere, again.runId);
    expect([again.differences, told(same), same[0]!.setHash]).toEqual([[], told(picks), hash]);
    const turned = {
      ...{ thresholds: { P: 0.4 }, sensorThresholds: { 'XX.DEF': { P: 0.3 } } },
      ensemble: { rule: 'max', weights: [1, 0, 2], leastAgreeing: 2 },
    } as const;
    const live = await page.call('tuning.repick', { runId, settings: turned });
    const calibration = { P: { kind: 'temperature', temperature: 2 } } as const;
    const changes = { ...turned, calibration };
    const changed = await rerun(page, { ...ref, changes });
    const made = await picksOf(page, changed.runId);
    expect(made.map(({ time }) => time).toSorted()).toEqual(Array.from(live.timesNs).toSorted());
    for (const { time, phase, probability, method } of made) {
      const at = live.timesNs.findIndex((each, i) => each === time && live.labels[live.phases[i]!] === phase); // prettier-ignore
      const own = live.probabilities[at]!;
      const said = phase === 'P' ? calibrate(calibration.P, own) : own;
      expect(probability).toBeCloseTo(said, 6);
      expect(method.includes('probability calibrated')).toBe(phase === 'P');
    }
    expect(await page.call('set.apply', { set: { ...ref, changes } })).toMatchObject([
      {
        runId: changed.runId,
        settings: { ...turned, thresholds: { P: 0.4, S: 0.05 } },
        calibration,
      },
    ]);
    // Any run of these members answers it; the newest is asked.
    const first = await page.call('set.apply', { set: ref });
    expect(first).toMatchObject([{ settings: { ensemble: { rule: 'median' } } }]);
    const back = await page.call('tuning.repick', {
      ...{ runId: first[0]!.runId!, settings: first[0]!.settings },
    });
    expect(Array.from(back.timesNs).toSorted()).toEqual(picks.map(({ time }) => time).toSorted());
  });

  test('a classic detector is run again to the same picks', async () => {
    const page = await opened();
    const band = { lowHz: 5, highHz: 30, corners: 2, zeroPhase: false };
    const coincidence = { leastSum: 2, weights: { 'XX.ABC': 1.5 }, extensionS: 1 };
    const settings = { ...DEFAULT_DETECTOR, band, coincidence, longestS: 60, onLevel: 2.5 };
    const { jobId, runId } = await page.call('detector.run', {
      ...{ settings, streamKeys: undefined, window: undefined },
    });
    expect((await page.ended(jobId)).state).toBe('done');
    const picks = await picksOf(page, runId);
    expect(picks.length).toBeGreaterThan(0);
    const file = join(folder, 'detector.json');
    const ref = { kind: 'run', runId } as const;
    await page.call('set.export', { set: ref, target: grant(page, file) });
    const elsewhere = await opened();
    const again = await rerun(elsewhere, { kind: 'file', file: grant(elsewhere, file) });
    const same = await picksOf(elsewhere, again.runId);
    expect([again.differences, told(same)]).toEqual([[], told(picks)]);
    expect(same[0]!.setHash).toBe(picks[0]!.setHash);
  });
});

describe('versions', () => {
  test('saved under one name by two pages at once follow each other', async () => {
    const page = await opened();
    const runId = await run(page);
    const save = (P: number) =>
      page.call('set.save', {
        set: { kind: 'run', runId, changes: { thresholds: { P } } },
        ...{ name: 'day', note: '' },
      });
    const saved = await Promise.all([save(0.2), save(0.4), save(0.6)]);
    expect(saved.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(saved.map(({ parent }) => parent)).toEqual([
      ...[undefined, saved[0]!.hash, saved[1]!.hash],
    ]);
  });

  test('follow each other, differ in words, are exported, removed and imported again', async () => {
    const page = await opened();
    const runId = await run(page);
    const save = (P: number, parentId?: number) =>
      page.call('set.save', {
        set: { kind: 'run', runId, changes: { thresholds: { P } } },
        ...{ name: ' day ', note: `P ${P}`, ...(parentId !== undefined && { parentId }) },
      });
    const [first, second] = [await save(0.2), await save(0.4)];
    const third = await save(0.5, first.id);
    expect([first, second, third].map(({ name, version }) => `${name} ${version}`)).toEqual([
      ...['day 1', 'day 2', 'day 3'],
    ]);
    expect([second.parent, third.parent]).toEqual([first.hash, first.hash]);
    const ref = (setId: number): SetRef => ({ kind: 'saved', setId });
    const [difference] = await page.call('set.diff', { a: ref(first.id), b: ref(second.id) });
    expect(difference?.text).toBe('onset-1, threshold P: 0.2 → 0.4');
    const file = join(folder, 'day2.json');
    await page.call('set.export', { set: ref(second.id), target: grant(page, file) });
    expect(await page.call('set.import', { file: grant(page, file) })).toEqual(second);
    await page.call('set.remove', { setId: second.id });
    expect(await page.call('set.list', {})).toHaveLength(2);
    const back = await page.call('set.import', { file: grant(page, file) });
    expect({ ...back, id: 0 }).toEqual({ ...second, id: 0 });
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"P": 0.4', '"P": 0.41'));
    const error = await failure(page.call('set.import', { file: grant(page, file) }));
    expect(error.message).toMatch(/changed after it was saved/);
    writeFileSync(file, '{}');
    expect((await failure(page.call('set.import', { file: grant(page, file) }))).message).toMatch(
      /^day2.json: it is no parameter set/,
    );
  });

  test('say what is missing here instead of running something else', async () => {
    const page = await opened();
    const runId = await run(page);
    const ref = { kind: 'run', runId } as const;
    const set = await page.call('set.get', { set: ref });
    const write = (change: (content: Record<string, unknown>) => void): SetRef => {
      const file = join(folder, 'changed.json');
      const json = JSON.parse(JSON.stringify(setJson({ ...set, content: {} }))) as {
        content: Record<string, unknown>;
      };
      json.content = JSON.parse(
        JSON.stringify(set.content, (_, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        ),
      ) as Record<string, unknown>;
      change(json.content);
      writeFileSync(file, JSON.stringify(json));
      return { kind: 'file', file: grant(page, file) };
    };
    const other = await failure(
      page.call('set.run', {
        set: write(
          (content) => ((content.models as { sha256: string }[])[0]!.sha256 = 'c'.repeat(64)),
        ),
      }),
    );
    expect(other.message).toMatch(/checksum is .*"onset model import PATH"/);
    const absent = await failure(
      page.call('set.run', {
        set: write((content) => ((content.models as { id: string }[])[0]!.id = 'no-net')),
      }),
    );
    expect(absent.message).toMatch(/no-net .* is not installed; .*"onset model import PATH"/);
    const { differences } = await rerun(
      page,
      write((content) => (content.stations = ['XX.ABC', 'XX.GONE..HHZ'])),
    );
    expect(differences).toEqual([
      expect.stringMatching(/content was changed/),
      'There are no waveforms of XX.GONE..HHZ here.',
    ]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EpochNs, epochNs, parseTime } from '../base/time.ts';
import { fromFirstParameters } from '../domain/event/firstRunParameters.ts';
import type { RunParameters } from '../domain/event/modelRun.ts';
import type { Decision, Pick, PickContent } from '../domain/event/pick.ts';
import type { SeismicEvent } from '../domain/event/seismicEvent.ts';
import { Catalog } from './catalog.ts';

const T0 = parseTime('2023-10-09T02:21:17.123456789');
const at = (seconds: number): EpochNs => epochNs(T0 + BigInt(Math.round(seconds * 1e9)));

function content(station: string, seconds: number, change: Partial<PickContent> = {}): PickContent {
  return {
    stream: { network: 'UW', station, location: '', channel: 'HHZ' },
    time: at(seconds),
    lowerUncertaintyS: 0.03,
    upperUncertaintyS: 0.05,
    phase: 'P',
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    probability: 0.52,
    filter: undefined,
    ...change,
  };
}

const parameters: RunParameters = {
  ...fromFirstParameters({
    thresholds: { P: 0.3, S: 0.4 },
    overlapSamples: 1501,
    blindingSamples: [0, 0],
    stacking: 'avg',
    minimumPeakDistanceSamples: 100,
    batchSize: 8,
  }),
  streams: undefined,
  window: undefined,
};

const run = {
  modelId: 'onset-1',
  modelVersion: '1.0',
  modelSha256: 'ab',
  programVersion: '0.1.0',
  parameters,
  author: 'ana',
};

let folder = '';
let catalog: Catalog;
let clock = 0;
const open = (): Catalog =>
  Catalog.open(join(folder, 'p.onset'), { author: 'ana', now: () => at(1e6 + clock++) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-catalog-'));
  catalog = open();
});
afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

function machinePicks(...picks: PickContent[]): number[] {
  const runId = catalog.runs.start(run);
  const ids = picks.flatMap((pick) =>
    catalog.runs.addPicks(runId, `UW.${pick.stream.station}..HH`, [pick], { method: 'peak width' }),
  );
  catalog.runs.finish(runId, 'done', []);
  return ids;
}

const get = (id: number): Pick => catalog.picks.get(id)!;

describe('what an analyst does to picks', () => {
  test('a machine pick comes back as it was stored, to the nanosecond', () => {
    const filter = { lowHz: 1, highHz: undefined, corners: 4, zeroPhase: true };
    const [id] = machinePicks(
      content('HANS', 0, { phase: 'Sg', polarity: 'down', weight: 2, filter }),
    );
    expect(get(id!)).toEqual({
      ...content('HANS', 0, { phase: 'Sg', polarity: 'down', weight: 2, filter }),
      id,
      state: 'automatic',
      author: 'onset-1',
      method: 'peak width',
      runId: 1,
      eventId: undefined,
      createdNs: expect.any(BigInt),
      publicId: undefined,
      threshold: undefined,
      evaluationMode: 'automatic',
      uncertaintyMethod: undefined,
    });
  });

  test('a sub-microsecond time above 2^53 is kept exactly', () => {
    const outcome = catalog.addPick(content('HANS', 0));
    expect(outcome.picks[0]!.time % 1_000_000_000n).toBe(123_456_789n);
  });

  test('accept confirms a machine pick and leaves a manual one manual, even after a rejection', () => {
    const [id] = machinePicks(content('HANS', 0));
    const hand = catalog.addPick(content('ARA0', 1)).picks[0]!.id;
    catalog.decidePicks([id!], 'accept');
    catalog.decidePicks([hand], 'reject');
    catalog.decidePicks([hand], 'accept');
    expect([get(id!).state, get(hand).state]).toEqual(['confirmed', 'manual']);
  });

  test.each([
    ['move P HANS +0.04 s', { time: at(0.04) }],
    ['move P HANS −0.0025 s', { time: at(-0.0025) }],
    ['phase Pn HANS P', { phase: 'Pn' }],
    ['polarity up HANS P', { polarity: 'up' as const }],
    ['onset emergent HANS P', { onset: 'emergent' as const }],
    ['weight 2 HANS P', { weight: 2 as const }],
    ['uncertainty ±0.1 s HANS P', { lowerUncertaintyS: 0.1, upperUncertaintyS: 0.1 }],
  ])('%s makes it manual and keeps run and probability', (label, change) => {
    const [id] = machinePicks(content('HANS', 0));
    const outcome = catalog.changePicks([id!], change);
    expect(outcome).toMatchObject({
      undoLabel: label,
      picks: [
        {
          ...change,
          state: 'manual',
          method: 'manual',
          author: 'ana',
          runId: 1,
          probability: 0.52,
        },
      ],
    });
    const kept = 'lowerUncertaintyS' in change ? undefined : 'peak width';
    expect(outcome.picks[0]!.uncertaintyMethod).toBe(kept);
    expect(catalog.undo().picks[0]).toMatchObject({ state: 'automatic', method: 'peak width' });
  });

  test('a change to what it is already leaves no entry', () => {
    const [id] = machinePicks(content('HANS', 0));
    const before = catalog.revision;
    expect(catalog.changePicks([id!], { phase: 'P' })).toMatchObject({
      revision: before,
      undoLabel: undefined,
    });
    expect(get(id!).state).toBe('automatic');
  });

  test('undefined clears a value', () => {
    const id = catalog.addPick(content('HANS', 0, { polarity: 'up' })).picks[0]!.id;
    const outcome = catalog.changePicks([id], { polarity: undefined });
    expect([outcome.undoLabel, outcome.picks[0]!.polarity]).toEqual([
      'polarity cleared HANS P',
      undefined,
    ]);
  });

  test('a bulk act is one entry', () => {
    const ids = machinePicks(content('HANS', 0), content('ARA0', 1), content('LON', 2));
    expect(catalog.decidePicks(ids, 'accept').undoLabel).toBe('accept 3 picks');
    expect(catalog.undo()).toMatchObject({ undoLabel: undefined, redoLabel: 'accept 3 picks' });
    expect(ids.map((id) => get(id).state)).toEqual(['automatic', 'automatic', 'automatic']);
  });

  test('a replaced pick leaves its place and its event to the new one', () => {
    const [id] = machinePicks(content('HANS', 0));
    const { eventId } = catalog.makeEvent([id!], undefined);
    const outcome = catalog.addPick(content('HANS', 0.2), { replacing: id! });
    expect(outcome.picks[0]).toMatchObject({ eventId, state: 'manual' });
    expect(catalog.picks.get(id!)).toBeUndefined();
    catalog.undo();
    expect(get(id!).eventId).toBe(eventId);
  });

  test('a candidate that is turned down is one act', () => {
    const outcome = catalog.addPick(content('HANS', 0.2), { rejected: true });
    expect(outcome.undoLabel).toBe('reject P HANS');
    expect(outcome.picks[0]).toMatchObject({ state: 'rejected', evaluationMode: 'automatic' });
    expect(catalog.undo()?.picks).toEqual([]);
  });

  test('an unknown pick is named, and nothing of the act stays', () => {
    const [id] = machinePicks(content('HANS', 0));
    expect(() => catalog.decidePicks([id!, 99], 'accept')).toThrow(/Pick 99 is not in the catalog/);
    expect(get(id!).state).toBe('automatic');
  });

  test('history tells each version in words', () => {
    const [id] = machinePicks(content('HANS', 0));
    catalog.changePicks([id!], { time: at(0.04) });
    catalog.changePicks([id!], { polarity: 'up' });
    catalog.decidePicks([id!], 'reject');
    expect(catalog.picks.history(id!).map(({ author, label }) => [author, label])).toEqual([
      ['onset-1', 'picked by onset-1, run 1'],
      ['ana', 'moved +0.04 s'],
      ['ana', 'polarity up'],
      ['ana', 'rejected'],
    ]);
  });
});

describe('undo', () => {
  test('survives a restart; a new act drops redo and keeps it in the audit', () => {
    const id = catalog.addPick(content('HANS', 0)).picks[0]!.id;
    catalog.decidePicks([id], 'reject');
    catalog.close();
    catalog = open();
    expect(catalog.undo().picks[0]).toMatchObject({ state: 'manual' });
    expect(catalog.undoState).toEqual({ undoLabel: 'add P HANS', redoLabel: 'reject P HANS' });
    catalog.decidePicks([id], 'defer');
    expect(catalog.undoState).toEqual({ undoLabel: 'defer P HANS', redoLabel: undefined });
    const audit = catalog
      .changedSince(0)
      .entries.map(({ label, undone, dropped }) => [label, undone, dropped]);
    expect(audit).toEqual([
      ['add P HANS', false, false],
      ['reject P HANS', true, true],
      ['defer P HANS', false, false],
    ]);
    expect(() => catalog.redo()).toThrow('There is nothing to redo');
  });

  test('of random acts gives the first state, redo of all the last', () => {
    const ids = machinePicks(...Array.from({ length: 12 }, (_, i) => content(`S${i}`, i)));
    const state = (): [readonly Pick[], SeismicEvent[]] => [
      catalog.picks.list({ limit: 5000 }).picks,
      catalog.events.list(),
    ];
    const first = state();
    const random = seeded(20231009);
    let acts = 0;
    for (let step = 0; step < 400; step++) {
      const before = catalog.revision;
      try {
        randomAct(random, ids);
      } catch (error) {
        expect(error).toMatchObject({ name: 'AppError' });
      }
      if (catalog.revision > before) acts++;
      if (step % 50 === 49) {
        catalog.undo();
        catalog.redo();
      }
    }
    expect(acts).toBeGreaterThan(200);
    const last = state();
    for (let i = 0; i < acts; i++) catalog.undo();
    expect(state()).toEqual(first);
    expect(catalog.undoState.undoLabel).toBeUndefined();
    for (let i = 0; i < acts; i++) catalog.redo();
    expect(state()).toEqual(last);
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomAct(random: () => number, ids: number[]): void {
  const any = (): number => ids[Math.floor(random() * ids.length)]!;
  const kind = Math.floor(random() * 8);
  const decisions: readonly Decision[] = ['accept', 'reject', 'defer'];
  if (kind === 0) ids.push(catalog.addPick(content('NEW', random() * 100)).picks[0]!.id);
  else if (kind === 1) catalog.decidePicks([any(), any()], decisions[Math.floor(random() * 3)]!);
  else if (kind === 2) catalog.changePicks([any()], { time: at(random() * 100) });
  else if (kind === 3) catalog.changePicks([any()], { upperUncertaintyS: random(), phase: 'Pn' });
  else if (kind === 4 && random() < 0.3) catalog.removePicks([any()]);
  else if (kind === 5) catalog.makeEvent([any(), any()], undefined);
  else {
    const event = catalog.events.list()[0];
    if (!event) return;
    const origin = {
      time: at(random()),
      latitudeDeg: random() * 90,
      longitudeDeg: -122.3,
      depthM: undefined,
      timeUncertaintyS: undefined,
      method: 'by hand',
    };
    if (kind === 6) catalog.changeEvent(event.id, { origin, pickIds: [any()] });
    else catalog.removeEvent(event.id);
  }
}

describe('events', () => {
  test('are made, located, changed and taken apart, each one entry', () => {
    const ids = machinePicks(content('HANS', 0), content('ARA0', 1));
    const { eventId, undoLabel } = catalog.makeEvent(ids, undefined);
    expect(undoLabel).toBe('make event from 2 picks');
    const origin = {
      time: at(-3),
      latitudeDeg: 47.1,
      longitudeDeg: -122.3,
      depthM: 12_000,
      timeUncertaintyS: 0.1,
      method: 'by hand',
    };
    catalog.changeEvent(eventId, { origin, pickIds: [ids[1]!] });
    expect(catalog.events.get(eventId)).toMatchObject({ origin, pickIds: [ids[1]] });
    expect(catalog.picks.list({ eventId }).picks.map((pick) => pick.id)).toEqual([ids[1]]);
    expect(() => catalog.makeEvent([ids[1]!], undefined)).toThrow(/belongs to event 1 already/);
    catalog.removeEvent(eventId);
    expect(catalog.events.list()).toEqual([]);
    catalog.undo();
    expect(catalog.events.list({ startNs: at(-4), endNs: at(-2) })).toHaveLength(1);
    expect(catalog.events.list({ startNs: at(0), endNs: at(2) })).toEqual([]);
  });
});

describe('queries', () => {
  test('narrow, order and page', () => {
    machinePicks(
      content('HANS', 0, { probability: 0.9 }),
      content('HANS', 1, { probability: 0.31, phase: 'Pn' }),
      content('ARA0', 2, { probability: 0.45, phase: 'S' }),
      content('LON', 3, { probability: 0.6 }),
    );
    const hand = catalog.addPick(content('LON', 4, { probability: undefined })).picks[0]!.id;
    const found = (query: Parameters<typeof catalog.picks.list>[0]): string[] =>
      catalog.picks.list(query).picks.map((p) => `${p.phase} ${p.stream.station}`);
    catalog.decidePicks([4], 'reject');
    expect(found({})).toEqual(['P HANS', 'Pn HANS', 'S ARA0', 'P LON', 'P LON']);
    expect(found({ phases: ['P'], states: ['automatic'] })).toEqual(['P HANS', 'Pn HANS']);
    expect(found({ phases: ['Pn'] })).toEqual(['Pn HANS']);
    expect(found({ station: 'an' })).toEqual(['P HANS', 'Pn HANS']);
    expect(found({ streamKeys: ['UW.ARA0..HHZ'] })).toEqual(['S ARA0']);
    expect(found({ probabilityFrom: 0.4, probabilityTo: 0.6 })).toEqual(['S ARA0', 'P LON']);
    expect(found({ window: { startNs: at(1), endNs: at(3) } })).toEqual(['Pn HANS', 'S ARA0']);
    expect(found({ orderBy: 'threshold', runId: 1 })).toEqual([
      'S ARA0',
      'P LON',
      'P HANS',
      'Pn HANS',
    ]);
    expect(catalog.picks.list({ offset: 1, limit: 2 })).toMatchObject({ total: 5, offset: 1 });
    expect(catalog.picks.count({ station: 'lon' })).toMatchObject({
      total: 2,
      byState: { automatic: 0, confirmed: 0, manual: 1, rejected: 1, deferred: 0 },
    });
    const density = catalog.picks.density({ startNs: at(0), endNs: at(5) }, 5);
    expect([...density.p, ...density.s, ...density.pReviewed]).toEqual([
      1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1,
    ]);
    expect(hand).toBe(5);
  });
});

describe('runs', () => {
  test('keep what made them, and which sensors are done', () => {
    const window = { startNs: at(0), endNs: at(7200) };
    const runId = catalog.runs.start({ ...run, parameters: { ...parameters, window } });
    catalog.runs.addPicks(runId, 'UW.HANS..HH', [content('HANS', 1)], { method: 'm' });
    catalog.runs.finish(runId, 'cancelled', [{ stream: 'UW.LON..HH', reason: 'gap' }]);
    catalog.close();
    catalog = open();
    expect(catalog.runs.list()).toMatchObject([
      { id: runId, parameters: { ...parameters, window }, state: 'cancelled', pickCount: 1 },
    ]);
    expect(catalog.runs.finishedSensors(runId)).toEqual(['UW.HANS..HH']);
    expect(catalog.picks.list({}).picks[0]).toMatchObject({ threshold: 0.3 });
  });

  test('again replace what nobody touched and respect what somebody decided', () => {
    const twice = [content('HANS', 0), content('HANS', 10), content('HANS', 20)];
    const ids = machinePicks(...twice.slice(0, 1), content('ARA0', 5));
    catalog.decidePicks([ids[0]!], 'reject');
    const runId = catalog.runs.start(run);
    catalog.runs.addPicks(runId, 'UW.HANS..HH', twice, { method: 'm' });
    catalog.runs.addPicks(runId, 'UW.ARA0..HH', [content('ARA0', 5.01)], { method: 'm' });
    const now = catalog.picks.list({}).picks.map((p) => [p.stream.station, p.state, p.runId]);
    expect(now).toEqual([
      ['HANS', 'rejected', 1],
      ['ARA0', 'automatic', 2],
      ['HANS', 'automatic', 2],
      ['HANS', 'automatic', 2],
    ]);
    expect(catalog.undoState.undoLabel).toBe('reject P HANS');
    const found = catalog.runs.picksOf(runId).map((p) => [p.stream, p.time, p.pickId]);
    expect(found).toEqual([
      ['UW.HANS..HHZ', at(0), ids[0]],
      ['UW.ARA0..HHZ', at(5.01), 5],
      ['UW.HANS..HHZ', at(10), 3],
      ['UW.HANS..HHZ', at(20), 4],
    ]);
    const before = catalog.runs.picksOf(1).map((p) => [p.stream, p.time, p.pickId]);
    expect(before).toEqual([
      ['UW.HANS..HHZ', at(0), ids[0]],
      ['UW.ARA0..HHZ', at(5), undefined],
    ]);
  });
});

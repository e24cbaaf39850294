import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSeconds, type EpochNs, epochNs } from '../../base/time.ts';
import { fromFirstParameters } from '../../domain/event/firstRunParameters.ts';
import type { PickContent } from '../../domain/event/pick.ts';
import { parseNslc } from '../../domain/waveform/nslc.ts';
import { Catalog } from '../catalog.ts';

const T0 = epochNs(1_700_000_000_000_000_000n);
const at = (seconds: number): EpochNs => addSeconds(T0, seconds);
const SENSOR = 'UW.HANS..HH';

let folder = '';
let catalog: Catalog;
const open = (): Catalog =>
  Catalog.open(join(folder, 'p.onset'), { author: 'ana', now: () => at(1e6) });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-progress-'));
  catalog = open();
});
afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

function pickAt(seconds: number): PickContent {
  return {
    stream: parseNslc('UW.HANS..HHZ'),
    time: at(seconds),
    lowerUncertaintyS: undefined,
    upperUncertaintyS: undefined,
    phase: 'P',
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    probability: 0.5,
    filter: undefined,
  };
}

const startRun = (): number =>
  catalog.runs.start({
    ...{ modelId: 'm', modelVersion: '1', modelSha256: 'ab', programVersion: '0', author: 'ana' },
    parameters: {
      ...fromFirstParameters({
        ...{ thresholds: { P: 0.3 }, overlapSamples: 1501, blindingSamples: [0, 0] },
        ...{ stacking: 'avg', minimumPeakDistanceSamples: 100, batchSize: 8 },
      }),
      streams: undefined,
      window: undefined,
    },
  });
const span = (from: number, to: number) => ({ startNs: at(from), endNs: at(to) });
const timesS = (): number[] =>
  catalog.picks.list({}).picks.map(({ time }) => Number(time - T0) / 1e9);

test('the picks of a part are stored with where the run goes on, and again after a restart', () => {
  const earlier = startRun();
  catalog.runs.addPicks(earlier, SENSOR, [5, 15, 25].map(pickAt), { method: 'm' });
  const runId = startRun();
  const state = Uint8Array.of(1, 2, 255);
  const first = {
    window: span(0, 10),
    first: true,
    checkpoint: { finishedToNs: at(10), state },
  };
  catalog.runs.addPicks(runId, SENSOR, [pickAt(6)], { method: 'm' }, first);
  // What the earlier run left gives way only where this one has been.
  expect(timesS()).toEqual([6, 15, 25]);
  expect(catalog.runs.finishedSensors(runId)).toEqual([]);
  catalog.close();
  catalog = open();
  expect(catalog.runs.checkpoint(runId, SENSOR)).toEqual({ finishedToNs: at(10), state });
  const last = { window: span(10, 1e5), first: false, checkpoint: undefined };
  catalog.runs.addPicks(runId, SENSOR, [pickAt(16)], { method: 'm' }, last);
  expect(timesS()).toEqual([6, 16]);
  expect(catalog.runs.checkpoint(runId, SENSOR)).toBeUndefined();
  expect(catalog.runs.finishedSensors(runId)).toEqual([SENSOR]);
  expect(catalog.runs.get(runId)?.pickCount).toBe(2);
});

test('a sensor that is begun anew loses what the run had stored, but nothing a person dealt with', () => {
  const runId = startRun();
  const part = { window: span(0, 10), first: true, checkpoint: undefined };
  const [kept = 0] = catalog.runs.addPicks(
    runId,
    SENSOR,
    [pickAt(1), pickAt(6)],
    { method: 'm' },
    part,
  );
  catalog.decidePicks([kept], 'accept');
  catalog.runs.addPicks(runId, SENSOR, [pickAt(1), pickAt(7)], { method: 'm' }, part);
  expect(timesS()).toEqual([1, 7]);
  expect(catalog.runs.get(runId)?.pickCount).toBe(2);
  expect(catalog.runs.picksOf(runId).map(({ pickId }) => pickId)).toEqual([kept, 3]);
});

test('how far those who looked agree is kept with each onset', () => {
  const runId = startRun();
  const votes = [
    { member: 0, probability: 0.9, offsetS: 0, agrees: true },
    { member: 2, probability: 0.25, offsetS: -0.04, agrees: false },
  ];
  const scatter = {
    ...{ asked: 3, agreeing: 2, probabilityDeviation: 0.1, timeDeviationS: 0.02, votes },
  };
  const [first = 0] = catalog.runs.addPicks(runId, SENSOR, [pickAt(1), pickAt(6)], {
    method: 'm',
    scatter: ({ time }) => (time === at(1) ? scatter : undefined),
  });
  expect(catalog.runs.scatter(runId)).toEqual([{ ...scatter, pickId: first }]);
  expect(catalog.runs.scatter(runId, first + 1)).toEqual([]);
});

test('a run says how many picks of which earlier runs it took the place of', () => {
  const first = startRun();
  const [kept = 0] = catalog.runs.addPicks(first, SENSOR, [5, 15].map(pickAt), { method: 'm' });
  catalog.decidePicks([kept], 'accept');
  const second = startRun();
  catalog.runs.addPicks(second, SENSOR, [25, 35].map(pickAt), { method: 'm' });
  const third = startRun();
  const parts = [
    { window: span(0, 30), first: true, checkpoint: undefined },
    { window: span(30, 60), first: false, checkpoint: undefined },
  ];
  for (const part of parts) catalog.runs.addPicks(third, SENSOR, [], { method: 'm' }, part);
  expect(catalog.runs.list().map(({ replaced }) => replaced)).toEqual([
    undefined,
    [{ runId: first, pickCount: 1 }],
    [{ runId: second, pickCount: 2 }],
  ]);
  expect(catalog.runs.get(third)?.replaced).toEqual([{ runId: second, pickCount: 2 }]);
});

test('a run that found what somebody has dealt with before says so', () => {
  catalog.addPick({ ...pickAt(5), probability: undefined });
  const runId = startRun();
  catalog.runs.addPicks(runId, SENSOR, [5.2, 15].map(pickAt), { method: 'm' });
  catalog.runs.addPicks(runId, 'UW.LON..HH', [], { method: 'm' });
  const gap = { stream: 'UW.LON..HH', reason: 'gap' };
  catalog.runs.finish(runId, 'done', [], [gap]);
  expect(timesS()).toEqual([5, 15]);
  expect(catalog.runs.get(runId)?.notes).toEqual([
    gap,
    { stream: SENSOR, reason: expect.stringMatching(/^some of its onsets are those of picks/) },
  ]);
});

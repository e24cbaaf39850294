import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EpochNs, epochNs, parseTime } from '../base/time.ts';
import { Catalog } from '../catalog/catalog.ts';
import type { ComparedOnset } from '../contract/messages/comparison.ts';
import type { PickContent } from '../domain/event/pick.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { compare } from './comparison.ts';

const T0 = parseTime('2023-10-09T02:21:17');
const at = (seconds: number): EpochNs => epochNs(T0 + BigInt(Math.round(seconds * 1e9)));

const settings: RunSettings = {
  policy: 'onset',
  filter: undefined,
  detrendRecords: false,
  preparation: { demean: true, detrend: false, scale: undefined, taperSamples: 0 },
  overlap: 0.5,
  strideSamples: 1,
  stacking: 'avg',
  blindingSamples: [0, 0],
  strict: false,
  flexibleHorizontals: true,
  zeroPhaseResample: true,
  batchSize: 8,
  thresholds: { P: 0.3, S: 0.3 },
  pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
};

let folder = '';
let catalog: Catalog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-compare-'));
  catalog = Catalog.open(join(folder, 'p.onset'), { author: 'ana' });
});
afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

function pick(station: string, seconds: number, phase: string, probability?: number): PickContent {
  return {
    stream: { network: 'UW', station, location: '', channel: 'HHZ' },
    time: at(seconds),
    lowerUncertaintyS: undefined,
    upperUncertaintyS: undefined,
    phase,
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    probability,
    filter: undefined,
  };
}

function run(modelId: string, picks: readonly PickContent[], window?: TimeWindow): number {
  const runId = catalog.runs.start({
    modelId,
    modelVersion: '1',
    modelSha256: 'ab',
    programVersion: '0.1.0',
    parameters: { settings, streams: undefined, window },
    author: 'ana',
  });
  const stations = new Set(['HANS', ...picks.map(({ stream }) => stream.station)]);
  for (const station of stations) {
    const own = picks.filter(({ stream }) => stream.station === station);
    catalog.runs.addPicks(runId, `UW.${station}..HH`, own, { method: 'm' });
  }
  catalog.runs.finish(runId, 'done', []);
  return runId;
}

const words = ({ phase, a, b }: ComparedOnset): string => {
  const side = (time: EpochNs | undefined): string =>
    time === undefined ? '–' : (Number(time - T0) / 1e9).toFixed(2);
  return `${phase} ${side(a?.time)} ${side(b?.time)}`;
};

test('two runs: what both have, what one has, with residuals and scores', () => {
  const a = run('one', [pick('HANS', 1, 'P', 0.9), pick('HANS', 5, 'S', 0.4), pick('HANS', 9, 'P', 0.31)]); // prettier-ignore
  const b = run('two', [pick('HANS', 1.2, 'P', 0.8), pick('HANS', 5.8, 'S', 0.7)]);
  const sides = { a: { kind: 'run', runId: a }, b: { kind: 'run', runId: b } } as const;
  const comparison = compare(catalog, { ...sides, toleranceS: 0.5 }, []);
  expect(comparison.onsets.map(words)).toEqual(['P 1.00 1.20', 'S 5.00 –', 'S – 5.80', 'P 9.00 –']);
  const [p, s] = comparison.scores;
  expect(p).toMatchObject({
    phase: 'P',
    matched: 1,
    onlyA: 1,
    onlyB: 0,
    precision: 0.5,
    recall: 1,
  });
  expect(p?.meanResidualS).toBeCloseTo(0.2, 9);
  expect(p?.curve.find(({ threshold }) => threshold === 0.5)?.f1).toBe(1);
  expect(s).toMatchObject({ matched: 0, onlyA: 1, onlyB: 1, f1: 0 });
  const wider = compare(catalog, { ...sides, toleranceS: 1 }, []);
  expect(wider.onsets.map(words)).toEqual(['P 1.00 1.20', 'S 5.00 5.80', 'P 9.00 –']);
});

test('two runs of one model: the first keeps what it found though its picks gave way', () => {
  const a = run('one', [pick('HANS', 1, 'P', 0.9)]);
  const b = run('one', [pick('HANS', 1.02, 'P', 0.91)]);
  expect(catalog.picks.list({}).total).toBe(1);
  const [onset] = compare(
    catalog,
    {
      a: { kind: 'run', runId: a },
      b: { kind: 'run', runId: b },
      toleranceS: 0.5,
    },
    [],
  ).onsets;
  expect(onset?.a).toMatchObject({ pickId: undefined, time: at(1), probability: 0.9 });
  expect(onset?.b).toMatchObject({ pickId: 2, time: at(1.02) });
});

test('against the reference: confirmed and hand-made picks, matched by station, rejected ones left out', () => {
  catalog.addPick({ ...pick('HANS', 1.1, 'Pg'), stream: { network: 'UW', station: 'HANS', location: '', channel: 'ENZ' } }); // prettier-ignore
  const runId = run('one', [pick('HANS', 1, 'P', 0.9), pick('HANS', 4, 'P', 0.5), pick('HANS', 7, 'P', 0.6)]); // prettier-ignore
  const ids = catalog.picks.list({ runId }).picks.map(({ id }) => id);
  catalog.decidePicks([ids[0] ?? 0], 'reject');
  catalog.decidePicks([ids[1] ?? 0], 'accept');
  catalog.addPick({ ...pick('HANS', 500, 'P') });
  const streams = ['HHZ', 'ENZ'].map((channel) => ({
    streamKey: `UW.HANS..${channel}`,
    sampleRateHz: 100,
    startNs: at(0),
    endNs: at(100),
    gaps: [],
    sampleCount: 10_000,
  }));
  const sides = { a: { kind: 'run', runId }, b: { kind: 'reference' } } as const;
  const { onsets, notes } = compare(catalog, { ...sides, toleranceS: 0.5 }, streams);
  expect(onsets.map(words)).toEqual(['P 1.00 1.10', 'P 4.00 4.00', 'P 7.00 –']);
  expect(notes.join(' ')).toContain('matched by station');
  expect(notes.join(' ')).toContain('1 reference picks lie where no data is open');
});

test('only the stations and the span that both have looked at are compared', () => {
  const window = { startNs: at(0), endNs: at(10) };
  const a = run('one', [pick('HANS', 1, 'P', 0.9), pick('HANS', 20, 'P', 0.9), pick('LON', 2, 'P', 0.9)]); // prettier-ignore
  const b = run('two', [pick('HANS', 1, 'P', 0.9)], window);
  const sides = { a: { kind: 'run', runId: a }, b: { kind: 'run', runId: b } } as const;
  const comparison = compare(catalog, { ...sides, toleranceS: 0.5 }, []);
  expect(comparison.onsets.map(words)).toEqual(['P 1.00 1.00']);
  expect(comparison).toMatchObject({ window, sensorKeys: ['UW.HANS..HH'] });
  expect(comparison.notes).toEqual([`Only run ${a} has looked at UW.LON..HH.`]);
  const elsewhere = run('three', [], { startNs: at(100), endNs: at(200) });
  const apart = { ...sides, a: { kind: 'run', runId: elsewhere }, toleranceS: 0.5 } as const;
  expect(() => compare(catalog, apart, [])).toThrow(/no time in common/);
  expect(() => compare(catalog, { ...sides, toleranceS: 0 }, [])).toThrow(/tolerance/);
});

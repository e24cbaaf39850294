import { describe, expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import type { ModelInfo } from './messages/models.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import { estimateRun, hopSamples, type RunEstimate, secondsOfData } from './runEstimate.ts';

const second = (s: number) => epochNs(BigInt(s) * 1_000_000_000n);
const stream = (streamKey: string, startS: number, endS: number): StreamInfo => ({
  streamKey,
  sampleRateHz: 100,
  startNs: second(startS),
  endNs: second(endS),
  gaps: [],
  sampleCount: (endS - startS) * 100,
});
const STREAMS = [
  stream('XX.A..HHZ', 0, 3600),
  stream('XX.A..HHN', 0, 1800),
  stream('XX.B..HHZ', 0, 7200),
];
const DATA_S = 10_800;

const SETTINGS: RunSettings = {
  policy: 'onset',
  filter: undefined,
  detrendRecords: false,
  preparation: { demean: true, detrend: false, scale: undefined, taperSamples: 0 },
  overlap: 1500,
  strideSamples: 10,
  stacking: 'avg',
  blindingSamples: [0, 0],
  strict: false,
  flexibleHorizontals: true,
  zeroPhaseResample: true,
  batchSize: 8,
  thresholds: { P: 0.3 },
  pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
};
const MODEL: Pick<
  ModelInfo,
  'id' | 'samplingRateHz' | 'windowSamples' | 'outputKind' | 'components' | 'labels'
> = {
  id: 'onset-1',
  samplingRateHz: 100,
  windowSamples: 3000,
  outputKind: 'samples',
  components: ['Z', 'N', 'E'],
  labels: ['N', 'P', 'S'],
};

function run(
  id: number,
  tookS: number,
  change: Partial<ModelRun> = {},
  streams?: string[],
): ModelRun {
  return {
    id,
    modelId: 'onset-1',
    modelVersion: '1.0.0',
    modelSha256: '',
    programVersion: '0',
    parameters: { settings: SETTINGS, streams, window: undefined },
    state: 'done',
    startedNs: second(100),
    finishedNs: epochNs(second(100) + BigInt(Math.round(tookS * 1e9))),
    pickCount: 0,
    skipped: [],
    notes: [],
    ...change,
  };
}
const estimate = (runs: readonly ModelRun[], dataS = DATA_S, settings = SETTINGS): RunEstimate =>
  estimateRun(MODEL, settings, dataS, runs, STREAMS);

test('seconds of data count the longest stream of a sensor, within the window', () => {
  expect(secondsOfData(STREAMS, undefined)).toBe(10_800);
  const window = { startNs: second(1000), endNs: second(2000) };
  expect(secondsOfData(STREAMS, window)).toBe(2000);
});

test('the hop goes by overlap as a fraction or in samples, by another window, or by the stride', () => {
  expect(hopSamples(MODEL, SETTINGS)).toBe(1500);
  expect(hopSamples(MODEL, { ...SETTINGS, overlap: 0.9 })).toBe(300);
  expect(hopSamples(MODEL, { ...SETTINGS, overlap: 0.5, windowSamples: 60_000 })).toBe(30_000);
  expect(hopSamples({ ...MODEL, outputKind: 'point' }, SETTINGS)).toBe(10);
});

describe('the time a run will take', () => {
  test('goes by the usual speed until a run was measured, and says so', () => {
    expect(estimate([])).toMatchObject({ windows: 720, seconds: 720 / 1500, asRun: undefined });
  });

  test('goes by the speed of the last whole run of the same model', () => {
    const runs = [
      run(1, 30),
      run(2, 4),
      run(3, 90, { modelId: 'other' }),
      run(4, 1, { state: 'cancelled' }),
    ];
    expect(estimate(runs)).toMatchObject({ seconds: 4, asRun: 2 });
    expect(estimate(runs, 21_600).seconds).toBeCloseTo(8, 9);
  });

  test('counts only what that run was asked for', () => {
    const runs = [run(1, 2, {}, ['XX.A..HHZ', 'XX.A..HHN'])];
    expect(estimate(runs).seconds).toBeCloseTo(6, 9);
  });

  test('grows with the number of windows', () => {
    const settings = { ...SETTINGS, overlap: 2250 };
    expect(estimate([run(1, 4)], DATA_S, settings).seconds).toBeCloseTo(8, 9);
  });

  test('does not trust a run that was over at once', () => {
    expect(estimate([run(1, 0.1)]).asRun).toBeUndefined();
  });
});

describe('the room kept curves take', () => {
  const dense = 10_800 * 100 * 4;
  const pickRule = { kind: 'dominance', minimumDistanceSamples: 10, windowSamples: 200 } as const;

  test('is at most a share of all values until a run of this kind has told', () => {
    expect(estimate([])).toMatchObject({ diskMeasured: false });
    expect(estimate([]).diskBytes).toBeCloseTo(0.05 * 2 * dense, 3);
    const detecting = { ...MODEL, labels: ['Detection', 'P', 'S'] };
    const told = estimateRun(detecting, SETTINGS, DATA_S, [], STREAMS);
    expect(told.diskBytes).toBeCloseTo(0.5 * 3 * dense, 3);
  });

  test('is all of it, noise included, where the rule compares labels', () => {
    expect(estimate([], DATA_S, { ...SETTINGS, pickRule }).diskBytes).toBeCloseTo(3 * dense, 3);
  });

  test('goes by the newest whole run that kept as much of them, a second of its data', () => {
    const sizes = [1, 2, 3, 4].map((runId) => ({ runId, bytes: runId * 10_800 }));
    const other = { settings: { ...SETTINGS, pickRule }, streams: undefined, window: undefined };
    const runs = [
      run(1, 4),
      run(2, 4),
      run(3, 4, { parameters: other }),
      run(4, 4, { state: 'cancelled' }),
    ];
    const told = estimateRun(MODEL, SETTINGS, 2 * DATA_S, runs, STREAMS, sizes);
    expect(told).toMatchObject({ diskBytes: 4 * 10_800, diskMeasured: true });
  });
});

test('memory does not grow beyond blocks', () => {
  const [day, year] = [86_400, 365 * 86_400].map((dataS) => estimate([], dataS).memoryBytes);
  expect(year).toBe(day);
  expect(year).toBeLessThan(1e9);
});

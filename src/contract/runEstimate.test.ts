import { describe, expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import type { ModelInfo } from './messages/models.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import {
  estimateEnsemble,
  estimateRun,
  hopSamples,
  type RunEstimate,
  secondsOfData,
  speedKey,
} from './runEstimate.ts';

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
  estimateRun(MODEL, settings, dataS, { runs, streams: STREAMS });

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

  test('goes by the measured network until a run was, each way to run it by itself', () => {
    const speeds = new Map([
      [speedKey('onset-1'), 720],
      [speedKey('onset-1', 'cuda'), 7200],
    ]);
    const on = (provider: string | undefined, runs: readonly ModelRun[] = []) => {
      const settings = provider === undefined ? SETTINGS : { ...SETTINGS, provider };
      return estimateRun(MODEL, settings, DATA_S, { runs, streams: STREAMS, speeds });
    };
    expect(on(undefined)).toMatchObject({ seconds: 1, speed: 'of-network' });
    expect(on('cuda')).toMatchObject({ seconds: 0.1, speed: 'of-network' });
    expect(on(undefined, [run(1, 4)])).toMatchObject({ seconds: 4, speed: 'as-run' });
    expect(on('cuda', [run(1, 4)])).toMatchObject({ seconds: 0.1, speed: 'of-network' });
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
    const told = estimateRun(detecting, SETTINGS, DATA_S, { runs: [], streams: STREAMS });
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
    const past = { runs, streams: STREAMS, curveSizes: sizes };
    const told = estimateRun(MODEL, SETTINGS, 2 * DATA_S, past);
    expect(told).toMatchObject({ diskBytes: 4 * 10_800, diskMeasured: true });
  });
});

test('memory does not grow beyond blocks', () => {
  const [day, year] = [86_400, 365 * 86_400].map((dataS) => estimate([], dataS).memoryBytes);
  expect(year).toBe(day);
  expect(year).toBeLessThan(1e9);
});

describe('an ensemble', () => {
  const members = [
    { model: MODEL, settings: SETTINGS, times: 2 },
    { model: { ...MODEL, id: 'other' }, settings: SETTINGS, times: 2 },
  ];
  const how = { rule: 'mean', pickRule: SETTINGS.pickRule } as const;
  const ensemble = {
    ...{ rule: 'mean' as const, reachS: 0.5 },
    members: ['other', 'onset-1', 'onset-1', 'other'].map((modelId) => ({
      ...{ name: modelId, modelId, modelVersion: '', modelSha256: '', offsetSamples: 0 },
      settings: SETTINGS,
    })),
  };
  const parameters = { settings: SETTINGS, streams: undefined, window: undefined, ensemble };

  test('takes the time and the room of all its members, and room for what they are together', () => {
    const past = { runs: [run(1, 4), run(2, 8, { modelId: 'other' })], streams: STREAMS };
    const told = estimateEnsemble(members, how, DATA_S, past);
    const alone = estimateRun(MODEL, SETTINGS, DATA_S, past);
    expect(told).toMatchObject({ windows: 4 * 720, seconds: 24, speed: 'as-run' });
    expect(told.diskBytes).toBeCloseTo(5 * alone.diskBytes, 3);
    expect(told.memoryBytes).toBeLessThan(1e9);
  });

  test('goes by the last run of the same members, which is no measure for one of them alone', () => {
    const runs = [run(1, 40, { modelId: 'mean of onset-1, other', parameters })];
    const past = { runs, streams: STREAMS, curveSizes: [{ runId: 1, bytes: 5000 }] };
    expect(estimateEnsemble(members, how, 2 * DATA_S, past)).toMatchObject({
      ...{ seconds: 80, asRun: 1, speed: 'as-run', diskBytes: 10_000, diskMeasured: true },
    });
    const offsets = [run(1, 40, { parameters: { ...parameters, ensemble } })];
    expect(estimate(offsets).asRun).toBeUndefined();
    expect(estimateEnsemble(members.slice(1), how, DATA_S, past).speed).toBe('usual');
  });
});

import { describe, expect, test } from 'vitest';
import { epochNs } from '../../../src/base/time.ts';
import type { ModelRun, RunParameters } from '../../../src/domain/event/modelRun.ts';
import type { StreamInfo } from '../../../src/domain/waveform/traceWindow.ts';
import { estimateRun, secondsOfData } from './runEstimate.ts';

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
const PLAN = { modelId: 'onset-1', dataS: 10_800, windowSamples: 3001, overlapSamples: 1501 };

function run(id: number, tookS: number, change: Partial<ModelRun> = {}, parameters = {}): ModelRun {
  return {
    id,
    modelId: 'onset-1',
    modelVersion: '1.0.0',
    modelSha256: '',
    programVersion: '0',
    parameters: { overlapSamples: 1501, ...parameters } as RunParameters,
    state: 'done',
    startedNs: second(100),
    finishedNs: epochNs(second(100) + BigInt(Math.round(tookS * 1e9))),
    pickCount: 0,
    skipped: [],
    ...change,
  };
}

test('seconds of data count the longest stream of a sensor, within the window', () => {
  expect(secondsOfData(STREAMS, undefined)).toBe(10_800);
  const window = { startNs: second(1000), endNs: second(2000) };
  expect(secondsOfData(STREAMS, window)).toBe(2000);
});

describe('the time a run will take', () => {
  test('goes by the usual speed until a run was measured, and says so', () => {
    expect(estimateRun(PLAN, [], STREAMS)).toEqual({ seconds: 10_800 / 25_000, asRun: undefined });
  });

  test('goes by the speed of the last whole run of the same model', () => {
    const runs = [
      run(1, 30),
      run(2, 4),
      run(3, 90, { modelId: 'other' }),
      run(4, 1, { state: 'cancelled' }),
    ];
    expect(estimateRun(PLAN, runs, STREAMS)).toEqual({ seconds: 4, asRun: 2 });
    expect(estimateRun({ ...PLAN, dataS: 21_600 }, runs, STREAMS).seconds).toBeCloseTo(8, 9);
  });

  test('counts only what that run was asked for', () => {
    const runs = [run(1, 2, {}, { streams: ['XX.A..HHZ', 'XX.A..HHN'] })];
    expect(estimateRun(PLAN, runs, STREAMS).seconds).toBeCloseTo(6, 9);
  });

  test('grows with the number of windows', () => {
    const plan = { ...PLAN, overlapSamples: 2251 };
    expect(estimateRun(plan, [run(1, 4)], STREAMS).seconds).toBeCloseTo(8, 9);
  });

  test('does not trust a run that was over at once', () => {
    expect(estimateRun(PLAN, [run(1, 0.1)], STREAMS).asRun).toBeUndefined();
  });
});

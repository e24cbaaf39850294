// A run of the default model picked again from its kept curves, against runs of the model with the same values.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tuningHandlers } from '../../src/backend/handlers/tuning.ts';
import { addSeconds, parseTime } from '../../src/base/time.ts';
import type { PickSettings, RepickedRun } from '../../src/domain/event/repick.ts';
import type { PickRule, RunSettings } from '../../src/domain/event/runSettings.ts';
import { parseNslc, sensorKey } from '../../src/domain/waveform/nslc.ts';
import type { TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { type ModelBench, openModelBench } from '../modelContext.ts';

const RATE_HZ = 100;
const LENGTH_S = 900;
/** Half of them before a full hour, half after. */
const START = parseTime('2026-02-03T00:52:30');
const signal = new AbortController().signal;

/** Noise, and events of all sizes every 20 s. */
function synthetic(station: string, channel: string, seed: number): TraceSegment {
  let state = seed;
  const vertical = channel.endsWith('Z');
  const samples = Int32Array.from({ length: LENGTH_S * RATE_HZ }, (_, k) => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    let value = 40 * (state / 2 ** 31 - 0.5);
    const event = Math.floor(k / RATE_HZ / 20);
    const size = 0.01 * 3 ** (event % 5);
    const p = k / RATE_HZ - 20 * event - 5;
    const s = p - 3 - 0.05 * event;
    if (p > 0) value += size * (vertical ? 800 : 120) * Math.exp(-p) * Math.sin(50 * p);
    if (s > 0) value += size * (vertical ? 300 : 1400) * Math.exp(-s) * Math.sin(31 * s);
    return Math.round(value);
  });
  const stream = parseNslc(`XX.${station}..${channel}`);
  return { stream, startNs: START, sampleRateHz: RATE_HZ, samples };
}

let folder = '';
let bench: ModelBench;
let inferences = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-repick-'));
  const day = ['AAA', 'BBB'].flatMap((station, i) =>
    ['HHZ', 'HHN', 'HHE'].map((channel, j) => synthetic(station, channel, 10 * i + j + 1)),
  );
  await writeFile(join(folder, 'two.mseed'), writeMiniseed2(day));
  bench = openModelBench(folder, 'repick');
  const { inference } = bench.context;
  const run = inference.runWanted.bind(inference);
  inferences = 0;
  inference.runWanted = (...args: Parameters<typeof run>) => {
    inferences += 1;
    return run(...args);
  };
  await bench.context.sources.add([join(folder, 'two.mseed')]);
});
afterEach(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});

async function runModel(settings: Partial<RunSettings>): Promise<number> {
  const { jobId, runId } = await bench.handlers['model.run'](
    { modelId: 'onset-1', streamKeys: undefined, window: undefined, settings },
    signal,
  );
  expect(await bench.finished(jobId)).toMatchObject({ state: 'done' });
  return runId;
}

/** What a run left in the catalog. */
function stored(runId: number): string[] {
  const { picks } = bench.context.catalog.picks.list({ runId, limit: 5000 });
  return picks
    .map(({ stream, time, phase, probability }) => {
      return `${sensorKey(stream)} ${time} ${phase} ${probability}`;
    })
    .sort();
}

function lines({ sensorKeys, labels, ...picks }: RepickedRun): string[] {
  return Array.from(
    picks.timesNs,
    (time, i) =>
      `${sensorKeys[picks.sensors[i]!]} ${time} ${labels[picks.phases[i]!]} ${picks.probabilities[i]}`,
  ).sort();
}

test('every setting gives the picks of a run with it, and the network is not asked', async () => {
  const runId = await runModel({});
  const repick = tuningHandlers(bench.context)['tuning.repick'];
  const rules: readonly PickRule[] = [
    { kind: 'peaks', minimumDistanceSamples: 50 },
    { kind: 'peaks', minimumDistanceSamples: 300, convention: 'detect_peaks' },
    { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 3 },
    { kind: 'trigger', off: { level: 0.05 }, minimumWidthSamples: 2, convention: 'trigger_onset' },
  ];
  const settings: readonly Required<Pick<PickSettings, 'thresholds' | 'pickRule'>>[] =
    rules.flatMap((pickRule) => [
      { pickRule, thresholds: { P: 0.02, S: 0.02 } },
      { pickRule, thresholds: { P: 0.37, S: 0.11 } },
    ]);
  const asked = inferences;
  const again: string[][] = [];
  for (const each of settings) again.push(lines(await repick({ runId, settings: each }, signal)));
  expect(inferences).toBe(asked);
  for (const [k, each] of settings.entries()) {
    const fresh = stored(await runModel(each));
    expect(again[k], JSON.stringify(each)).toEqual(fresh);
    expect(fresh.length).toBeGreaterThan(30);
  }
  expect(inferences).toBeGreaterThan(asked);
});

test('a run’s record says what its curves cannot answer', async () => {
  const runId = await runModel({});
  const repick = tuningHandlers(bench.context)['tuning.repick'];
  const window = { startNs: addSeconds(START, 100), endNs: addSeconds(START, 200) };
  const part = await repick({ runId, settings: {}, window, histograms: true }, signal);
  expect(part.lowestThresholds).toEqual({ P: 0.02, S: 0.02 });
  expect(part.timesNs.every((time) => time >= window.startNs && time < window.endNs)).toBe(true);
  await expect(repick({ runId, settings: { thresholds: { P: 0.015 } } }, signal)).rejects.toThrow(
    'with this pick rule the kept curves are exact from 0.02 on, not at 0.015; choose a higher threshold for P or run the model again',
  );
  await expect(repick({ runId: 77, settings: {} }, signal)).rejects.toThrow('there is no run 77');
});

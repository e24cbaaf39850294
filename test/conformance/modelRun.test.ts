// A run of the default model through the backend's own calls: from files to picks and curves.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InferencePipe } from '../../src/backend/inference/inferenceClient.ts';
import type { ToInference } from '../../src/backend/inference/inferenceProtocol.ts';
import { startInference } from '../../src/backend/inference/startInference.ts';
import { addSeconds, parseTime } from '../../src/base/time.ts';
import type { Args } from '../../src/contract/api.ts';
import { decode } from '../../src/contract/codec.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import type { TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { type ModelBench, type ModelBenchOptions, openModelBench } from '../modelContext.ts';

const RATE_HZ = 100;
const LENGTH_S = 600;
const EVENTS_S = [100, 250, 400, 520];
const START = parseTime('2026-02-03');
const signal = new AbortController().signal;
const DEFAULT_RUN: Args<'model.run'> = {
  modelId: 'onset-1',
  streamKeys: undefined,
  window: undefined,
  settings: undefined,
};

function synthetic(station: string, channel: string, seed: number): TraceSegment {
  let state = seed;
  const vertical = channel.endsWith('Z');
  const samples = Int32Array.from({ length: LENGTH_S * RATE_HZ }, (_, k) => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    let value = 40 * (state / 2 ** 31 - 0.5);
    for (const event of EVENTS_S) {
      const p = k / RATE_HZ - event;
      const s = p - 5;
      if (p > 0) value += (vertical ? 800 : 120) * Math.exp(-p) * Math.sin(2 * Math.PI * 8 * p);
      if (s > 0)
        value += (vertical ? 300 : 1400) * Math.exp(-s / 1.5) * Math.sin(2 * Math.PI * 5 * s);
    }
    return Math.round(value);
  });
  return {
    stream: parseNslc(`XX.${station}..${channel}`),
    startNs: START,
    sampleRateHz: RATE_HZ,
    samples,
  };
}

let folder = '';
let benches: ModelBench[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onset-run-'));
  const day = ['AAA', 'BBB', 'CCC'].flatMap((station, i) =>
    ['HHZ', 'HHN', 'HHE'].map((channel, j) => synthetic(station, channel, 10 * i + j + 1)),
  );
  await writeFile(join(folder, 'three.mseed'), writeMiniseed2(day));
});
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
  await rm(folder, { recursive: true });
});

function open(name: string, options: ModelBenchOptions = {}): ModelBench {
  const bench = openModelBench(folder, name, options);
  benches.push(bench);
  return bench;
}

async function close(bench: ModelBench): Promise<void> {
  benches = benches.filter((each) => each !== bench);
  await bench.close();
}

async function addFile(bench: ModelBench): Promise<void> {
  await bench.context.sources.add([join(folder, 'three.mseed')]);
}

function pickLines(bench: ModelBench, runId: number): string[] {
  const { picks } = bench.context.catalog.picks.list({ runId });
  // Stations end in any order, and picks of the same time are numbered as they came.
  const lines = picks.map(
    ({ stream, phase, time, probability, lowerUncertaintyS }) =>
      `${stream.station} ${stream.channel} ${phase} ${time} ${probability} ${lowerUncertaintyS}`,
  );
  return lines.sort();
}

describe('a run of the default model', () => {
  test('finds the events of every station, says how, and keeps the curves for the next start', async () => {
    const backend = open('plain');
    await addFile(backend);
    const { jobId, runId } = await backend.handlers['model.run'](DEFAULT_RUN, signal);
    expect(await backend.finished(jobId)).toMatchObject({ state: 'done' });

    const { picks } = backend.context.catalog.picks.list({ runId });
    expect(picks).toHaveLength(3 * 2 * EVENTS_S.length);
    for (const pick of picks) {
      const onset = EVENTS_S.map((event) => event + (pick.phase === 'S' ? 5 : 0));
      const off = onset.map((at) => Math.abs(Number(pick.time - addSeconds(START, at)) / 1e9));
      expect(Math.min(...off)).toBeLessThan(0.2);
      expect(pick).toMatchObject({
        state: 'automatic',
        runId,
        method: 'onset-1 1.0.0, probability width exp(-1/2)',
      });
      expect(pick.stream.channel).toBe(pick.phase === 'P' ? 'HHZ' : 'HHN');
    }
    const [run] = await backend.handlers['run.list']({}, signal);
    expect(run).toMatchObject({
      id: runId,
      modelId: 'onset-1',
      modelVersion: '1.0.0',
      modelSha256: '395cdfd4ad4077c6ee740c135db8f7af060033f8f17fa7b58a5c7e1348bf6fa9',
      state: 'done',
      pickCount: picks.length,
      skipped: [],
      parameters: {
        settings: { policy: 'onset', thresholds: { P: 0.3, S: 0.3 }, overlap: 1501, batchSize: 8 },
      },
    });
    await close(backend);

    const again = open('plain');
    const window = { startNs: addSeconds(START, 95), endNs: addSeconds(START, 105) };
    const traces = await again.handlers['probability.window'](
      { sensorKeys: ['XX.BBB..HH', 'XX.ZZZ..HH'], window, widthPx: 1000, runId: undefined },
      signal,
    );
    expect(traces.map(({ sensorKey, phase, threshold }) => [sensorKey, phase, threshold])).toEqual([
      ['XX.BBB..HH', 'P', 0.3],
      ['XX.BBB..HH', 'S', 0.3],
    ]);
    const [part] = traces[0]!.parts;
    expect(part).toMatchObject({ kind: 'samples', stepS: 0.01 });
    const peak = part!.values.indexOf(Math.max(...part!.values));
    expect(Math.abs(Number(part!.startNs - START) / 1e9 + peak / 100 - 100)).toBeLessThan(0.2);
  });

  test('gives the same picks when the model’s process is killed in mid-run', async () => {
    const calm = open('calm');
    await addFile(calm);
    const first = await calm.handlers['model.run'](DEFAULT_RUN, signal);
    await calm.finished(first.jobId);
    const expected = pickLines(calm, first.runId);
    await close(calm);

    let starts = 0;
    const killed = open('killed', {
      start: async (threads) => {
        starts += 1;
        const pipe: InferencePipe = await startInference(threads);
        if (starts > 2) return pipe;
        let frames = 0;
        return {
          ...pipe,
          onFrame: (listener) =>
            pipe.onFrame((frame) => {
              listener(frame);
              frames += 1;
              if (frames === 1) pipe.kill?.();
            }),
        };
      },
    });
    await addFile(killed);
    const second = await killed.handlers['model.run'](DEFAULT_RUN, signal);
    expect(await killed.finished(second.jobId)).toMatchObject({ state: 'done' });
    expect(starts).toBe(3);
    expect(pickLines(killed, second.runId)).toEqual(expected);
  });

  test('data on which the model’s process ends three times cost their station, not the run', async () => {
    const [poison] = synthetic('BBB', 'HHZ', 11).samples;
    let starts = 0;
    const backend = open('poisoned', {
      start: async (threads) => {
        starts += 1;
        const pipe: InferencePipe = await startInference(threads);
        const send = (frame: ArrayBuffer): void => {
          const message = decode(frame) as ToInference;
          if (message.kind === 'chunk' && message.input.samples[0]?.[0] === poison) pipe.kill?.();
          else pipe.send(frame);
        };
        const sendParts = (parts: readonly Uint8Array[]): void =>
          send(new Uint8Array(Buffer.concat(parts)).buffer);
        return { ...pipe, send, sendParts };
      },
    });
    await addFile(backend);
    const { jobId, runId } = await backend.handlers['model.run'](DEFAULT_RUN, signal);
    expect(await backend.finished(jobId)).toMatchObject({ state: 'done' });
    expect(starts).toBe(4);
    const [run] = await backend.handlers['run.list']({}, signal);
    expect(run!.skipped).toEqual([
      {
        stream: 'XX.BBB..HH',
        reason: expect.stringMatching(/process ended 3 times on the same \d+ windows.*skipped/),
        failed: true,
      },
    ]);
    const stations = new Set(pickLines(backend, runId).map((line) => line.slice(0, 3)));
    expect([...stations]).toEqual(['AAA', 'CCC']);
    expect(run!.pickCount).toBe(2 * 2 * EVENTS_S.length);
  });

  test('cancelled it keeps the stations that are done, and says so', async () => {
    const backend = open('cancelled');
    await addFile(backend);
    const { jobId, runId } = await backend.handlers['model.run'](DEFAULT_RUN, signal);
    const cancelled = new Promise<string>((resolve) => {
      backend.context.catalog.onChanged(({ tables }) => {
        if (!tables.includes('pick')) return;
        const job = backend.context.jobs.list().find(({ id }) => id === jobId);
        backend.context.jobs.cancel(jobId);
        resolve(job?.cancelLabel ?? '');
      });
    });
    await cancelled;
    expect(await backend.finished(jobId)).toMatchObject({ state: 'cancelled' });
    const run = backend.context.catalog.runs.get(runId);
    expect(run?.state).toBe('cancelled');
    const stations = new Set(pickLines(backend, runId).map((line) => line.slice(0, 3)));
    expect(stations.size).toBeGreaterThanOrEqual(1);
    expect(stations.size).toBeLessThan(3);
    expect(run?.pickCount).toBe(stations.size * 2 * EVENTS_S.length);
  });

  test('goes on without curves when they cannot be kept', async () => {
    await writeFile(join(folder, 'blocked'), '');
    const backend = open('full', { cacheFolder: join(folder, 'blocked', 'cache') });
    await addFile(backend);
    const { jobId, runId } = await backend.handlers['model.run'](
      {
        ...DEFAULT_RUN,
        streamKeys: ['XX.AAA..HHZ'],
        settings: { thresholds: { p: 0.5 }, overlap: 0.5 },
      },
      signal,
    );
    expect(await backend.finished(jobId)).toMatchObject({ state: 'done' });
    expect(backend.notices.map(({ text }) => text)).toEqual([
      expect.stringContaining('The probability curves of XX.AAA..HH could not be kept'),
    ]);
    const [run] = await backend.handlers['run.list']({}, signal);
    expect(run).toMatchObject({
      id: runId,
      parameters: {
        settings: { thresholds: { P: 0.5, S: 0.3 }, overlap: 0.5 },
        streams: ['XX.AAA..HHZ'],
      },
    });
    const { picks } = backend.context.catalog.picks.list({ runId, phases: ['P'] });
    expect(picks).toHaveLength(EVENTS_S.length);
    expect(new Set(picks.map(({ stream }) => stream.channel))).toEqual(new Set(['HHZ']));
  });

  test('without data, with an unknown model or a wrong threshold is refused in words', async () => {
    const backend = open('refused');
    const run = (change: Partial<Args<'model.run'>>): Promise<unknown> =>
      backend.handlers['model.run']({ ...DEFAULT_RUN, ...change }, signal);
    await expect(run({})).rejects.toThrow('open waveform files first');
    await addFile(backend);
    await expect(run({ modelId: 'onset-9' })).rejects.toThrow('there is no model "onset-9"');
    await expect(run({ settings: { thresholds: { Q: 0.5 } } })).rejects.toThrow('no phase "Q"');
    await expect(run({ settings: { overlap: 4000 } })).rejects.toThrow('overlap 4000');
    await expect(run({ streamKeys: ['XX.NONE..HHZ'] })).rejects.toThrow('no such stream is open');
    expect(await backend.handlers['run.list']({}, signal)).toEqual([]);
  });
});

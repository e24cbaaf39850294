// One station-day, 3 components at 100 Hz, from a miniSEED file on disk to picks in the catalog, through the
// backend's own calls. Budget: 25 000 × real time on two cores (3.46 s). The bare ONNX runtime is measured in
// the same run, because machines and their load differ.
// Run: node test/bench/scan.ts

import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { startInference } from '../../src/backend/startInference.ts';
import { parseTime } from '../../src/base/time.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import type { TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { openModelBench } from '../modelContext.ts';
import { bareWindowsPerSecond } from './bareNetwork.ts';

const DAY_S = 86_400;
const RATE_HZ = 100;
const BUDGET_S = DAY_S / 25_000;
const ROUNDS = 3;

/** Coloured noise and an event every 20 minutes, the same on every machine. */
function syntheticDay(channel: string, seed: number): TraceSegment {
  const count = DAY_S * RATE_HZ;
  const samples = new Int32Array(count);
  let state = seed;
  let slow = 0;
  for (let k = 0; k < count; k += 1) {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    slow = 0.95 * slow + (state / 2 ** 31 - 0.5) * 60;
    const p = ((k / RATE_HZ) % 1200) - 300;
    const s = p - 4 - seed * 0.01;
    let value = slow;
    if (p > 0 && p < 20) value += 900 * Math.exp(-p) * Math.sin(2 * Math.PI * 8 * p);
    if (s > 0 && s < 20) value += 2000 * Math.exp(-s / 1.5) * Math.sin(2 * Math.PI * 5 * s);
    samples[k] = Math.round(value);
  }
  const stream = parseNslc(`XX.BENCH..${channel}`);
  return { stream, startNs: parseTime('2026-01-01'), sampleRateHz: RATE_HZ, samples };
}

/** User and system seconds of a process, from the kernel; 0 where it does not say. */
function cpuSeconds(processId: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

const folder = await mkdtemp(join(tmpdir(), 'onset-bench-'));
try {
  const file = join(folder, 'day.mseed');
  const day = ['HHZ', 'HHN', 'HHE'].map((channel, i) => syntheticDay(channel, i + 1));
  await writeFile(file, writeMiniseed2(day, { recordLength: 4096 }));
  const megabytes = (await stat(file)).size / 1e6;
  const threads = availableParallelism();
  console.log(
    `scan: one station-day (3 × ${day[0]!.samples.length} samples, ${megabytes.toFixed(1)} MB), ${threads} cores`,
  );
  const model = await openModelRegistry().open('onset-1');
  for (let round = 1; round <= ROUNDS; round += 1) {
    const bare = await bareWindowsPerSecond(model, threads, 1.5);
    await scanOnce(file, round, bare);
  }
} finally {
  await rm(folder, { recursive: true });
}

async function scanOnce(file: string, round: number, bare: number): Promise<void> {
  let processId: number | undefined;
  const bench = openModelBench(folder, `round${round}`, {
    start: async (threads) => {
      const pipe = await startInference(threads);
      processId = pipe.processId;
      return pipe;
    },
  });
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  await bench.context.sources.add([file]);
  const opened = performance.now();
  const run = await bench.handlers['model.run'](
    {
      modelId: 'onset-1',
      streamKeys: undefined,
      window: undefined,
      thresholds: undefined,
      overlap: undefined,
    },
    new AbortController().signal,
  );
  const job = await bench.finished(run.jobId);
  const ended = performance.now();
  const cpu = process.cpuUsage(cpuBefore);
  const cpuBackend = (cpu.user + cpu.system) / 1e6;
  const cpuModel = cpuSeconds(processId);
  const { total } = bench.context.catalog.picks.list({ runId: run.runId, limit: 1 });
  await bench.close();
  const seconds = (ended - started) / 1000;
  const windows = Math.ceil((DAY_S * RATE_HZ - 3001) / 1500) + 1;
  const bareS = windows / bare;
  console.log(
    [
      `  ${job.state}, ${total} picks: ${seconds.toFixed(2)} s (opening ${((opened - started) / 1000).toFixed(2)} s)`,
      `${(DAY_S / seconds).toFixed(0)} × real time (budget ${BUDGET_S.toFixed(2)} s, 25000 ×: ${seconds <= BUDGET_S ? 'met' : 'NOT MET'})`,
      `${(windows / seconds).toFixed(0)} windows/s`,
      `bare runtime ${bare.toFixed(0)} windows/s (${bareS.toFixed(2)} s, ratio ${(seconds / bareS).toFixed(2)})`,
      `CPU ${(cpuBackend + cpuModel).toFixed(2)} s: backend ${cpuBackend.toFixed(2)}, model process ${cpuModel.toFixed(2)}`,
      `outside the runtime ${(100 * (1 - bareS / seconds)).toFixed(0)} % of the time`,
    ].join('; '),
  );
}

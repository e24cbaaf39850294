// The memory of a long run: many days of one station, a file a day as archives keep them, through onset-1 and into the
// catalog, by the built program. Budget of a year: 600 MB resident, backend and model process together. Memory is measured
// day by day and its growth told, so that a leak shows in a part of the year too; all of it takes 365 3, 9 GB and a quarter of
// an hour. Run: node test/bench/year.ts [DAYS] [CHANNELS]

import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSeconds, parseTime } from '../../src/base/time.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { type ServedBackend, serveBuilt } from './servedBackend.ts';

const DAY_S = 86_400;
const RATE_HZ = 100;
const YEAR_DAYS = 365;
const BUDGET_BYTES = 600e6;
const SAMPLE_MS = 100;

const days = Number(process.argv[2] ?? 30);
const channels = ['HHZ', 'HHN', 'HHE'].slice(0, Number(process.argv[3] ?? 1));
const folder = await mkdtemp(join(tmpdir(), 'onset-bench-'));
try {
  const bytes = await writeDays();
  console.log(
    `year: ${days} days of ${channels.join(', ')} at ${RATE_HZ} Hz (${(bytes / 1e6).toFixed(0)} MB in ${days} files), ${availableParallelism()} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}`,
  );
  const served = await serveBuilt(join(folder, 'year.onset'), join(folder, 'data'));
  try {
    await bench(served);
  } finally {
    await served.close();
  }
} finally {
  await rm(folder, { recursive: true });
}

/** Coloured noise, other each day, and an event every 20 minutes. */
async function writeDays(): Promise<number> {
  await mkdir(join(folder, 'data'));
  const samples = new Int32Array(DAY_S * RATE_HZ);
  let state = 1;
  let bytes = 0;
  for (let day = 0; day < days; day += 1) {
    let slow = 0;
    for (let k = 0; k < samples.length; k += 1) {
      state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
      slow = 0.95 * slow + (state / 2 ** 31 - 0.5) * 60;
      const p = ((k / RATE_HZ) % 1200) - 300;
      const event = p > 0 && p < 20 ? 900 * Math.exp(-p) * Math.sin(2 * Math.PI * 8 * p) : 0;
      samples[k] = Math.round(slow + event);
    }
    const startNs = addSeconds(parseTime('2026-01-01'), day * DAY_S);
    const file = join(folder, 'data', `${String(day + 1).padStart(3, '0')}.mseed`);
    const segments = channels.map((channel) => ({
      stream: parseNslc(`XX.YEAR..${channel}`),
      ...{ startNs, sampleRateHz: RATE_HZ, samples },
    }));
    await writeFile(file, writeMiniseed2(segments, { recordLength: 4096 }));
    bytes += (await stat(file)).size;
  }
  return bytes;
}

async function bench(served: ServedBackend): Promise<void> {
  const { client } = served;
  const files = Array.from(
    { length: days },
    (_, day) => `data:0/${String(day + 1).padStart(3, '0')}.mseed`,
  );
  await served.ended(client.call('source.add', { files }));
  const peaks = new Float64Array(days);
  let largest = { backend: 0, model: 0 };
  let part = 0;
  const stop = client.on('job.progressed', ({ done, total }) => {
    part = total > 0 ? done / total : 0;
  });
  const timer = setInterval(() => {
    const { backend, model } = served.residentBytes();
    const day = Math.min(days - 1, Math.floor(part * days));
    peaks[day] = Math.max(peaks[day] ?? 0, backend + model);
    if (backend + model > largest.backend + largest.model) largest = { backend, model };
  }, SAMPLE_MS);
  const started = performance.now();
  const run = await client.call('model.run', {
    ...{ modelId: 'onset-1', streamKeys: undefined, window: undefined, settings: undefined },
  });
  const job = await served.ended(Promise.resolve(run));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  stop();
  if (job.state !== 'done') throw new Error(`the run is ${job.state}: ${job.detail}`);
  const stored = (await client.call('run.list', {})).find(({ id }) => id === run.runId);
  report([...peaks], largest, seconds, stored?.pickCount ?? 0);
}

function report(
  peaks: readonly number[],
  largest: { readonly backend: number; readonly model: number },
  seconds: number,
  picks: number,
): void {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  console.log(`  peak of each day, MB: ${peaks.map(megabytes).join(' ')}`);
  // The first third fills caches and pools.
  const settled = peaks.map((bytes, day) => ({ day, bytes })).slice(Math.floor(days / 3));
  const slope = slopeOf(settled.filter(({ bytes }) => bytes > 0));
  const peak = largest.backend + largest.model;
  const isYear = days >= YEAR_DAYS;
  const year = isYear ? peak : peak + Math.max(0, slope) * (YEAR_DAYS - days);
  const told = isYear ? 'the year' : `a year by that ${megabytes(year)} MB (not run)`;
  console.log(
    `  ${picks} picks, ${seconds.toFixed(1)} s, ${((days * DAY_S) / seconds).toFixed(0)} × real time; a year at this speed ${((seconds * YEAR_DAYS) / days / 60).toFixed(1)} min`,
  );
  console.log(
    `  peak ${megabytes(peak)} MB (backend ${megabytes(largest.backend)}, model process ${megabytes(largest.model)}); growth over the last two thirds ${(slope / 1e6).toFixed(2)} MB a day; ${told}, budget ${megabytes(BUDGET_BYTES)} MB: ${year <= BUDGET_BYTES ? 'met' : 'NOT MET'}`,
  );
  if (peak > 2 * BUDGET_BYTES) process.exitCode = 1;
}

/** Least squares, bytes a day. */
function slopeOf(points: readonly { readonly day: number; readonly bytes: number }[]): number {
  const n = points.length;
  const meanDay = points.reduce((sum, { day }) => sum + day, 0) / n;
  const meanBytes = points.reduce((sum, { bytes }) => sum + bytes, 0) / n;
  const across = points.reduce((sum, p) => sum + (p.day - meanDay) * (p.bytes - meanBytes), 0);
  const along = points.reduce((sum, p) => sum + (p.day - meanDay) ** 2, 0);
  return along > 0 ? across / along : 0;
}

// Seismo-Performer and Spec-CNN over one station-day at shift 10 (863 961 windows, less those lost at the borders of
// chunks), from three miniSEED files to the text of predictions: an archive scan, and a scan into the catalog. Budget:
// 35 s and 95 s on two cores, which the bare ONNX runtime needs for the packs as they are; it is measured in the same
// run. On a busy machine the CPU time counts. The packs are those of ../shared.
// Run: node test/bench/archive.ts [performer] [cnn]

import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { parseTime } from '../../src/base/time.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import type { TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { planGroup } from '../../src/models/archiveScan/archiveScan.ts';
import { DEFAULT_ARCHIVE_SCAN, scalerFile } from '../../src/models/archiveScan/scanOptions.ts';
import { scanWindowCount, windowPeaks } from '../../src/models/archiveScan/scanWindows.ts';
import { openGraph } from '../../src/models/onnx.ts';
import { openSpectrogramScorer } from '../../src/models/spectrogramNet/spectrogramScorer.ts';
import { sharedDir } from '../shared.ts';
import { bareRate } from './bareNetwork.ts';
import { type ServedBackend, serveBuilt } from './servedBackend.ts';

const DAY_S = 86_400;
const RATE_HZ = 100;
const NETWORKS = [
  { name: 'performer', id: 'seismo-performer-v2', budgetS: 35 },
  { name: 'cnn', id: 'spec-cnn-v2', budgetS: 95 },
] as const;
const COMPONENTS = ['HHN', 'HHE', 'HHZ'] as const;

/** Coloured noise and an event every 20 minutes, the same on every machine. */
function syntheticDay(channel: string, seed: number): TraceSegment {
  const samples = new Int32Array(DAY_S * RATE_HZ);
  let state = seed;
  let slow = 0;
  for (let k = 0; k < samples.length; k += 1) {
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

const shared = sharedDir();
if (shared === undefined) {
  console.log('archive: skipped: no ../shared');
} else {
  const wanted = process.argv.slice(2);
  const folder = await mkdtemp(join(tmpdir(), 'onset-bench-'));
  try {
    process.env.ONSET_USER_FOLDER = join(folder, 'user');
    mkdirSync(join(folder, 'user', 'models'), { recursive: true });
    mkdirSync(join(folder, 'data'));
    for (const [i, channel] of COMPONENTS.entries()) {
      const bytes = writeMiniseed2([syntheticDay(channel, i + 1)], { recordLength: 4096 });
      await writeFile(join(folder, 'data', `${channel}.mseed`), bytes);
    }
    const chosen = NETWORKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
    for (const network of chosen) {
      cpSync(join(shared, 'models', network.id), join(folder, 'user', 'models', network.id), {
        recursive: true,
      });
      await bench(network, folder, shared);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bench(
  { id, budgetS }: (typeof NETWORKS)[number],
  folder: string,
  sharedFolder: string,
): Promise<void> {
  const threads = availableParallelism();
  const registry = openModelRegistry(join(folder, 'user', 'models'));
  const bare = await bareRate(await registry.open(id), threads, 3);
  const served = await serveBuilt(join(folder, `${id}.onset`), join(folder, 'data'));
  try {
    const archive = await archiveScan(served, id);
    const bareS = archive.windows / bare.windowsPerSecond;
    const bareCpuS = archive.windows / bare.windowsPerCpuSecond;
    const idleS = archive.cpuS > 0 ? archive.cpuS / threads : archive.seconds;
    console.log(
      [
        `archive: ${id}, one station-day at shift 10, ${archive.windows} windows, ${archive.picks} picks, ${threads} cores`,
        `  archive scan ${archive.seconds.toFixed(1)} s, ${(archive.windows / archive.seconds).toFixed(0)} windows/s; CPU ${archive.cpuS.toFixed(1)} s (backend ${archive.backendCpuS.toFixed(1)}): ${idleS.toFixed(1)} s on ${threads} idle cores, ${(archive.windows / idleS).toFixed(0)} windows/s`,
        `  bare runtime ${bare.windowsPerSecond.toFixed(0)} windows/s: ${bareS.toFixed(1)} s; CPU ${bareCpuS.toFixed(1)} s; ${(bareCpuS / archive.cpuS).toFixed(2)} × as much as the whole scan`,
        `  budget ${budgetS} s: ${Math.min(archive.seconds, idleS) <= budgetS ? 'met' : 'NOT MET'}; load ${(loadavg()[0] ?? 0).toFixed(1)}`,
      ].join('\n'),
    );
    if (Math.min(archive.seconds, idleS) > 2 * budgetS) process.exitCode = 1;
    const scan = await catalogScan(served, id);
    console.log(
      `  scan into the catalog ${scan.seconds.toFixed(1)} s, CPU ${scan.cpuS.toFixed(1)} s, ${scan.picks} picks`,
    );
  } finally {
    await served.close();
  }
  for (const scaler of ['window', 'batch'] as const) {
    const file = new Uint8Array(readFileSync(join(sharedFolder, 'models', id, scalerFile(scaler))));
    const { largest, nearPicks, over, count } = await difference(file, sharedFolder);
    console.log(
      `  against the file window by window, scaled over the ${scaler}: probabilities differ by at most ${largest.toExponential(1)} (${over} of ${count} by more than 1e-4), P and S above 0.9 by ${nearPicks.toExponential(1)}`,
    );
  }
}

interface Taken {
  readonly seconds: number;
  readonly cpuS: number;
  readonly backendCpuS: number;
  readonly picks: number;
}

async function timed(served: ServedBackend, start: () => Promise<{ jobId: string }>) {
  const before = served.cpuSeconds();
  const started = performance.now();
  const starting = start();
  const job = await served.ended(starting);
  const seconds = (performance.now() - started) / 1000;
  if (job.state !== 'done') throw new Error(`the scan is ${job.state}: ${job.detail}`);
  const after = served.cpuSeconds();
  const backendCpuS = after.backend - before.backend;
  const cpuS = backendCpuS + after.model - before.model;
  return { jobId: (await starting).jobId, seconds, cpuS, backendCpuS };
}

async function archiveScan(
  served: ServedBackend,
  modelId: string,
): Promise<Taken & { windows: number }> {
  const files = COMPONENTS.map((name) => ({ name, file: `data:0/${name}.mseed` }));
  const { jobId, ...taken } = await timed(served, () =>
    served.client.call('archive.scan', {
      ...{ modelId, program: 'seismo-performer', groups: [{ line: 1, files }], options: {} },
      ...{ weights: undefined, printPrecision: undefined, plots: undefined, scores: undefined },
      ...{ out: `data:0/${modelId}.txt`, allowTestModel: false },
    }),
  );
  const { picks, windows } = await served.client.call('archive.report', { jobId });
  return { ...taken, picks, windows };
}

async function catalogScan(served: ServedBackend, modelId: string): Promise<Taken> {
  const files = COMPONENTS.map((name) => `data:0/${name}.mseed`);
  await served.ended(served.client.call('source.add', { files }));
  const none = { streamKeys: undefined, window: undefined, settings: undefined };
  const taken = await timed(served, () => served.client.call('model.run', { modelId, ...none }));
  const [run] = await served.client.call('run.list', {});
  return { ...taken, picks: run?.pickCount ?? 0 };
}

/** The fast way and the file itself over ten minutes of real data. */
async function difference(file: Uint8Array, sharedFolder: string) {
  const golden = join(sharedFolder, 'golden/archive-scan');
  const files = ['n', 'e', 'z'].map(
    (letter) =>
      readMiniseed(new Uint8Array(readFileSync(join(golden, `day-part-${letter}.mseed`)))).segments,
  );
  const [chunk] = planGroup(files, DEFAULT_ARCHIVE_SCAN).chunks;
  const components = chunk!.components.map((samples) => Float32Array.from(samples));
  const { shiftSamples, batchSize } = DEFAULT_ARCHIVE_SCAN;
  const windows = scanWindowCount(components[0]!.length, shiftSamples);
  const divisors = windowPeaks(components, windows, shiftSamples);
  const graph = await openGraph(file);
  const plain = new Float32Array(3 * windows);
  for (let first = 0; first < windows; first += batchSize) {
    const count = Math.min(batchSize, windows - first);
    const data = new Float32Array(count * 1200);
    for (let w = 0; w < count; w += 1) {
      components.forEach((row, c) => {
        for (let i = 0; i < 400; i += 1) {
          const value = row[(first + w) * shiftSamples + i]!;
          data[w * 1200 + c * 400 + i] = value / divisors[first + w]!;
        }
      });
    }
    plain.set(await graph.run({ x: { data, shape: [count, 3, 400] } }, 'y'), 3 * first);
  }
  const scorer = await openSpectrogramScorer(file, openGraph);
  const request = { components, windows, shiftSamples, divisors, batchSize };
  const fast = await scorer!.score(request);
  const apart = Array.from(plain, (value, i) => Math.abs(value - fast[i]!));
  const near = apart.filter((_, i) => i % 3 < 2 && plain[i]! > 0.9);
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    largest: most(apart),
    nearPicks: most(near),
    over: apart.filter((value) => value > 1e-4).length,
    count: apart.length,
  };
}

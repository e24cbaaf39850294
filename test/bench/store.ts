// The store and what the page asks of it: node test/bench/store.ts
// Cold start to first paint and page turns go through the same handler as the page's calls, wall time, since they
// share the work between threads. Fails beyond twice the budget, taken relative to the calibration loop.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSeconds, parseTime } from '../../src/base/time.ts';
import type { Args } from '../../src/contract/api.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import type { BackendContext } from '../../src/backend/context.ts';
import { waveformHandlers } from '../../src/backend/handlers/waveform.ts';
import { startPool } from '../../src/backend/pool.ts';
import { Sources, type SourceRow } from '../../src/backend/sources.ts';
import { buildPyramid } from '../../src/signal/pyramid.ts';
import { WaveformStore } from '../../src/waveforms/store.ts';
import { bestCpuMs, calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const START = parseTime('2024-03-01T00:00:00');
const DAY_S = 86_400;
const RATE = 100;
const WIDTH_PX = 1800;

function noise(length: number, seed: number): Int32Array {
  let state = seed;
  let level = 0;
  return Int32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    level = 0.99 * level + (state >> 22);
    return Math.round(level);
  });
}

/** A project in memory around real files, as the backend has it. */
function open(budgetBytes = 1e9) {
  const pool = startPool();
  const store = new WaveformStore({ budgetBytes });
  const rows: SourceRow[] = [];
  const repository = { list: () => rows, put: () => undefined };
  const sources = new Sources({ pool, store, repository, onChange: () => undefined });
  const context = { pool, store, sources } as unknown as BackendContext;
  const handler = waveformHandlers(context)['waveform.window'];
  const window = (args: Args<'waveform.window'>) => handler(args, new AbortController().signal);
  return { pool, store, sources, window };
}

const span = (fromS: number, toS: number) => ({
  startNs: addSeconds(START, fromS),
  endNs: addSeconds(START, toS),
});

function writeStreams(folder: string, count: number, seconds: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const stream = parseNslc(`XX.S${String(i).padStart(3, '0')}..HHZ`);
    const samples = noise(seconds * RATE, i + 1);
    const path = join(folder, `${stream.station}-${seconds}.mseed`);
    writeFileSync(path, writeMiniseed2([{ stream, startNs: START, sampleRateHz: RATE, samples }]));
    return path;
  });
}

/** Best and worst of the later half of `times` runs. */
async function timed(times: number, run: (i: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = performance.now();
    await run(i);
    taken.push(performance.now() - before);
  }
  return taken.slice(Math.floor(times / 2)).sort((a, b) => a - b);
}

const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? NaN;
const worst = (sorted: readonly number[]): number => sorted.at(-1) ?? NaN;

const folder = mkdtempSync(join(tmpdir(), 'onset-bench-'));
const table = new BenchTable(calibrate());
const plain = { filter: undefined, demean: true, widthPx: WIDTH_PX };

const day = noise(DAY_S * RATE, 5);
table.add(
  'pyramid of a day, ms',
  bestCpuMs(5, () => buildPyramid(day)),
  { budget: 50, goal: 22 },
);

const days = writeStreams(folder, 3, DAY_S);
const cold = performance.now();
const three = open();
await three.sources.add(days);
const scanned = performance.now() - cold;
const streamKeys = three.sources.streams().map(({ streamKey }) => streamKey);
const asked = { streamKeys, window: span(0, DAY_S), ...plain };
// A busy machine may answer "loading" first; what counts is when all is there.
while ((await three.window(asked)).some((trace) => trace.state === 'loading'));
const painted = performance.now() - cold;
table.add('three days of 100 Hz: workers, headers, ms', scanned, { budget: 500, goal: 200 });
table.add('… first window decoded, ms', painted, { budget: 1000, goal: 600 });
const turn = await timed(20, (i) =>
  three.window({ streamKeys, window: span(600 * i, 600 * i + 3600), ...plain }),
);
table.add('page turn, 3 channels x 1 h, worst ms', worst(turn), { budget: 50, goal: 10 });
const whole = await timed(10, () => three.window({ streamKeys, window: span(0, DAY_S), ...plain }));
table.add('window, 3 channels x 1 day, ms', median(whole), { budget: 20, goal: 3 });
const filter = { lowHz: 1, highHz: 20, corners: 4, zeroPhase: true };
const filteredDay = await timed(4, () =>
  three.window({ streamKeys, window: span(0, DAY_S), ...plain, filter }),
);
table.add('the same through a filter, ms', median(filteredDay), { budget: 1000, goal: 400 });
const read = await timed(4, () => three.sources.readSegments(streamKeys, span(0, DAY_S)));
table.add('a station-day read for a model, ms', median(read), { budget: 500, goal: 200 });
await three.pool.close();

const many = open();
await many.sources.add(writeStreams(folder, 30, 1800));
const thirty = many.sources.streams().map(({ streamKey }) => streamKey);
const dragged = { streamKeys: thirty, window: span(600, 1200), ...plain };
await many.window(dragged);
for (const zeroPhase of [false, true]) {
  const drag = await timed(40, (i) =>
    many.window({ ...dragged, filter: { ...filter, zeroPhase, lowHz: 0.5 + 0.05 * i } }),
  );
  const name = `slider, 30 traces x 10 min, ${zeroPhase ? 'zero-phase' : 'causal'}, repaints/s`;
  table.addRate(name, 1000 / median(drag), { budget: 30, goal: 45 });
}
const turns = await timed(20, (i) =>
  many.window({ streamKeys: thirty, window: span(30 * i, 30 * i + 600), ...plain }),
);
table.add('page turn, 30 channels x 10 min, worst ms', worst(turns), { budget: 50, goal: 15 });
await many.pool.close();
rmSync(folder, { recursive: true });
table.print();

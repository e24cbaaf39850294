// Decoding a day of 100 Hz Steim-2: node test/bench/decode.ts
// Budgets are ObsPy's CPU times on the reference machine, the goals libmseed's.
//
// Half of a fast decode goes into the kernel handing out 35 MB in pages of 4 kB. NumPy asks for large pages by
// itself; glibc does so when told (GLIBC_TUNABLES, set by the launcher where it starts Node). Both are measured.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseTime } from '../../src/base/time.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { bestCpuMs, calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const DAY_SAMPLES = 8_640_000;
/** Red noise of a quiet vault, about five bits a difference; noisy adds white noise of 300 counts. */
function day(noisy: boolean): Int32Array {
  let state = 20260314;
  const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) / 2 ** 32;
  const gauss = () => (uniform() + uniform() + uniform() + uniform()) * Math.sqrt(3);
  const samples = new Int32Array(DAY_SAMPLES);
  let level = 0;
  for (let i = 0; i < DAY_SAMPLES; i++) {
    level = 0.999 * level + 5 * gauss();
    samples[i] = Math.round(level + (noisy ? 300 * gauss() : 0));
  }
  return samples;
}

const MODES = { large: 'glibc.malloc.hugetlb=1', small: 'glibc.malloc.hugetlb=0' } as const;
const mode = process.env['ONSET_BENCH_PAGES'];

if (process.platform === 'linux' && mode === undefined) {
  let status = 0;
  for (const [name, tunables] of Object.entries(MODES)) {
    const env = { ...process.env, GLIBC_TUNABLES: tunables, ONSET_BENCH_PAGES: name };
    const file = fileURLToPath(import.meta.url);
    const run = spawnSync(process.execPath, [file], { env, stdio: 'inherit' });
    status = Math.max(status, run.status ?? 1);
  }
  process.exit(status);
}

const days = { quiet: day(false), noisy: day(true) };
const cases = [
  { kind: 'quiet', recordLength: 512, budgetMs: 36, goalMs: 24 },
  { kind: 'quiet', recordLength: 4096, budgetMs: 24, goalMs: 18 },
  { kind: 'noisy', recordLength: 512, budgetMs: 81, goalMs: 24 },
  { kind: 'noisy', recordLength: 4096, budgetMs: 47, goalMs: 18 },
] as const;

const table = new BenchTable(calibrate());
for (const { kind, recordLength, budgetMs, goalMs } of cases) {
  const segment = {
    stream: { network: 'XX', station: 'BENCH', location: '', channel: 'HHZ' },
    startNs: parseTime('2026-03-14'),
    sampleRateHz: 100,
    samples: days[kind],
  };
  const bytes = writeMiniseed2([segment], { recordLength });
  const decoded = readMiniseed(bytes).segments[0]?.samples;
  if (decoded?.length !== DAY_SAMPLES || decoded.some((x, i) => x !== segment.samples[i])) {
    throw new Error('the day did not come back as written');
  }
  const limits = { budget: budgetMs, goal: goalMs };
  const megabytes = (bytes.length / 1e6).toFixed(1);
  const name = `${kind} day, ${recordLength} B, ${megabytes} MB, ${mode ?? 'system'} pages, CPU ms`;
  table.add(
    name,
    bestCpuMs(25, () => void readMiniseed(bytes)),
    limits,
  );
}
table.print();

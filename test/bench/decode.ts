// Decoding a day of 100 Hz Steim-2: node test/bench/decode.ts
// Budgets are ObsPy's CPU times on the reference machine, the goal libmseed's. Fails beyond twice the budget,
// both taken relative to the calibration loop, so that a slow or busy machine is not blamed on the decoder.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseTime } from '../../src/base/time.ts';
import { readMiniseed, scanMiniseed } from '../../src/formats/miniseed/read.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { bestCpuMs, calibrate } from './calibration.ts';

const DAY_SAMPLES = 8_640_000;
/** The calibration loop on the machine where ObsPy was timed. */
const REFERENCE_CALIBRATION_MS = 30;

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

// A third of the time goes into the kernel handing out 35 MB in pages of 4 kB. NumPy asks for large pages by
// itself; glibc does so when told, which the launcher does for the backend. Set the variable empty to see without.
if (process.platform === 'linux' && process.env['GLIBC_TUNABLES'] === undefined) {
  const env = { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
  const run = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    env,
    stdio: 'inherit',
  });
  process.exit(run.status ?? 1);
}

const days = { quiet: day(false), noisy: day(true) };
const cases = [
  { kind: 'quiet', recordLength: 512, budgetMs: 36, goalMs: 24 },
  { kind: 'quiet', recordLength: 4096, budgetMs: 24, goalMs: 18 },
  { kind: 'noisy', recordLength: 512, budgetMs: 81, goalMs: 24 },
  { kind: 'noisy', recordLength: 4096, budgetMs: 47, goalMs: 18 },
] as const;

let failed = false;
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
  const calibrationMs = calibrate();
  const ms = bestCpuMs(15, () => void readMiniseed(bytes));
  const headersMs = bestCpuMs(15, () => void scanMiniseed(bytes));
  const onReference = (ms / calibrationMs) * REFERENCE_CALIBRATION_MS;
  failed ||= onReference > 2 * budgetMs;
  console.log(
    JSON.stringify({
      bench: 'decode',
      largePages: process.env['GLIBC_TUNABLES'] ?? '',
      day: kind,
      recordLength,
      megabytes: +(bytes.length / 1e6).toFixed(1),
      cpuMs: +ms.toFixed(1),
      headersCpuMs: +headersMs.toFixed(1),
      calibrationMs: +calibrationMs.toFixed(1),
      ratio: +(ms / calibrationMs).toFixed(2),
      onReferenceMs: +onReference.toFixed(1),
      budgetMs,
      goalMs,
    }),
  );
}
if (failed) {
  console.error('decode: over twice the budget');
  process.exitCode = 1;
}

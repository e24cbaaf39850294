// From the command to its first output, launcher run directly, already built: node test/bench/launcher.ts
// Wall time, since most of it is starting processes.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTime } from '../../src/base/time.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { repoRoot } from '../shared.ts';
import { calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const folder = mkdtempSync(join(tmpdir(), 'onset-bench-'));
const file = join(folder, 'small.mseed');
const segment = {
  stream: parseNslc('XX.TEST..HHZ'),
  startNs: parseTime('2026-03-14'),
  sampleRateHz: 100,
  samples: Int32Array.from({ length: 6000 }, (_, i) => Math.round(500 * Math.sin(i / 9))),
};
writeFileSync(file, writeMiniseed2([segment]));

function wallMs(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, [join(repoRoot, 'src/cli/onset.mjs'), ...args]);
  if (status !== 0) throw new Error(`onset ${args.join(' ')} ended with ${status}`);
  return performance.now() - startedMs;
}

const best = (args: readonly string[]): number =>
  Math.min(...Array.from({ length: 5 }, () => wallMs(args)));

const table = new BenchTable(calibrate());
wallMs(['--help']);
table.add('onset --help', best(['--help']), { budget: 600, goal: 200 });
table.add('onset inspect, a minute of one stream', best(['inspect', file]), {
  budget: 600,
  goal: 300,
});
table.print();
rmSync(folder, { recursive: true });

// `npm run bench`: every bench in turn, or those named (`npm run bench -- decode scan`).
// A bench prints value, ratio to the calibration loop, budget and goal, and exits 1 beyond twice its budget.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LAUNCHER_ENV } from './launcherEnv.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const support = new Set([
  'bareNetwork',
  'barePage',
  'bareNetworkWorker',
  'launcherEnv',
  'calibration',
  'ncedcRecords',
  'npz',
  'run',
  'servedBackend',
  'table',
]);
const wanted = process.argv.slice(2);
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path.basename(file, '.ts'))
  .filter((name) => !support.has(name));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`there is no bench ${unknown.join(', ')}; there are ${known.join(', ')}\n`);
  process.exit(2);
}

const slow: string[] = [];
for (const name of wanted.length > 0 ? wanted : known) {
  process.stdout.write(`\n== ${name}\n`);
  // As the launcher starts Onset: with large pages, where the system has them.
  const { status } = spawnSync(process.execPath, [path.join(folder, `${name}.ts`)], {
    stdio: 'inherit',
    env: { ...LAUNCHER_ENV, ...process.env },
  });
  if (status !== 0) slow.push(name);
}
if (slow.length > 0)
  process.stdout.write(`\nbeyond twice their budget, or failed: ${slow.join(', ')}\n`);
process.exit(slow.length > 0 ? 1 : 0);

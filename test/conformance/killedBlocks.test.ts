// A run over one long record whose program is killed time and again goes on at its last finished block: the picks and
// the kept curves are those of a run that nobody disturbed.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addSeconds, parseTime } from '../../src/base/time.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { programEnvironment } from '../programEnvironment.ts';

const program = fileURLToPath(new URL('./blockScan.ts', import.meta.url));
const START = parseTime('2026-02-03');
const RATE_HZ = 50;
const LENGTH_S = 4 * 3600;
/** No divisor of the window, the hop or the record. */
const BLOCK_S = 433.7;
const GAP_S = [5000.31, 5160.31] as const;
let folder = '';

function samples(rateHz: number): Int32Array {
  let state = 5;
  return Int32Array.from({ length: LENGTH_S * rateHz }, (_, k) => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    let value = 40 * (state / 2 ** 31 - 0.5);
    const p = ((k / rateHz) % 150) - 40 - ((k / rateHz) % 7) / 10;
    const s = p - 5;
    if (p > 0) value += 800 * Math.exp(-p) * Math.sin(2 * Math.PI * 8 * p);
    if (s > 0) value += 900 * Math.exp(-s / 2) * Math.sin(2 * Math.PI * 5 * s);
    return Math.round(value);
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-blocks-'));
  writeRecord('long.mseed', RATE_HZ);
  // What seisbench resamples it reads whole.
  writeRecord('seisbench.mseed', 100);
});

function writeRecord(name: string, sampleRateHz: number): void {
  const whole = samples(sampleRateHz);
  const part = (from: number, to: number) => ({
    stream: parseNslc('XX.YEAR..HHZ'),
    startNs: addSeconds(START, from),
    sampleRateHz,
    samples: whole.slice(from * sampleRateHz, to * sampleRateHz),
  });
  const record = [part(0, GAP_S[0]), part(GAP_S[1], LENGTH_S)];
  writeFileSync(join(folder, name), writeMiniseed2(record));
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = (project: string, policy: string): string[] => {
  const record = join(folder, policy === 'seisbench' ? 'seisbench.mseed' : 'long.mseed');
  return [program, join(folder, project), record, String(BLOCK_S), policy];
};
const options = () => ({
  cwd: folder,
  env: programEnvironment(join(folder, 'user')),
});

/** What a project says while another process may be writing to it. */
function look<T>(project: string, at: (catalog: Catalog) => T): T {
  const path = join(folder, project);
  const catalog = Catalog.open(path, { author: 'reader', create: false });
  try {
    return at(catalog);
  } finally {
    catalog.close();
  }
}

/** Up to where the newest run has stored its sensor; undefined before its first block and once it is done. */
function finishedTo(project: string): bigint | undefined {
  try {
    return look(project, ({ runs }) => {
      const run = runs.list().at(-1);
      if (run === undefined) return undefined;
      const { policy } = run.parameters.settings;
      const sensorKey = policy === 'seisbench' ? 'XX.YEAR..' : 'XX.YEAR..HH';
      return runs.checkpoint(run.id, sensorKey)?.finishedToNs;
    });
  } catch {
    // The project is being made.
    return undefined;
  }
}

/** Starts the program and kills it once it has stored another block; answers whether it ended by itself before. */
async function runAndKill(project: string, policy: string): Promise<boolean> {
  const before = finishedTo(project);
  const child = spawn(process.execPath, command(project, policy), {
    ...options(),
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  while (child.exitCode === null) {
    const now = finishedTo(project);
    if (now !== undefined && now !== before) break;
    await wait(5);
  }
  child.kill('SIGKILL');
  await ended;
  return child.exitCode === 0;
}

/** What differs from run to run. */
const NUMBERS = { id: 0, createdNs: 0, runId: 0 };

function found(project: string) {
  return look(project, ({ runs, picks }) => {
    const [run] = runs.list();
    const { picks: all } = picks.list({ runId: run!.id, limit: 10_000 });
    return {
      runs: runs.list().map(({ state, pickCount, skipped, notes }) => ({
        ...{ state, pickCount, skipped, notes },
      })),
      picks: all.map((pick) => ({ ...pick, ...NUMBERS })),
      onsets: runs.picksOf(run!.id).map((onset) => ({ ...onset, pickId: 0 })),
    };
  });
}

function keptBytes(project: string): string[] {
  const name = readdirSync(folder).find((each) => each.startsWith(project) && /cache/.test(each));
  const curves = join(folder, name ?? '', 'curves');
  return readdirSync(curves)
    .flatMap((run) => readdirSync(join(curves, run)).map((file) => join(curves, run, file)))
    .map((file) => `${file.split('/').at(-1)} ${readFileSync(file).toString('base64')}`);
}

test.each(['onset', 'seisbench', 'detector'])(
  '%s: killed block after block, the run is the same as one that nobody disturbed',
  async (policy) => {
    const calm = `calm-${policy}.onset`;
    const killed = `killed-${policy}.onset`;
    const { status, stderr } = spawnSync(process.execPath, command(calm, policy), {
      ...options(),
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);

    let kills = 0;
    const most = policy === 'detector' ? 2 : 4;
    while (kills < most && !(await runAndKill(killed, policy))) kills += 1;
    expect(kills).toBeGreaterThan(1);
    const partly = look(killed, ({ runs, picks }) => {
      const [run] = runs.list();
      return picks.list({ runId: run!.id, limit: 10_000 }).picks;
    });
    expect(partly.length).toBeGreaterThan(0);
    expect(partly.length).toBeLessThan(found(calm).picks.length);
    expect(spawnSync(process.execPath, command(killed, policy), options()).status).toBe(0);

    expect(found(killed)).toEqual(found(calm));
    expect(found(calm).runs).toMatchObject([{ state: 'done' }]);
    expect(found(calm).picks.length).toBeGreaterThan(60);
    const now = look(killed, ({ picks }) => picks.list({ limit: 10_000 }).picks);
    const times = new Map(now.map(({ id, createdNs }) => [id, createdNs]));
    // What was stored before a kill has not been made again.
    for (const { id, createdNs } of partly) expect(times.get(id)).toBe(createdNs);
    expect(keptBytes(killed)).toEqual(keptBytes(calm));
  },
  240_000,
);

// A run whose whole program is killed: what was stored stays, and the run goes on with the rest.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTime } from '../../src/base/time.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { programEnvironment } from '../programEnvironment.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const STATIONS = ['AAA', 'BBB', 'CCC', 'DDD'];
const LENGTH_S = 3600;
const EVENTS_S = [600, 1800, 3000];
let folder = '';

function record(station: string, seed: number): Int32Array {
  let state = seed;
  return Int32Array.from({ length: LENGTH_S * 100 }, (_, k) => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    let value = 40 * (state / 2 ** 31 - 0.5);
    for (const event of EVENTS_S) {
      const p = k / 100 - event - station.charCodeAt(0) / 10;
      if (p > 0 && p < 60) value += 800 * Math.exp(-p) * Math.sin(2 * Math.PI * 8 * p);
    }
    return Math.round(value);
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-interrupted-'));
  const day = STATIONS.map((station, i) => ({
    stream: parseNslc(`XX.${station}..HHZ`),
    startNs: parseTime('2026-02-03'),
    sampleRateHz: 100,
    samples: record(station, i + 1),
  }));
  writeFileSync(join(folder, 'four.mseed'), writeMiniseed2(day));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Scanned {
  readonly run: { readonly id: number; readonly state: string; readonly pickCount: number };
  readonly skipped: readonly unknown[];
  readonly picks: readonly {
    readonly id: number;
    readonly createdNs: string;
    readonly stream: string;
  }[];
}

const command = (project: string, ...more: string[]): string[] => [
  ...[main, 'scan', 'four.mseed', '--project', project, '--workers', '1', ...more],
];
const options = () => ({
  cwd: folder,
  env: programEnvironment(join(folder, 'user')),
});

/** The command to its end. */
function scan(project: string, ...more: string[]): { scanned: Scanned; stderr: string } {
  const args = command(project, '--out', 'out.json', ...more);
  const { status, stderr } = spawnSync(process.execPath, args, { ...options(), encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return { scanned: JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')), stderr };
}

/** What a project says while another process may be writing to it. */
function look<T>(project: string, at: (catalog: Catalog) => T): T {
  const catalog = Catalog.open(join(folder, project), { author: 'reader', create: false });
  try {
    return at(catalog);
  } finally {
    catalog.close();
  }
}

const sensorsDone = (project: string): string[] => {
  try {
    return look(project, ({ runs }) => runs.list().flatMap(({ id }) => runs.finishedSensors(id)));
  } catch {
    return [];
  }
};

/** Kills the program in the midst of its run; answers the stations that were done. */
async function scanAndKill(project: string): Promise<string[]> {
  const child = spawn(process.execPath, command(project), { ...options(), stdio: 'ignore' });
  const ended = once(child, 'exit');
  while (sensorsDone(project).length === 0 && child.exitCode === null) await wait(5);
  child.kill('SIGKILL');
  await ended;
  return sensorsDone(project);
}

const withoutId = ({ picks }: Scanned): unknown[] =>
  picks.map((pick) => ({ ...pick, id: 0, createdNs: '', runId: 0 }));

test('a run whose program is killed is said to be interrupted and goes on with the other stations', async () => {
  const { scanned: calm } = scan('calm.onset');
  expect(calm.picks.length).toBeGreaterThanOrEqual(STATIONS.length * EVENTS_S.length);

  const done = await scanAndKill('killed.onset');
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(STATIONS.length);
  const [left] = look('killed.onset', ({ runs }): ModelRun[] => runs.list());
  expect(left!.state).toBe('running');
  const kept = look('killed.onset', ({ picks }) => picks.list({ runId: left!.id }).picks);

  const { scanned: again, stderr } = scan('killed.onset');
  expect(stderr).toMatch(
    new RegExp(`interrupted when Onset ended; the picks of ${done.length} stations? (is|are) kept`),
  );
  expect(again.run).toMatchObject({ id: left!.id, state: 'done', pickCount: calm.picks.length });
  expect(again.skipped).toEqual([]);
  expect(withoutId(again)).toEqual(withoutId(calm));
  const ids = new Map(again.picks.map(({ id, createdNs }) => [id, createdNs]));
  for (const { id, createdNs } of kept) expect(ids.get(id)).toBe(String(createdNs));
}, 60_000);

test('with other parameters it begins anew, and the interrupted run says so in words', async () => {
  await scanAndKill('other.onset');
  const { scanned } = scan('other.onset', '--threshold', '0.5');
  const runs = look('other.onset', (catalog) => catalog.runs.list());
  expect(runs.map(({ state }) => state)).toEqual(['failed', 'done']);
  expect(scanned.run.id).toBe(runs[1]!.id);
  expect(runs[0]!.skipped).toEqual([
    {
      stream: 'all other stations',
      reason: expect.stringMatching(/Onset ended before they were done; run the model again/),
    },
  ]);
}, 60_000);

// The formats of scan as a person types them, run from source.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CHANNELS, mseed } from '../../test/backendPage.ts';
import { programEnvironment } from '../../test/programEnvironment.ts';

// The program starts anew for every answer.
vi.setConfig({ testTimeout: 120_000 });

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'onset-scan-'));
beforeAll(() => {
  mkdirSync(join(folder, 'day'));
  for (const channel of CHANNELS) writeFileSync(join(folder, 'day', channel), mseed(channel));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scan(...args: string[]) {
  const env = programEnvironment(join(folder, 'user'));
  const options = { cwd: folder, encoding: 'utf8', env } as const;
  const line = [main, 'scan', 'day', '--threshold', '0.05', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, line, options);
  return { status, stdout, stderr };
}

test('scan prints PhaseNet’s table and writes GPD’s lines', () => {
  const table = scan('--format', 'phasenet');
  expect(table.status, table.stderr).toBe(0);
  const [header, ...rows] = table.stdout.trim().split('\n');
  expect(header).toMatch(/^station_id,begin_time,phase_index,phase_time,phase_score,phase_type/);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    const [station, begin, index, time, , phase] = row.split(',');
    expect(station).toBe('XX.ABC..HH');
    const offsetS = (Date.parse(`${time!}Z`) - Date.parse(`${begin!}Z`)) / 1000;
    expect(offsetS).toBeCloseTo(Number(index) / 100, 2);
    expect(['P', 'S']).toContain(phase);
  }
  const lines = scan('--format', 'gpd', '--out', 'picks.txt');
  expect(lines.status, lines.stderr).toBe(0);
  const written = readFileSync(join(folder, 'picks.txt'), 'utf8').trim().split('\n');
  expect(written).toHaveLength(rows.length);
  for (const line of written) expect(line).toMatch(/^XX ABC [PS] 2023-11-14T22:1\d:\d\d\.\d{6}$/);
});

test('a fit of the pick’s curve is in its method; a format there is not is refused', () => {
  const json = scan('--format', 'json', '--uncertainty', 'fit');
  const { picks, run } = JSON.parse(json.stdout) as {
    picks: { method: string }[];
    run: { parameters: { settings: { uncertainty: string } } };
  };
  expect(run.parameters.settings.uncertainty).toBe('normal fit');
  expect(picks.length).toBeGreaterThan(0);
  for (const { method } of picks) {
    expect(method).toMatch(
      /probability normal fit \(A \S+ mean [+-]\S+ s sigma \S+ s n \d+ L2 |for want of a normal fit/,
    );
  }
  expect(scan('--format', 'xlsx').status).toBe(2);
  expect(scan('--out', 'picks.txt').status).toBe(2);
});

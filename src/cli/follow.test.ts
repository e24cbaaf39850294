// Records through a pipe, as a person types it, run from source.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { EVENTS_S, origin, segment } from '../../test/sensorScan.ts';
import { programEnvironment } from '../../test/programEnvironment.ts';
import { Catalog } from '../catalog/catalog.ts';
import { sampleTime } from '../domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../formats/miniseed/write2.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'onset-follow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface StoredPick {
  readonly stream: string;
  readonly timeNs?: string;
  readonly startNs?: string;
}

function onset(input: Uint8Array, ...args: string[]) {
  const env = programEnvironment(join(folder, 'user'));
  const answer = spawnSync(process.execPath, [main, ...args], { cwd: folder, env, input });
  return {
    status: answer.status,
    stdout: answer.stdout.toString(),
    stderr: answer.stderr.toString(),
  };
}

/** Ten seconds of each channel in turn. */
function records(): Uint8Array {
  const whole = ['HHZ', 'HHN', 'HHE'].map((channel) => segment(channel, 0, 330, 100));
  const parts = Array.from({ length: 33 }, (_, k) =>
    whole.map((each) => {
      const samples = Int32Array.from(each.samples.slice(1000 * k, 1000 * (k + 1)), Math.round);
      return { ...each, samples, startNs: sampleTime(origin, 1000 * k, 100) };
    }),
  );
  return writeMiniseed2(parts.flat(), { recordLength: 512 });
}

test('follow prints the picks of what comes on stdin, as text, CSV and JSON', () => {
  const bytes = records();
  const json = onset(bytes, 'follow', '-', '--format', 'json');
  expect(json.status, json.stderr).toBe(0);
  const picks = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(picks.length).toBeGreaterThanOrEqual(2 * EVENTS_S.length);
  expect(picks[0]).toMatchObject({ stream: 'XX.AAA..HHZ', phase: 'P', warnings: [] });
  expect(json.stderr).toMatch(/\d+ picks from \d+ records of 1 sensor\b/);
  const text = onset(bytes, 'follow', '-', '--threshold', '0.5');
  expect(text.stdout.split('\n')[0]).toMatch(
    /^2023-11-14T22:14:00\.\d{3}Z {2}XX\.AAA\.\.HHZ +P +0\.\d{3} +-0\.\d{3} \+0\.\d{3} s$/,
  );
  const csv = onset(bytes, 'follow', '-', '--format', 'csv');
  expect(csv.stdout.split('\r\n')).toHaveLength(picks.length + 2);
});

test('follow stores run and picks in a project as they become final, and adds the file it followed', () => {
  const bytes = records();
  writeFileSync(join(folder, 'records.mseed'), bytes);
  const printed = onset(bytes, 'follow', '-', '--project', 'a.onset', '--format', 'json');
  expect(printed.status, printed.stderr).toBe(0);
  const told = printed.stdout.trim().split('\n').map((line) => JSON.parse(line) as StoredPick); // prettier-ignore
  const silent = onset(bytes, 'follow', 'records.mseed', '--project', 'b.onset');
  expect([silent.status, silent.stdout], silent.stderr).toEqual([0, '']);
  const times = (of: readonly StoredPick[]) =>
    of.map(({ stream, timeNs, startNs }) => `${stream} ${timeNs ?? startNs ?? ''}`);
  for (const project of ['a.onset', 'b.onset']) {
    const listed = onset(new Uint8Array(0), 'picks', '--project', project, '--json');
    const { picks } = JSON.parse(listed.stdout) as { picks: StoredPick[] };
    expect(times(picks).sort()).toEqual(times(told).sort());
    expect(picks[0]).toMatchObject({
      ...{ state: 'automatic', author: 'onset-1', runId: 1 },
      method: 'onset-1 1.0.0, probability width exp(-1/2)',
    });
  }
  // Followed again, the picks of the first time give way.
  const again = onset(bytes, 'follow', '-', '--project', 'b.onset');
  expect(again.status, again.stderr).toBe(0);
  const catalog = Catalog.open(join(folder, 'b.onset'), { author: 'test' });
  try {
    expect(catalog.runs.list().map(({ state, pickCount }) => ({ state, pickCount }))).toEqual([
      { state: 'done', pickCount: told.length },
      { state: 'done', pickCount: told.length },
    ]);
    expect(catalog.runs.finishedSensors(2)).toEqual(['XX.AAA..HH']);
    expect(catalog.picks.list({ limit: 1000 }).total).toBe(told.length);
    expect(catalog.runs.get(2)?.setHash).toMatch(/^[0-9a-f]{64}$/);
  } finally {
    catalog.close();
  }
});

test('records that come channel by channel are not passed over in silence', () => {
  const whole = ['HHZ', 'HHN', 'HHE'].map((channel) => {
    const { samples, ...rest } = segment(channel, 0, 200, 100);
    return { ...rest, samples: Int32Array.from(samples, Math.round) };
  });
  const { status, stderr } = onset(writeMiniseed2(whole, { recordLength: 512 }), 'follow', '-');
  expect([status, stderr]).toEqual([1, expect.stringContaining('came too late')]);
});

test('follow refuses what it cannot do, and says when nothing came', () => {
  expect(onset(new Uint8Array(0), 'follow').status).toBe(2);
  expect(onset(new Uint8Array(0), 'follow', '-', '--format', 'xml').status).toBe(2);
  const folderGiven = onset(new Uint8Array(0), 'follow', '.');
  expect([folderGiven.status, folderGiven.stderr]).toEqual([
    2,
    expect.stringContaining('. is a folder; follow one file'),
  ]);
  const empty = onset(new TextEncoder().encode('not data '.repeat(100)), 'follow', '-');
  expect(empty.status).toBe(1);
  expect(empty.stderr).toMatch(/0 picks from 0 records of 0 sensors; 900 bytes between them/);
});

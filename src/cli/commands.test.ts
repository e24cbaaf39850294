// scan, picks, export, import and serve as a person types them, run from source.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { CHANNELS, manualPick, mseed, Page } from '../../test/backendPage.ts';
import { programEnvironment } from '../../test/programEnvironment.ts';
import { createBackend } from '../backend/createBackend.ts';
import { Client } from '../contract/rpc.ts';
import { webSocketTransport } from '../contract/webSocketTransport.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let folder: string;

const environment = (): NodeJS.ProcessEnv => programEnvironment(join(folder, 'user'));

function onset(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const options = { cwd: folder, encoding: 'utf8', env: environment() } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, stdout, stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-cli-'));
  mkdirSync(join(folder, 'day'));
  for (const channel of CHANNELS) writeFileSync(join(folder, 'day', channel), mseed(channel));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const thresholds = ['--threshold', 'p: 0.05, s: 0.05'];
const fields =
  'id,stream,timeNs,lowerUncertaintyS,upperUncertaintyS,phase,polarity,onset,weight,probability,state,author,method,runId,createdNs,setHash';

describe('scan', () => {
  test('without project and --out prints CSV on stdout and leaves nothing behind', () => {
    const { status, stdout, stderr } = onset('scan', 'day', ...thresholds);
    expect(status, stderr).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split('\r\n');
    expect(header).toBe(fields);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatch(/^\d+,XX\.ABC\.\.HH\w,\d{19},/);
  });

  test('writes JSON with the run and what was skipped, CSV and QuakeML', () => {
    const outs = ['picks.json', 'picks.csv', 'picks.xml'];
    const results = outs.map((out) => onset('scan', 'day', ...thresholds, '--out', out));
    for (const { status, stdout } of results)
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const json = JSON.parse(readFileSync(join(folder, 'picks.json'), 'utf8'));
    expect(json).toMatchObject({
      run: {
        modelId: 'onset-1',
        state: 'done',
        parameters: { settings: { thresholds: { P: 0.05, S: 0.05 } } },
      },
      skipped: [],
    });
    expect(json.run.pickCount).toBe(json.picks.length);
    expect(Object.keys(json.picks[0]).join()).toBe(fields);
    const csv = readFileSync(join(folder, 'picks.csv'), 'utf8').trimEnd().split('\r\n');
    expect(csv).toHaveLength(json.picks.length + 1);
    const xml = readFileSync(join(folder, 'picks.xml'), 'utf8');
    expect(xml.match(/<pick /g)).toHaveLength(json.picks.length);
  });

  test('a file that cannot be read costs itself and exit code 1', () => {
    writeFileSync(join(folder, 'empty.mseed'), '');
    const { status, stdout, stderr } = onset('scan', 'day', 'empty.mseed', ...thresholds);
    expect(status).toBe(1);
    expect(stdout).toContain('XX.ABC..HHZ');
    expect(stderr).toMatch(/empty\.mseed.*empty/);
    expect(stderr.split(join(folder, 'empty.mseed'))).toHaveLength(2);
  });

  test('nothing to read is said', () => {
    const { status, stderr } = onset('scan', 'empty.mseed');
    expect(status).toBe(1);
    expect(stderr).toMatch(/there are no waveforms that can be read in empty\.mseed/);
  });

  test('an unknown model is bad usage, with the ones there are', () => {
    const { status, stderr } = onset('scan', 'day', '--model', 'phasenet');
    expect(status).toBe(2);
    expect(stderr).toMatch(/there is no model "phasenet", and no folder .*; installed: onset-1/);
  });
});

describe('a project', () => {
  test('that holds more is picked in the files that are named alone', () => {
    for (const [day, station] of [
      ['one', 'ONE'],
      ['two', 'TWO'],
    ] as const) {
      mkdirSync(join(folder, day));
      for (const channel of CHANNELS)
        writeFileSync(join(folder, day, channel), mseed(channel, station));
    }
    const scan = (path: string) =>
      onset('scan', path, '--project', 'parts.onset', '--out', `${path}.json`, ...thresholds);
    const stations = (path: string): string[] => {
      const { picks } = JSON.parse(readFileSync(join(folder, `${path}.json`), 'utf8')) as {
        picks: { stream: string }[];
      };
      return [...new Set(picks.map(({ stream }) => stream.split('.')[1] ?? ''))];
    };
    expect(scan('one')).toMatchObject({ status: 0 });
    expect(stations('one')).toEqual(['ONE']);
    expect(scan('two')).toMatchObject({ status: 0 });
    expect(stations('two')).toEqual(['TWO']);
    const { picks } = JSON.parse(onset('picks', '--project', 'parts.onset', '--json').stdout);
    expect(new Set(picks.map(({ stream }: { stream: string }) => stream.split('.')[1])).size).toBe(
      2,
    );
    const { status, stderr } = onset('scan', 'empty.mseed', '--project', 'parts.onset');
    expect(status).toBe(1);
    expect(stderr).toContain('there are no waveforms that can be read in empty.mseed');
  });

  test('is scanned, listed, exported and imported into another', () => {
    expect(onset('scan', 'day', '--project', 'a.onset', ...thresholds).status).toBe(0);
    const { status, stdout } = onset('picks', '--project', 'a.onset', '--json');
    expect(status).toBe(0);
    const { picks } = JSON.parse(stdout) as { picks: { timeNs: string; stream: string }[] };
    expect(picks.length).toBeGreaterThan(0);
    expect(picks.map(({ timeNs }) => BigInt(timeNs))).toEqual(
      picks.map(({ timeNs }) => BigInt(timeNs)).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    );
    for (const format of ['quakeml', 'csv', 'markers']) {
      const out = `a.${format}`;
      const written = onset('export', '--project', 'a.onset', '--format', format, '--out', out);
      expect(written).toMatchObject({ status: 0, stdout: '' });
      expect(existsSync(join(folder, out))).toBe(true);
    }
    for (const [i, format] of ['quakeml', 'markers'].entries()) {
      const project = `b${i}.onset`;
      expect(onset('import', '--project', project, `a.${format}`).status).toBe(0);
      const read = JSON.parse(onset('picks', '--project', project, '--json').stdout);
      expect(read.picks).toHaveLength(picks.length);
    }
  });

  test('an import that fails for one file goes on with the others, exit code 1', () => {
    const { status, stderr } = onset('import', '--project', 'c.onset', 'empty.mseed', 'a.quakeml');
    expect(status).toBe(1);
    expect(stderr).toMatch(/empty\.mseed: .+\n[^]*a\.quakeml: \d+ picks?\b/);
  });

  test('that another Onset holds is refused by scan and import, and read by picks', async () => {
    const path = join(folder, 'held.onset');
    const holder = await createBackend({
      project: { kind: 'file', path, create: true },
      userFolder: join(folder, 'user'),
      workers: 1,
    });
    await new Page(holder).call('catalog.addPick', { pick: manualPick });
    for (const args of [
      ['scan', 'day'],
      ['import', 'a.quakeml'],
    ]) {
      const { status, stderr } = onset(...args, '--project', 'held.onset');
      expect(status).toBe(1);
      expect(stderr).toMatch(/Another Onset is using this project.*close it there/);
    }
    const { status, stdout } = onset('picks', '--project', 'held.onset', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ picks: [{ phase: 'P', state: 'manual' }] });
    await holder.close();
  });

  test('that is not there is said by picks, not made', () => {
    const { status, stderr } = onset('picks', '--project', 'no.onset', '--json');
    expect(status).toBe(1);
    expect(stderr).toContain('no.onset');
    expect(existsSync(join(folder, 'no.onset'))).toBe(false);
  });
});

describe('serve', () => {
  test('prints one line with the address, answers there, and ends when it is told to', async () => {
    const child = spawn(
      process.execPath,
      [main, 'serve', '--project', 'served.onset', '--data', 'day'],
      {
        cwd: folder,
        env: environment(),
      },
    );
    let stdout = '';
    child.stdout.on('data', (text: Buffer) => (stdout += String(text)));
    while (!stdout.includes('\n')) await once(child.stdout, 'data');
    const [, origin = '', token = ''] =
      /^Onset is at (http:\/\/127\.0\.0\.1:\d+)\/#token=([\w-]{43})\n$/.exec(stdout) ?? [];
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { origin });
    const client = new Client(webSocketTransport(socket), { token });
    expect(await client.call('session.get', {})).toMatchObject({
      projectPath: join(folder, 'served.onset'),
      dataFolders: [join(folder, 'day')],
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(stdout.split('\n')).toHaveLength(2);
  });
});

// tune, set and scan --set as a person types them, run from source.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS, mseed, Page } from '../../test/backendPage.ts';
import { schemaErrors } from '../../test/schemaErrors.ts';
import { programEnvironment } from '../../test/programEnvironment.ts';
import type { ScoreReport } from '../domain/evaluation/score.ts';
import { createBackend } from '../backend/createBackend.ts';
import { csvRows } from '../formats/csv/csvRows.ts';
import { tableColumns } from './tuneTable.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const schemas = fileURLToPath(new URL('../../resources/schemas/', import.meta.url));
let folder: string;

function onset(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = programEnvironment(join(folder, 'user'));
  const options = { cwd: folder, encoding: 'utf8', env } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, stdout, stderr };
}

function done(...args: string[]): { stdout: string; stderr: string } {
  const { status, stdout, stderr } = onset(...args);
  expect(status, stderr).toBe(0);
  return { stdout, stderr };
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const schema = (name: string) =>
  JSON.parse(readFileSync(`${schemas}${name}.json`, 'utf8')) as Record<string, unknown>;

/** The rows of a CSV by column. */
function table(name: string): Record<string, string>[] {
  const [header, ...rows] = [...csvRows(read(name), ',')].map(({ fields }) => fields);
  return rows.map((row) => Object.fromEntries(header!.map((column, i) => [column, row[i] ?? ''])));
}

const picks = (name: string) =>
  table(name).map(({ stream, timeNs, phase, probability }) => {
    return { stream, timeNs, phase, probability };
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-tune-'));
  mkdirSync(join(folder, 'day'));
  for (const channel of CHANNELS) writeFileSync(join(folder, 'day', channel), mseed(channel));
  done('scan', 'day', '--project', 'p.onset', '--threshold', '0.05', '--out', 'first.csv');
  const rows = table('first.csv').map(
    ({ stream, timeNs, phase }) => `${stream},${timeNs},${phase}`,
  );
  expect(rows.length).toBeGreaterThan(0);
  write('truth.csv', ['stream,timeNs,phase', ...rows, ''].join('\n'));
  const parameters = { P: [0.05, 0.999], 'threshold.S': [0.05], stacking: ['avg', 'max'] };
  write('sweep.json', JSON.stringify({ method: 'grid', parameters }));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tuned = ['tune', '--project', 'p.onset', '--reference', 'truth.csv', '--out', 'table.csv'];

describe('tune', () => {
  test('writes a row a set, the best set, and JSON that keeps its schema', () => {
    const { stdout, stderr } = done(
      ...[...tuned, '--sweep', 'sweep.json', '--best', 'best.json', '--json'],
    );
    expect(stderr).toMatch(/4 sets; the best F1 is 1\.000 with P 0\.05, threshold\.S 0\.05/);
    const json = JSON.parse(stdout) as { rows: { setHash: string }[]; best: number };
    expect(schemaErrors(json, schema('tune'))).toEqual([]);
    const rows = table('table.csv');
    expect(Object.keys(rows[0]!)).toEqual(tableColumns(['P', 'threshold.S', 'stacking']));
    expect(rows.map(({ setHash }) => setHash)).toEqual(json.rows.map(({ setHash }) => setHash));
    expect(rows.map((row) => [row.P, row.stacking, row.fromInference])).toEqual([
      ['0.05', 'avg', 'false'],
      ['0.05', 'max', 'true'],
      ['0.999', 'avg', 'false'],
      ['0.999', 'max', 'true'],
    ]);
    expect(rows[0]).toMatchObject({ all_f1: '1', all_falsePerHour: '0', front: 'true', error: '' });
    expect(rows[2]!.P_precision).toBe('');
    const best = JSON.parse(read('best.json')) as { hash: string };
    expect(schemaErrors(best, schema('parameter-set'))).toEqual([]);
    expect(best.hash).toBe(rows[json.best]!.setHash);
  }, 180_000);

  test('runs the first model before where the project has no run', async () => {
    const backend = await createBackend({
      project: { kind: 'file', path: join(folder, 'none.onset'), create: true },
      ...{ userFolder: join(folder, 'user'), workers: 1 },
    });
    await new Page(backend).addFiles(backend.grants.grant(join(folder, 'day')));
    await backend.close();
    const sweep = { method: 'random', n: 2, seed: 5, parameters: { P: [0.1, 0.2, 0.3] } };
    write('random.json', JSON.stringify(sweep));
    const asked = ['--reference', 'truth.csv', '--sweep', 'random.json', '--out', 'random.csv'];
    const tolerance = ['--tolerance', 'p: 0.3, s: 0.5'];
    const { stderr } = done('tune', '--project', 'none.onset', ...asked, ...tolerance);
    expect(stderr).toMatch(/none\.onset has no run yet; onset-1 is run first/);
    expect(stderr).toMatch(/2 sets; the best F1/);
    expect(table('random.csv')).toHaveLength(2);
    const absent = onset('tune', '--project', 'absent.onset', ...asked);
    expect([absent.status, absent.stderr]).toEqual([1, expect.stringMatching(/absent\.onset/)]);
  }, 180_000);

  test('refuses what is wrong before anything is opened', () => {
    write('bad.json', '{"method": "climb"}');
    const bad = onset(...tuned, '--sweep', 'bad.json');
    expect([bad.status, bad.stderr]).toEqual([
      2,
      expect.stringMatching(/^onset: bad\.json: .*its method must be grid, random, bayes/),
    ]);
    expect(onset(...tuned).stderr).toMatch(/--sweep is missing/);
    expect(onset(...tuned, '--sweep', 'sweep.json', '--goal', 'T').status).toBe(2);
    const run = onset(...tuned, '--sweep', 'sweep.json', '--run', '9');
    expect([run.status, run.stderr]).toEqual([2, expect.stringMatching(/has no run 9; it has 1/)]);
  }, 180_000);
});

describe('the locked part', () => {
  test('is locked, scored once a set, unlocked, and all of it is written down', () => {
    const project = ['--project', 'p.onset'];
    const span = '2023-11-14T22:13:00Z/2023-11-14T22:15:00Z';
    const locked = done('tune', ...project, '--lock', span, '--lock-stations', 'XX.ABC, XX.ZZZ');
    expect(locked.stderr).toMatch(
      /^Locked for the test: 2023-11-14T22:13:00Z\/2023-11-14T22:15:00Z, XX\.ABC, XX\.ZZZ\./m,
    );
    const open = done('score', '--json', '--reference', 'truth.csv', 'p.onset');
    expect(open.stderr).toMatch(/in the locked part and (is|are) not read/);
    expect((JSON.parse(open.stdout) as ScoreReport).all.reference).toBe(0);
    const test = ['score', '--test', '--json', '--reference', 'truth.csv', 'p.onset'];
    const [first, again] = [0, 1].map(() => {
      const { stdout } = done(...test);
      expect(schemaErrors(JSON.parse(stdout), schema('score'))).toEqual([]);
      return JSON.parse(stdout) as ScoreReport & { test: { first: boolean; at: string } };
    });
    expect(first!.all).toMatchObject({ recall: 1, missed: 0 });
    expect([first!.test.first, again!.test.first]).toEqual([true, false]);
    expect(again!.test.at).toBe(first!.test.at);
    expect(done('tune', ...project, '--unlock').stderr).toMatch(
      /^Nothing is locked for the test\.\n.*was unlocked after the first score/m,
    );
    const wrong = onset('tune', ...project, '--lock', '2024-01-02/2024-01-01');
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/ends before it begins/),
    ]);
    expect(onset('score', '--test', '--reference', 'truth.csv', 'truth.csv').status).toBe(2);
  }, 60_000);
});

describe('a set', () => {
  test('is saved of a run, run again to the same picks, listed and filtered by', () => {
    const save = ['set', 'save', '--project', 'p.onset', '--run', '1', '--name', 'day'];
    expect(done(...save, '--out', 'day.json').stderr).toMatch(
      /^day, version 1, is saved: [0-9a-f]/,
    );
    expect(schemaErrors(JSON.parse(read('day.json')), schema('parameter-set'))).toEqual([]);
    const { stderr } = done('scan', '--set', 'day.json', 'day', '--out', 'again.csv');
    expect(stderr).toMatch(/\d+ picks? by onset-1/);
    expect(picks('again.csv')).toEqual(picks('first.csv'));
    const { hash } = JSON.parse(read('day.json')) as { hash: string };
    expect(new Set(table('again.csv').map(({ setHash }) => setHash))).toEqual(new Set([hash]));
    // Over what the project holds, without files.
    done('scan', '--set', 'day.json', '--project', 'p.onset', '--out', 'third.csv');
    expect(picks('third.csv')).toEqual(picks('first.csv'));
    expect(done('set', 'list', '--project', 'p.onset').stdout).toMatch(
      new RegExp(`day +1  ${hash.slice(0, 12)}  onset-1  1, 2`),
    );
    done('export', '--project', 'p.onset', '--format', 'quakeml', '--out', 'p.xml');
    expect(read('p.xml')).toContain(`onset.set: ${hash}`);
  }, 180_000);

  test('is shown, compared and verified', () => {
    done('set', 'save', '--project', 'p.onset', '--run', '1', '--out', 'a.json', '--note', 'why');
    const shown = done('set', 'show', 'a.json').stdout;
    expect(shown).toMatch(/^note +why$/m);
    expect(shown).toMatch(/^stations +XX\.ABC\.\.HHE, XX\.ABC\.\.HHN, XX\.ABC\.\.HHZ$/m);
    expect(shown).toMatch(/^ {2}thresholds\.P +0\.05$/m);
    expect(JSON.parse(done('set', 'show', 'a.json', '--json').stdout)).toEqual(
      JSON.parse(read('a.json')),
    );
    expect(done('set', 'diff', 'a.json', 'a.json').stderr).toMatch(/same picks/);
    write('b.json', read('a.json').replace('"P": 0.05', '"P": 0.25'));
    expect(done('set', 'diff', 'a.json', 'b.json').stdout).toBe(
      'onset-1, threshold P: 0.05 → 0.25\n',
    );
    expect(done('set', 'verify', 'a.json').stderr).toMatch(/same picks here/);
    const changed = onset('set', 'verify', 'b.json', '--json');
    expect(changed.status).toBe(1);
    expect(JSON.parse(changed.stdout)).toMatchObject({ hashMatches: false, obstacles: [] });
    write('c.json', read('a.json').replace('"programVersion": "', '"programVersion": "9.'));
    const newer = onset('scan', '--set', 'c.json', 'day');
    expect(newer.status).toBe(0);
    expect(newer.stderr).toMatch(/It was made with Onset 9\./);
  }, 180_000);

  test('of a model that is not here ends with 2 and the line that installs it', () => {
    done('set', 'save', '--project', 'p.onset', '--run', '1', '--out', 'a.json');
    const sum = /"sha256": "([0-9a-f]{64})"/.exec(read('a.json'))![1]!;
    write('other.json', read('a.json').replace(sum, 'c'.repeat(64)));
    const other = onset('scan', '--set', 'other.json', 'day');
    expect([other.status, other.stdout]).toEqual([2, '']);
    expect(other.stderr).toMatch(/onset-1 is another network here.*"onset model import PATH"/);
    write('gone.json', read('a.json').replace('"id": "onset-1"', '"id": "no-net"'));
    const gone = onset('scan', '--set', 'gone.json', 'day');
    expect(gone.status).toBe(2);
    expect(gone.stderr).toMatch(
      /The model no-net .* is not installed; .*"onset model import PATH"/,
    );
    expect(onset('scan', '--set', 'a.json', 'day', '--threshold', '0.5').stderr).toMatch(
      /--threshold cannot be given with --set/,
    );
    expect(onset('scan', '--set', 'a.json').status).toBe(2);
    write('no.json', '[]');
    expect(onset('set', 'show', 'no.json').stderr).toMatch(/^onset: no\.json: /);
  }, 180_000);
});

// onset model as a person types it, run from source.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHANNELS, mseed } from '../../../test/backendPage.ts';
import { writeCustomPack } from '../../../test/customPack.ts';
import { programEnvironment } from '../../../test/programEnvironment.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let folder: string;

function onset(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = programEnvironment(join(folder, 'user'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'model', ...args], {
    ...{ cwd: folder, encoding: 'utf8', env },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-model-'));
  mkdirSync(join(folder, 'day'));
  for (const channel of CHANNELS) writeFileSync(join(folder, 'day', channel), mseed(channel));
  writeCustomPack(join(folder, 'pack'));
  writeFileSync(join(folder, 'torn.h5'), 'nothing');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a model comes in, is listed, described, verified, run and removed', () => {
  const imported = onset('import', 'pack');
  expect(imported.stdout).toContain('my-picker: installed from pack (onnx');
  expect(imported.stdout).toContain('pass: largest difference');
  expect(imported.status).toBe(0);

  expect(onset('list').stdout).toMatch(
    /^my-picker +picking +N P S +100 +10\.00 +CC0-1\.0 +matches +you$/m,
  );
  const listed = JSON.parse(onset('list', '--json').stdout) as { id: string }[];
  expect(listed.map(({ id }) => id)).toEqual(['onset-1', 'my-picker']);
  expect(onset('info', 'my-picker').stdout).toMatch(/^licence +CC0-1\.0$/m);
  expect(onset('info', 'pack').stdout).toMatch(
    /^WARNING +the card of my-picker states no checksum/m,
  );

  const verified = onset('verify');
  expect(verified.stdout).toMatch(/^onset-1: pass, /m);
  expect(verified.stdout).toMatch(/^my-picker: pass, .*checksum as its card says$/m);
  expect(verified.status).toBe(0);

  const run = onset('run', 'my-picker', 'day');
  expect(run.stdout).toMatch(/^id,stream,timeNs/);
  expect(run.stdout.split('\n').length).toBeGreaterThan(2);
  expect(run.status).toBe(0);

  expect(onset('remove', 'my-picker')).toMatchObject({ status: 0 });
  expect(onset('list').stdout).not.toContain('my-picker');
}, 120_000);

test('what was refused is told with its reason and exit code 1; a slip of the pen is 2', () => {
  const refused = onset('import', 'torn.h5', '--json');
  expect(refused.status).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject([
    { files: ['torn.h5'], modelId: null, error: expect.stringContaining('HDF5') as string },
  ]);
  writeCustomPack(join(folder, 'silent'), { parity: undefined });
  const verified = onset('verify', 'silent');
  expect(verified.stdout).toContain('my-picker: not-compared');
  expect(verified.status).toBe(1);
  const slips = [
    ['info', 'nothing'],
    ['fly'],
    [],
    ['import'],
    ['import', 'x.h5', '--gpd-order', 'new'],
    ['run'],
  ];
  for (const args of slips) expect([args, onset(...args).status]).toEqual([args, 2]);
}, 120_000);

// The command as a person types it, run from source.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS, mseed, START } from '../../test/backendPage.ts';
import { programEnvironment } from '../../test/programEnvironment.ts';
import { readDetectorOptions } from './detectorOptions.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let folder: string;

function onset(...args: string[]) {
  const env = programEnvironment(join(folder, 'user'));
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8', env });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-detect-'));
  mkdirSync(join(folder, 'day'));
  for (const station of ['ABC', 'DEF']) {
    for (const channel of CHANNELS) {
      writeFileSync(join(folder, 'day', `${station}-${channel}`), mseed(channel, station));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('detect', () => {
  test('prints the picks of the verticals as CSV, with how they were made', () => {
    const { status, stdout, stderr } = onset('detect', 'day', '--coincidence', '2');
    expect(status, stderr).toBe(0);
    const [, ...rows] = stdout.trimEnd().split('\r\n');
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(row).toMatch(/^\d+,XX\.(ABC|DEF)\.\.HHZ,/);
      const time = BigInt(row.split(',')[2]!);
      expect(Math.abs(Number(time - START) / 1e9 - 40)).toBeLessThan(0.2);
    }
    expect(stdout).toContain('recursive STA/LTA 0.5/10 s on 3.5 off 1 2–20 Hz causal');
    expect(stderr).toContain('2 picks by recursive STA/LTA');
  }, 60_000);

  test('writes JSON with the detector among the run’s parameters, and takes settings from a file', () => {
    const settings = { kind: 'classic', onLevel: 5, refinement: { method: 'none' } };
    writeFileSync(join(folder, 'detector.json'), JSON.stringify(settings));
    const args = ['--settings', 'detector.json', '--on', '4', '--out', 'picks.json'];
    const { status, stderr } = onset('detect', 'day', ...args);
    expect(status, stderr).toBe(0);
    const json = JSON.parse(readFileSync(join(folder, 'picks.json'), 'utf8'));
    expect(json.run.parameters.detector).toMatchObject({ kind: 'classic', onLevel: 4, offLevel: 1.5 }); // prettier-ignore
    expect(json.picks).toHaveLength(2);
    expect(json.picks[0]).toMatchObject({ probability: null, phase: 'P', author: 'sta-lta' });
  }, 60_000);

  test.each([
    [['--kind', 'sta'], /kind must be classic/],
    [['--on', '1', '--off', '2'], /off level 2 is above/],
    [['--band', 'wide'], /--band must be LOW-HIGH/],
    [['--weights', 'UW.A: 2'], /need --coincidence/],
    [['--onset-window', '3'], /two numbers/],
    [['--out', 'picks.txt'], /--out must end in/],
  ])(
    '%j is bad usage',
    (args, words) => {
      const { status, stderr } = onset('detect', 'day', ...args);
      expect(status).toBe(2);
      expect(stderr).toMatch(words);
    },
    30_000,
  );

  test('options become settings', () => {
    const values = { kind: 'delayed', band: '1-', corners: '2', refine: 'kurtosis', coincidence: '3', weights: 'UW.A: 2, UW.B=0.5', extension: '4' }; // prettier-ignore
    expect(readDetectorOptions(values)).toMatchObject({
      ...{ kind: 'delayed', onLevel: 5 },
      band: { lowHz: 1, highHz: undefined, corners: 2, zeroPhase: false },
      refinement: { method: 'kurtosis', beforeS: 2, afterS: 1 },
      coincidence: { leastSum: 3, weights: { 'UW.A': 2, 'UW.B': 0.5 }, extensionS: 4 },
    });
    expect(readDetectorOptions({ band: 'none' }).band).toBeUndefined();
  });
});

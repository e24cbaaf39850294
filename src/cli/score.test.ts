// score as a person types it, run from source.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHANNELS, mseed, START } from '../../test/backendPage.ts';
import { sharedDir } from '../../test/shared.ts';
import { schemaErrors } from '../../test/schemaErrors.ts';
import { programEnvironment } from '../../test/programEnvironment.ts';
import type { ScoreReport } from '../domain/evaluation/score.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const shared = sharedDir();
let folder: string;

function onset(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = programEnvironment(join(folder, 'user'));
  const options = { cwd: folder, encoding: 'utf8', env } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, stdout, stderr };
}

function score(...args: string[]): ScoreReport {
  const { status, stdout, stderr } = onset('score', '--json', ...args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as ScoreReport;
}

const write = (name: string, ...lines: string[]) =>
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
const seconds = (s: number): string => String(Number(START / 1_000_000_000n) + s);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-score-'));
  mkdirSync(join(folder, 'day'));
  for (const channel of CHANNELS) writeFileSync(join(folder, 'day', channel), mseed(channel));
  write(
    'reference.csv',
    'network,station,location,timestamp,phase',
    `XX,ABC,--,${seconds(40)},P`,
    `XX,ABC,,${seconds(42)}.5,Sg`,
    `XX,ABC,  ,${seconds(5000)},P`,
    `XX,DEF,--,${seconds(40)},P`,
    `XX,ABC,--,${seconds(50)},Lg`,
    `XX,ABC,--,,P`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('score', () => {
  test('reads the true onsets of the sample, whose span is known', () => {
    const timeNs = `${seconds(40)}000000000`;
    const onsets = [{ station: 'XX.ABC', phase: 'P', timeNs, eventId: 'local' }, { phase: 'S' }];
    const span = { startNs: `${seconds(0)}000000000`, endNs: `${seconds(60)}000000000` };
    const stations = [{ network: 'XX', station: 'ABC', latitudeDeg: 0, longitudeDeg: 0 }];
    const events = [{ id: 'local', latitudeDeg: 0, longitudeDeg: 0.3 }];
    write('true-onsets.json', JSON.stringify({ ...span, stations, events, onsets }));
    write('found.csv', 'stream,timestamp,phase', `XX.ABC..HHZ,${seconds(40)}.2,P`, `XX.ABC..,${seconds(70)},P`); // prettier-ignore
    const report = score('--reference', 'true-onsets.json', 'found.csv');
    expect(report.P).toMatchObject({ reference: 1, picks: 1, matched: 1, extra: 0 });
    expect(report.leftOut.reference.unreadable).toBe(1);
    expect(report.leftOut.picks.outsideSpan).toBe(1);
    // 33 km, as the reference says; without waveforms there is no SNR.
    expect(report.byDistance).toMatchObject([{ from: 25, to: 50, score: { matched: 1 } }]);
    expect(report.bySnr).toMatchObject([{ from: null, to: null, score: { matched: 1 } }]);
    expect(report.byStation).toMatchObject([{ station: 'XX.ABC', score: { matched: 1 } }]);
    expect(report.byHour).toHaveLength(1);
    const schemaFile = new URL('../../resources/schemas/score.json', import.meta.url);
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
    expect(schemaErrors(report, schema)).toEqual([]);
  });

  test('says so when nothing tells where there was data', () => {
    write('lone.csv', 'stream,timestamp,phase', `XX.ABC..,${seconds(40)},P`);
    const { stderr } = onset('score', '--reference', 'reference.csv', 'lone.csv');
    expect(stderr).toContain('Nothing says where there was data');
    const known = onset('score', '--reference', 'reference.csv', 'lone.csv', '--data', 'day');
    expect(known.stderr).not.toContain('Nothing says');
    const parts = ['--data', 'day', '--by', 'snr', '--by', 'station'];
    const { stdout } = onset('score', '--reference', 'reference.csv', 'lone.csv', ...parts);
    expect(stdout).toMatch(/^SNR +reference/m);
    expect(stdout).toMatch(/^(?:below|from|\d).* 1 +1 +1 +0 +0 /m);
    expect(stdout).toMatch(/^XX\.ABC /m);
    const wrong = onset('score', '--reference', 'reference.csv', 'lone.csv', '--by', 'moon');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringMatching(/--by is station/)]);
  });

  test('prints counts, rates, intervals and residuals of P, S and both', () => {
    write(
      'picks.csv',
      'stream,time,phase,probability,state',
      'XX.ABC.00.HHZ,2023-11-14T22:14:00.25Z,P,0.9,automatic',
      'XX.ABC.00.HHZ,2023-11-14T22:14:02.5Z,S,0.9,automatic',
      'XX.ABC.00.HHZ,2023-11-14T22:14:03.0001Z,S,0.9,rejected',
    );
    const report = score(
      '--reference',
      'reference.csv',
      '--tolerance',
      's: 0.5, P=0.25',
      'picks.csv',
    );
    expect(report.tolerance).toEqual({ P: 0.25, S: 0.5 });
    expect(Object.keys(report)).toEqual([
      ...['tolerance', 'all', 'P', 'S', 'leftOut'],
      ...['byStation', 'byHour', 'byDistance', 'bySnr'],
    ]);
    expect(Object.keys(report.all)).toEqual([
      ...['reference', 'picks', 'matched', 'missed', 'extra', 'recall', 'precision', 'f1'],
      ...['ci', 'residualS', 'note'],
    ]);
    expect(report.P).toMatchObject({ reference: 3, picks: 1, matched: 1, missed: 2, extra: 0 });
    expect(report.P.residualS).toEqual({ n: 1, mean: 0.25, std: 0, mad: 0, median: 0.25 });
    expect(report.S).toMatchObject({ reference: 1, recall: 1, f1: 1, note: 'too few to tune' });
    expect(report.leftOut).toMatchObject({
      reference: { otherPhase: 1, unreadable: 1, outsideData: 0 },
      picks: { rejected: 1 },
    });
  });

  test('what lies where there are no waveforms is left out and counted', () => {
    write('none.csv', 'stream,timeNs,phase', `XX.ABC..,${START + 40_100_000_000n},P`);
    const report = score('--reference', 'reference.csv', '--data', 'day', 'none.csv');
    expect(report.P).toMatchObject({ reference: 1, matched: 1 });
    expect(report.leftOut.reference).toMatchObject({ outsideData: 2 });
  });

  test('nothing to divide by is null, in words a dash', () => {
    write('empty.csv', 'stream,timeNs,phase');
    const { all, S } = score('--reference', 'empty.csv', 'empty.csv');
    expect([all.recall, all.precision, all.f1, all.ci.recall]).toEqual([null, null, null, null]);
    expect(S.residualS).toEqual({ n: 0, mean: null, std: null, mad: null, median: null });
    const { stdout } = onset('score', '--reference', 'reference.csv', 'empty.csv');
    expect(stdout).toMatch(/^P +3 +0 +0 +3 +0 +0\.000 \[0\.00, 0\.56\] +– +–/m);
    expect(stdout).toContain('too few to tune');
    expect(stdout).toContain('Left out of the references: 1 neither P nor S, 1 no picks.');
  });

  test('what scan writes is scored within what it could see, from JSON, CSV, QuakeML and the project', () => {
    const thresholds = ['--threshold', 'p: 0.05, s: 0.05', '--project', 'scan.onset'];
    for (const out of ['x.json', 'x.csv', 'x.xml']) {
      expect(onset('scan', 'day', ...thresholds, '--out', out).status).toBe(0);
    }
    const json = score('--reference', 'reference.csv', 'x.json');
    const { picks, data } = JSON.parse(readFileSync(join(folder, 'x.json'), 'utf8'));
    expect(data).toHaveLength(3);
    expect(json.leftOut.reference).toMatchObject({ outsideData: 2, outsideSpan: 0 });
    expect(json.all.picks).toBe(picks.length);
    expect(json.all.reference).toBe(2);
    const project = score('--reference', 'reference.csv', 'scan.onset');
    expect(project.all).toEqual(json.all);
    expect(project.leftOut.reference).toMatchObject({ outsideSpan: 1, outsideData: 1 });
    for (const file of ['x.csv', 'x.xml']) {
      expect(score('--reference', 'reference.csv', '--data', 'day', file).all).toEqual(json.all);
    }
    const itself = score('--reference', 'x.xml', 'x.json');
    expect(itself.all).toMatchObject({ precision: 1, recall: 1, missed: 0, extra: 0 });
    const reviewed = score('--reference', 'scan.onset', 'x.json');
    expect(reviewed.leftOut.reference.notReviewed).toBe(picks.length);
    expect(reviewed.all.reference).toBe(0);
    const run = onset('score', '--reference', 'reference.csv', 'scan.onset', '--run', '99');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/scan\.onset has no run 99; it has 1 \(onset-1\)/);
  });

  test('markers are a reference too', () => {
    write(
      'reference.markers',
      '# Snuffler Markers File Version 0.2',
      'phase: 2023-11-14 22:14:00.0000  1 XX.ABC..HHZ    None  None  None  P  None  False',
    );
    write('one.csv', 'stream,timestamp,phase', `XX.ABC,${seconds(40)}.1,P`);
    expect(score('--reference', 'reference.markers', 'one.csv').P).toMatchObject({ matched: 1 });
  });

  test('bad usage and files that are none are said', () => {
    const cases: [string[], number, RegExp][] = [
      [['picks.csv'], 2, /--reference is missing/],
      [['--reference', 'a.csv'], 2, /name the picks to score/],
      [['--reference', 'a.csv', 'b.csv', 'c.csv'], 2, /name one file/],
      [['--reference', 'reference.csv', 'empty.csv', '--tolerance', 'q: 1'], 2, /names "q"/],
      [['--reference', 'reference.csv', 'empty.csv', '--tolerance', '31'], 2, /from 0 to 30 s/],
      [['--reference', 'reference.csv', 'gone.csv'], 1, /gone\.csv does not exist/],
      [
        ['--reference', 'reference.csv', 'empty.csv', '--run', '1'],
        2,
        /no project and has no runs/,
      ],
      [
        ['--reference', 'broken.json', 'empty.csv'],
        1,
        /broken\.json holds no picks to score: it is not whole JSON/,
      ],
      [['--reference', 'other.json', 'empty.csv'], 1, /it has no list "picks"/],
      [['--reference', 'nothing', 'empty.csv'], 1, /it is empty \(0 bytes\)/],
      [['--reference', 'day/HHZ', 'empty.csv'], 1, /HHZ holds no picks to score/],
    ];
    write('broken.json', '{"picks": [');
    write('other.json', '{"events": []}');
    writeFileSync(join(folder, 'nothing'), '');
    for (const [args, status, words] of cases) {
      const result = onset('score', ...args);
      expect(result.stderr).toMatch(words);
      expect(result.status).toBe(status);
      expect(result.stdout).toBe('');
    }
  });

  test.skipIf(!shared)(
    'the PNSN analysts against themselves are perfect (skipped: no ../shared)',
    () => {
      const file = join(shared ?? '', 'data/pnsn/continuous/PB.B204.2022.037.picks.csv');
      const { P, S } = score('--reference', file, file);
      expect([P.matched, S.matched, P.f1, S.f1]).toEqual([8, 8, 1, 1]);
    },
  );
});

// Scoring as a page asks for it: runs, reviewed picks, files and other projects.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  failure,
  manualPick,
  type Page,
  START,
  temporaryBackends,
  window,
} from '../../../test/backendPage.ts';
import { addSeconds } from '../../base/time.ts';
import { Catalog } from '../../catalog/catalog.ts';
import type { FileRef } from '../../contract/messages/session.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';

const { folder, data, freshPath, start } = temporaryBackends();
const tolerance = { P: 0.5, S: 0.5 };

const settings: RunSettings = {
  ...{ policy: 'onset', filter: undefined, detrendRecords: false, overlap: 0.5 },
  preparation: { demean: true, detrend: false, scale: undefined, taperSamples: 0 },
  ...{ strideSamples: 1, stacking: 'avg', blindingSamples: [0, 0], strict: false, batchSize: 1 },
  ...{ flexibleHorizontals: true, zeroPhaseResample: false, thresholds: { P: 0.3, S: 0.3 } },
  pickRule: { kind: 'peaks', minimumDistanceSamples: 50 },
};

/** A run with picks at 10, 20, 30 and 40 s; the analyst accepts, moves, rejects and leaves one. */
function reviewedProject(): string {
  const path = freshPath();
  const catalog = Catalog.open(path, { author: 'ana' });
  const runId = catalog.runs.start({
    ...{ modelId: 'onset-1', modelVersion: '1', modelSha256: 'a'.repeat(64) },
    ...{ programVersion: '0.1.0', author: 'ana' },
    parameters: { settings, streams: undefined, window: undefined },
  });
  const found = [10, 20, 30, 40].map((s) => ({
    ...{ ...manualPick, time: addSeconds(START, s), probability: s / 50 },
  }));
  const [first = 0, second = 0, third = 0] = catalog.runs.addPicks(runId, 'XX.ABC..HH', found, {
    method: 'onset-1',
  });
  catalog.runs.finish(runId, 'done', []);
  catalog.decidePicks([first], 'accept');
  catalog.changePicks([second], { time: addSeconds(START, 20.7) });
  catalog.decidePicks([third], 'reject');
  catalog.addPick({ ...manualPick, time: addSeconds(START, 60), phase: 'S' });
  catalog.close();
  return path;
}

const refOf = (page: Page, path: string): FileRef => page.backend.grants.grant(path);

describe('evaluation.score', () => {
  test('sets what a run found, as it found it, against what the analyst made of it', async () => {
    const page = await start({ project: { kind: 'file', path: reviewedProject() } });
    const { report } = await page.call('evaluation.score', {
      ...{ reference: { kind: 'reviewed' }, picks: { kind: 'run', runId: 1 }, tolerance },
      withinData: true,
    });
    // Accepted: found. Moved by 0.7 s: missed, and one too many. Rejected and left: too many. S: missed.
    expect(report.P).toMatchObject({ reference: 2, picks: 4, matched: 1, missed: 1, extra: 3 });
    expect(report.S).toMatchObject({ reference: 1, picks: 0, recall: 0, precision: null });
    expect(report.leftOut.reference).toMatchObject({ rejected: 1, notReviewed: 1 });
    const wider = await page.call('evaluation.score', {
      ...{ reference: { kind: 'reviewed' }, picks: { kind: 'run', runId: 1 } },
      ...{ tolerance: { P: 1, S: 1 }, withinData: false },
    });
    expect(wider.report.P).toMatchObject({ matched: 2, residualS: { n: 2, mean: -0.35 } });
  });

  test('answers what is drawn of a score, with the picks it is of', async () => {
    const page = await start({ project: { kind: 'file', path: reviewedProject() } });
    const { report } = await page.call('evaluation.report', {
      ...{ reference: { kind: 'reviewed' }, picks: { kind: 'run', runId: 1 }, tolerance },
      withinData: true,
    });
    expect(report.scores.P).toMatchObject({ matched: 1, missed: 1, extra: 3 });
    expect(report.byPhase.P.curve.points.map(({ threshold }) => threshold)).toEqual([
      ...[0.8, 0.6, 0.4, 0.2],
    ]);
    const outlier = report.onsets.filter((onset) => onset.outlier);
    expect(outlier.map(({ kind, residualS }) => [kind, residualS])).toEqual([
      ['extra', -0.7],
      ['missed', -0.7],
    ]);
    const [moved] = (await page.call('catalog.listPicks', { states: ['manual'] })).picks;
    expect(outlier.map(({ pickId, referenceId }) => pickId ?? referenceId)).toEqual([
      ...[moved!.id, moved!.id],
    ]);
  });

  test('reads the project that is open and one that is not alike', async () => {
    const path = reviewedProject();
    const open = await start({ project: { kind: 'file', path } });
    const other = await start();
    const scores = [];
    for (const page of [open, other]) {
      const file = refOf(page, path);
      const { report } = await page.call('evaluation.score', {
        ...{ reference: { kind: 'file', file }, picks: { kind: 'file', file, runId: 1 } },
        ...{ tolerance, withinData: false },
      });
      scores.push(report);
    }
    expect(scores[0]).toEqual(scores[1]);
    expect(scores[0]!.all).toMatchObject({ reference: 3, picks: 4, matched: 1 });
  });

  test('leaves out what the open project has no samples for', async () => {
    const page = await start();
    await page.addFiles(
      ...['HHZ', 'HHN'].map((name) => refOf(page, join(data, 'day', `${name}.mseed`))),
    );
    const csv = join(folder, 'reference.csv');
    const times = [10, 40, 89, 91].map((s) => addSeconds(START, s));
    writeFileSync(
      csv,
      `stream,timeNs,phase\n${times.map((t) => `XX.ABC..,${t},P\n`).join('')}oops\n`,
    );
    const file = refOf(page, csv);
    const ask = (withinData: boolean) =>
      page.call('evaluation.score', {
        ...{ reference: { kind: 'file', file }, picks: { kind: 'file', file }, tolerance },
        withinData,
      });
    const within = await ask(true);
    expect(within.report.P).toMatchObject({ reference: 3, matched: 3 });
    expect(within.report.leftOut.picks).toMatchObject({ outsideData: 1, unreadable: 1 });
    expect(within.warnings[0]).toMatch(/^reference\.csv: line 6: .*left out/);
    expect((await ask(false)).report.P).toMatchObject({ reference: 4 });
    expect(window.endNs).toBe(addSeconds(START, 90));
  });

  test('a project without runs is scored by its picks', async () => {
    const page = await start();
    await page.call('catalog.addPick', { pick: manualPick });
    const file = refOf(page, (await page.call('session.get', {})).projectPath);
    const { report } = await page.call('evaluation.score', {
      ...{ reference: { kind: 'reviewed' }, picks: { kind: 'file', file }, tolerance },
      withinData: false,
    });
    expect(report.P).toMatchObject({ reference: 1, picks: 1, matched: 1 });
  });

  test('refuses what is no tolerance, no run and no file of picks', async () => {
    const page = await start();
    const reviewed = { kind: 'reviewed' } as const;
    const ask = (picks: Parameters<typeof page.call<'evaluation.score'>>[1]['picks'], P = 0.5) =>
      failure(
        page.call('evaluation.score', {
          ...{ reference: reviewed, picks, tolerance: { P, S: 0.5 }, withinData: false },
        }),
      );
    expect((await ask(reviewed, NaN)).message).toMatch(/tolerance must be from 0 to 30 s/);
    expect((await ask({ kind: 'run', runId: 7 })).message).toMatch(/has no run 7; it has none/);
    const waveforms = refOf(page, join(data, 'day', 'HHZ.mseed'));
    expect((await ask({ kind: 'file', file: waveforms })).message).toMatch(
      /holds no picks to score/,
    );
    expect((await ask({ kind: 'file', file: waveforms, runId: 1 })).message).toMatch(/no project/);
  });
});

// The whole way with published weights: dropped on the page, run over four hours of PB.B204, compared with the
// analyst's table, and the disagreements reviewed.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedDir } from '../shared.ts';
import { browserNote, Desk, noBrowser, plain } from './analyst.ts';
import { closeBrowser, temporaryHome } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';

const shared = sharedDir();
const note = shared === undefined ? ' (skipped: no ../shared)' : browserNote;
const weights = (...parts: string[]): string =>
  path.join(shared ?? '', 'data', 'weights', ...parts);
const continuous = path.join(shared ?? '', 'data', 'pnsn', 'continuous');

describe.skipIf(noBrowser || shared === undefined)(`four pickers and an analyst${note}`, () => {
  const home = temporaryHome();
  let desk: Desk;
  const compare = () => desk.page.getByRole('region', { name: 'Compare', exact: true });
  const models = () => desk.page.getByRole('dialog', { name: 'Models', exact: true });

  /** Drops files on the page as a browser hands them over. */
  async function drop(files: readonly string[]): Promise<void> {
    const read = files.map((file) => ({
      name: path.basename(file),
      base64: readFileSync(file).toString('base64'),
    }));
    await desk.page.evaluate((list) => {
      const dataTransfer = new DataTransfer();
      for (const { name, base64 } of list) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    }, read);
    await desk.open.idle();
  }

  beforeAll(async () => {
    const project = path.join(home.folder, 'b204.onset');
    desk = new Desk(home.folder, project, ['serve', '--project', project, '--data', continuous]);
    await desk.start();
    await desk.press('Control+o');
    await desk.page.getByRole('checkbox', { name: /Choose .*mseed/ }).check();
    await desk.click(desk.page.getByRole('button', { name: /^Open 1/ }));
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    await closeBrowser();
  });

  test('the weights of three networks are imported by dropping their files, with their parity', async () => {
    const phaseNet = readdirSync(weights('phasenet')).filter((name) => /^checkpoint$|ckpt/.test(name)); // prettier-ignore
    const drops = [
      [weights('seismo-performer', 'w_model_performer_v2.0.h5')],
      phaseNet.map((name) => weights('phasenet', name)),
      [weights('eqtransformer-pnw', 'pnw.pt.v1'), weights('eqtransformer-pnw', 'pnw.json.v1')],
    ];
    for (const files of drops) {
      await drop(files);
      const result = models().getByRole('region', { name: 'What was imported' });
      await result.waitFor();
      const words = plain(await result.innerText());
      expect(words, words).toContain('installed as');
      expect(words, words).toMatch(/the same numbers|not compared/);
      await desk.press('Escape');
    }
  });

  test('all four run over the record, one after the other, each with its own picks', async () => {
    await desk.press('Control+Shift+R');
    const run = desk.page.getByRole('dialog', { name: 'Run the model' });
    for (const box of await run.getByRole('group', { name: 'Models' }).getByRole('checkbox').all()) await box.check(); // prettier-ignore
    const word = run.getByRole('checkbox', { name: /all the same/ });
    if ((await word.count()) > 0) await word.check();
    await desk.click(run.getByRole('button', { name: 'Run 4 models' }));
    const picks = await desk.picks();
    for (const runId of [1, 2, 3, 4]) {
      expect(picks.filter((pick) => pick.runId === runId).length, `run ${runId}`).toBeGreaterThan(
        0,
      );
    }
  }, 300_000);

  test("the analyst's table is taken in by dropping and is the truth of a comparison", async () => {
    await drop([path.join(continuous, 'PB.B204.2022.037.picks.csv')]);
    await desk.press('Escape');
    const manual = (await desk.picks()).filter((pick) => pick.runId === null);
    expect(manual.length).toBeGreaterThan(10);
    await desk.focusTraces();
    await desk.press('Control+j');
    await compare().getByRole('table').waitFor();
    await compare().getByLabel('B', { exact: true }).selectOption('reference');
    const recall: Record<string, string> = {};
    for (const runId of ['1', '2', '3', '4']) {
      await compare().getByLabel('A', { exact: true }).selectOption(runId);
      await desk.page.waitForTimeout(400);
      await desk.open.idle();
      recall[runId] = plain(await compare().getByRole('row', { name: /^P / }).innerText());
    }
    const found = Object.values(recall).map((row) => Number(row.split(' ')[3]));
    expect(Math.max(...found), JSON.stringify(recall)).toBeGreaterThan(0.5);
    expect(await accessibilityProblems(desk.page)).toEqual([]);
    expect(await layoutProblems(desk.page)).toEqual([]);
  });

  test('two of them disagree; their disagreements fill the queue and are decided by keys', async () => {
    await compare().getByLabel('A', { exact: true }).selectOption('1');
    await compare().getByLabel('B', { exact: true }).selectOption('2');
    await desk.page.waitForTimeout(400);
    await desk.open.idle();
    await desk.click(compare().getByRole('button', { name: 'Review disagreements' }));
    const total = Number(await desk.page.getByRole('table', { name: 'Picks to review' }).getAttribute('aria-rowcount')) - 1; // prettier-ignore
    expect(total).toBeGreaterThan(2);
    await desk.focusTraces();
    await desk.press('j', 'Backspace');
    const rejected = (await desk.picks()).filter((pick) => pick.state === 'rejected');
    expect(rejected).toHaveLength(1);
  });
});

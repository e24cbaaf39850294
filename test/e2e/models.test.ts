// The models of the page: the panel of a run, the library, what the network saw, and why there is no pick.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { browserNote, Desk, noBrowser, plain } from './analyst.ts';
import { closeBrowser, temporaryHome } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';
import { writeDenoiserPack } from '../denoiserPack.ts';
import { copyPack, ownModels } from './twoModels.ts';

describe.skipIf(noBrowser)(`models in the page${browserNote}`, () => {
  const home = temporaryHome();
  const data = temporaryHome();
  let desk: Desk;
  const dialog = (name: string) => desk.page.getByRole('dialog', { name, exact: true });

  async function inOrder(): Promise<void> {
    for (const size of [
      { width: 1920, height: 1080 },
      { width: 1280, height: 800 },
    ]) {
      await desk.page.setViewportSize(size);
      await desk.open.idle();
      expect(await accessibilityProblems(desk.page)).toEqual([]);
      expect(await layoutProblems(desk.page)).toEqual([]);
    }
  }
  async function command(name: string): Promise<void> {
    await desk.press('Control+k');
    await desk.page.keyboard.type(name);
    await desk.open.idle();
    await desk.press('Enter');
  }

  beforeAll(async () => {
    copyPack(ownModels(home.folder), 'doubtful', 'Doubtful picker', (card) => {
      card['use'] = 'tests only';
    });
    copyPack(data.folder, 'brought', 'Brought picker');
    desk = await new Desk(home.folder, '', ['serve', '--data', data.folder]).start();
    await desk.click(desk.page.getByRole('button', { name: 'Open sample' }));
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    data.remove();
    await closeBrowser();
  });

  test('weights for tests only run when a person says so, with a warning before', async () => {
    await desk.press('Control+Shift+R');
    const run = dialog('Run the model');
    await run.getByRole('checkbox', { name: /Doubtful picker/ }).check();
    await run.getByRole('checkbox', { name: /Onset-1/ }).uncheck();
    const button = run.getByRole('button', { name: 'Run', exact: true });
    expect(await button.isDisabled()).toBe(true);
    await run.getByRole('checkbox', { name: /all the same/ }).check();
    expect(await button.isEnabled()).toBe(true);
    expect(plain(await run.getByRole('list', { name: 'Warnings' }).innerText())).toContain('training data'); // prettier-ignore
    for (const summary of await run.locator('summary').all()) await summary.click();
    await inOrder();
    await desk.press('Escape');
  });

  test('what is set for a run is what it is made with, and its report says so', async () => {
    await desk.press('Control+Shift+R');
    const run = dialog('Run the model');
    await run.getByText('Windows', { exact: true }).click();
    await run.getByRole('spinbutton', { name: 'Overlap, %' }).fill('75');
    await run.getByLabel('Stacking').selectOption('max');
    await run.getByRole('spinbutton', { name: 'P threshold' }).fill('0.5');
    await desk.click(run.getByRole('button', { name: 'Run', exact: true }));
    await command('Runs…');
    const words = plain(await dialog('Runs').getByRole('region', { name: /^Report of run/ }).innerText()); // prettier-ignore
    expect(words).toContain('P .50, S .30, overlap 75 %, highest of windows');
    expect(words).toMatch(/1 gap, 95.0 s: no window reaches across/);
    await inOrder();
    await desk.press('Escape');
    await desk.press('Control+Shift+R');
    await run.getByLabel('Settings as').selectOption({ index: 1 });
    expect(await run.getByRole('spinbutton', { name: 'P threshold' }).inputValue()).toBe('0.5');
    await desk.press('Escape');
  });

  test('a run as SeisBench groups stations has its curves, its reasons and its comparison too', async () => {
    await desk.press('Control+Shift+R');
    const run = dialog('Run the model');
    await run.getByText('Picks and stations', { exact: true }).click();
    await run.getByLabel('Policy').selectOption('seisbench');
    await desk.click(run.getByRole('button', { name: 'Run', exact: true }));
    expect(await desk.page.getByText('no probabilities of').count()).toBe(0);
    const phase = (await desk.subject()).split(' ')[0] ?? '';
    const why = desk.page.getByRole('region', { name: 'Why is there no pick?' });
    await desk.focusTraces();
    await desk.press('y');
    await desk.click(why.getByRole('button', { name: phase, exact: true }));
    expect(await why.locator('li.first').innerText()).toMatch(/The run has picked/);
    await desk.click(why.getByRole('button', { name: 'close' }));
    await desk.focusTraces();
    await desk.press('Control+j');
    const compare = desk.page.getByRole('region', { name: 'Compare', exact: true });
    await compare.getByRole('table').waitFor();
    expect(Number(plain(await compare.getByRole('button', { name: /same/ }).innerText()).split(' ').at(-1))).toBeGreaterThan(10); // prettier-ignore
    await desk.focusTraces();
    await desk.press('Control+j');
  });

  test('the runs in the strips are named, and chosen by keys that decide no pick', async () => {
    const [chip, list] = [desk.page.locator('[data-curve-chooser] > button'), desk.page.getByRole('group', { name: 'Runs in the strips' })]; // prettier-ignore
    const reviewed = await desk.progress();
    expect(plain(await chip.innerText())).toMatch(/^curves of run \d: onset-1$/);
    await command('Runs in the strips');
    await list.waitFor();
    await desk.press('Tab', 'Space', 'Tab', 'Space');
    expect(plain(await chip.innerText())).toBe('curves A B');
    await inOrder();
    await desk.press('Escape');
    expect(await list.count()).toBe(0);
    await chip.focus();
    await desk.press('Enter');
    await desk.press('Shift+Tab', 'Space', 'Escape');
    expect(await chip.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await desk.progress()).toBe(reviewed);
  });

  test('a pack chosen from the files is imported, compared and removed', async () => {
    await command('Models…');
    const models = dialog('Models');
    await desk.click(models.getByRole('button', { name: 'Import…' }));
    const files = dialog('Import models');
    await files.getByRole('checkbox', { name: 'Choose brought' }).check();
    await desk.click(files.getByRole('button', { name: /^Open 1/ }));
    const imported = models.getByRole('region', { name: 'What was imported' });
    expect(plain(await imported.innerText())).toContain('installed as brought');
    const facts = models.getByRole('region', { name: 'Facts of brought' });
    const words = plain(await facts.innerText());
    expect(words).toMatch(/Licence \S+/);
    expect(words).toContain('matches the card');
    await inOrder();
    await desk.click(facts.getByRole('button', { name: 'Compare with its original' }));
    expect(plain(await facts.innerText())).toMatch(/the same numbers|not compared/);
    await desk.click(facts.getByRole('button', { name: 'Remove…' }));
    await desk.click(facts.getByRole('button', { name: 'Remove', exact: true }));
    expect(await models.getByRole('button', { name: /Brought picker/ }).count()).toBe(0);
    await desk.press('Escape');
  });

  test('weights dropped on the page are imported; broken ones are refused with the reason', async () => {
    const pack = copyPack(data.folder, 'dropped', 'Dropped picker');
    const card = readFileSync(path.join(pack, 'model.json'), 'utf8');
    const network = readFileSync(path.join(pack, 'model.onnx')).toString('base64');
    const drop = (text: string, weights: string) =>
      desk.page.evaluate(
        ([json, base64]) => {
          const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([json], 'model.json'));
          dataTransfer.items.add(new File([bytes], 'model.onnx'));
          window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
        },
        [text, weights] as const,
      );
    await drop(card, network);
    await desk.open.idle();
    const imported = dialog('Models').getByRole('region', { name: 'What was imported' });
    await imported.waitFor();
    expect(plain(await imported.innerText())).toContain('installed as dropped');
    await drop(card.replace('"dropped"', '"torn"'), network.slice(0, 4000));
    await desk.open.idle();
    await imported.getByRole('alert').waitFor();
    expect(plain(await imported.innerText())).toContain('not installed');
    expect(await dialog('Models').getByRole('button', { name: 'Dropped picker' }).count()).toBe(1);
    await desk.press('Escape');
  });

  test('what the network saw: the rows as fed and its answers, at the pick and half a window on', async () => {
    await desk.focusTraces();
    const probability = (await desk.fact('Probability')).split(' ')[0];
    const phase = (await desk.subject()).split(' ')[0] ?? '';
    await desk.press('I');
    const saw = dialog('What the network saw');
    const peaks = saw.getByRole('list', { name: 'Highest answers in the window' });
    await peaks.waitFor();
    const words = plain(await saw.innerText());
    expect(words).toContain('records of HH');
    expect(words).toContain('each component / std');
    const own = plain(await peaks.locator('li', { hasText: phase }).first().innerText());
    expect(Math.abs(Number(/\.\d+|1\.00/.exec(own)?.[0]) - Number(probability))).toBeLessThan(0.3);
    await inOrder();
    const before = await peaks.innerText();
    await desk.click(saw.getByRole('button', { name: 'Forward' }));
    expect(await peaks.innerText()).not.toBe(before);
    await desk.press('Escape');
  });

  test('why there is no pick: picked here, and below the threshold for the other phase', async () => {
    const why = desk.page.getByRole('region', { name: 'Why is there no pick?' });
    const phase = (await desk.subject()).split(' ')[0] ?? '';
    const first = (): Promise<string> => why.locator('li.first').innerText();
    await desk.focusTraces();
    await desk.press('y');
    await desk.click(why.getByRole('button', { name: phase, exact: true }));
    expect(await first()).toMatch(new RegExp(`The run has picked ${phase}`));
    await desk.click(why.getByRole('button', { name: phase === 'P' ? 'S' : 'P', exact: true }));
    expect(await first()).toMatch(/below the threshold 0\.\d\d|stays below 0\.\d\d/);
    await inOrder();
    await desk.click(why.getByRole('button', { name: 'close' }));
  });

  test('several looking together from the form: what each says is in the report and with the picks', async () => {
    await desk.press('Control+Shift+R');
    const run = dialog('Run the model');
    await desk.click(run.getByRole('button', { name: 'Together', exact: true }));
    const start = run.getByRole('button', { name: 'Run together' });
    expect(await start.isDisabled()).toBe(true);
    expect(await run.getByText('One member is no ensemble').count()).toBe(1);
    for (let band = 0; band < 2; band += 1) {
      await run.getByRole('button', { name: 'Add a band' }).click();
    }
    await run.getByRole('spinbutton', { name: 'Band 2, high corner, Hz' }).fill('15');
    expect(await run.getByText('1 model × 2 bands = 2 members').count()).toBe(1);
    await inOrder();
    await run.getByRole('button', { name: 'onset-1', exact: true }).click();
    await run.getByText('Runs on', { exact: true }).click();
    await desk.click(run.getByRole('button', { name: 'Look and measure' }));
    expect(plain(await run.innerText())).toMatch(/the processor [\d\s]+ windows a second/);
    await desk.click(start);
    await command('Runs…');
    const runs = dialog('Runs');
    const report = runs.getByRole('region', { name: /^Report of run/ });
    const words = plain(await report.innerText());
    expect(words).toContain('mean of 2 members; within 0.5 s');
    expect(words).toMatch(/onset-1 1–10 Hz causal.*onset-1 2–15 Hz causal/s);
    expect(await report.getByRole('list', { name: /^Picks by how many/ }).locator('li').count()).toBe(2); // prettier-ignore
    await inOrder();
    await desk.click(runs.getByRole('button', { name: /^run 2: onset-1/ }));
    expect(plain(await report.innerText())).toMatch(/Replaces \d+ automatic picks of run 1/);
    await desk.click(runs.getByRole('button', { name: /^run \d+: mean of onset-1/ }));
    await desk.click(report.getByRole('button', { name: /^Review the/ }));
    expect(await desk.fact('Seen by')).toMatch(/^1 of 2 ± \.\d\d/);
    const votes = desk.inspector.getByRole('table', { name: 'What each member says' });
    const rows = (await votes.locator('tbody tr').allInnerTexts()).map(plain);
    expect(rows).toHaveLength(2);
    expect(rows.filter((row) => row.endsWith('below'))).toHaveLength(1);
    await inOrder();
  });

  test('a station is denoised from the page: asked for a model first, then its traces stand beside the raw ones', async () => {
    await command('Denoise with DeepDenoiser');
    const form = dialog('Denoise');
    expect(plain(await form.innerText())).toContain('import deepdenoiser.pt.v1');
    writeDenoiserPack(path.join(data.folder, 'denoiser'));
    await desk.click(form.getByRole('button', { name: 'Models: import…' }));
    const models = dialog('Models');
    await desk.click(models.getByRole('button', { name: 'Import…' }));
    await dialog('Import models').getByRole('checkbox', { name: 'Choose denoiser' }).check();
    await desk.click(dialog('Import models').getByRole('button', { name: /^Open 1/ }));
    await desk.click(models.getByRole('button', { name: 'Denoise…' }));
    await form.getByLabel('Stations', { exact: true }).selectOption('chosen');
    const choose = form.getByRole('button', { name: 'Choose the folder' });
    expect(await choose.isDisabled()).toBe(true);
    const [station = ''] = await form.getByRole('list', { name: 'Stations to denoise' }).locator('li').allInnerTexts(); // prettier-ignore
    await form.getByRole('checkbox', { name: station.trim() }).check();
    await form.getByLabel('Span').selectOption('window');
    await form.getByRole('textbox', { name: 'File' }).fill('clean.mseed');
    await inOrder();
    await desk.click(choose);
    await desk.click(dialog('Choose a folder').getByRole('button', { name: 'Use this folder' }));
    const { segments } = readMiniseed(new Uint8Array(readFileSync(path.join(data.folder, 'clean.mseed')))); // prettier-ignore
    expect(new Set(segments.map(({ stream }) => stream.location))).toEqual(new Set(['DN']));
    expect(await desk.page.getByText('location DN', { exact: true }).count()).toBe(1);
    await inOrder();
    await command('Denoise with DeepDenoiser');
    expect(plain(await form.innerText())).toMatch(/\d channels? under DN left out/);
    await desk.press('Escape');
  });
});

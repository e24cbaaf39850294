// What goes wrong says what, where and what to do, on the page; what is good still opens.
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { cpSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { repoRoot } from '../shared.ts';
import { browserNote, noBrowser, plain } from './analyst.ts';
import { closeBrowser, openPage, startOnset, temporaryHome } from './onset.ts';
import type { OpenPage, RunningOnset } from './onset.ts';
import { layoutProblems } from './pageChecks.ts';
import { View } from './view.ts';
import { writeNoise, writeStations } from './waveformFiles.ts';

const START = '2026-05-01T00:00:00';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

describe.skipIf(noBrowser)(`troubles${browserNote}`, () => {
  const home = temporaryHome();
  const running: RunningOnset[] = [];
  const pages: OpenPage[] = [];

  async function start(...args: string[]): Promise<RunningOnset> {
    const onset = await startOnset(home.folder, args);
    running.push(onset);
    return onset;
  }
  async function look(url: string): Promise<OpenPage> {
    const open = await openPage(url);
    pages.push(open);
    return open;
  }
  const banners = async (open: OpenPage): Promise<string[]> => {
    const all = open.page.getByRole('button', { name: /^\d+ more$/ });
    if (await all.count()) await all.click();
    await open.idle();
    return (await open.page.locator('.banner').allInnerTexts()).map(plain);
  };
  /** Opens files and folders of a data folder as a person does: Mod+O, ticks, Open. */
  async function openByPage(open: OpenPage, names: readonly string[]): Promise<void> {
    await open.press('Control+o');
    const dialog = open.page.getByRole('dialog', { name: 'Open waveforms' });
    for (const name of names) {
      await dialog.getByRole('checkbox', { name: `Choose ${name}` }).check();
    }
    await dialog.getByRole('button', { name: /^Open \d+ items?$/ }).click();
    await open.idle();
  }

  afterEach(async () => {
    for (const open of pages.splice(0)) await open.close();
    for (const onset of running.splice(0)) await onset.stop('SIGKILL');
  });
  afterAll(async () => {
    home.remove();
    await closeBrowser();
  });

  test('damaged, empty, foreign and huge files are named with a remedy, the good one opens', async () => {
    const folder = path.join(home.folder, 'mixed');
    writeNoise(`${folder}/good.mseed`, { station: 'GOOD', channel: 'HHZ', start: START, lengthS: 120, sampleRateHz: 100 }); // prettier-ignore
    writeNoise(`${folder}/cut.mseed`, { station: 'CUT', channel: 'HHZ', start: START, lengthS: 120, sampleRateHz: 100 }); // prettier-ignore
    const whole = readFileSync(`${folder}/cut.mseed`);
    writeFileSync(`${folder}/cut.mseed`, whole.subarray(0, whole.length - 3000));
    writeFileSync(`${folder}/empty.mseed`, '');
    writeFileSync(`${folder}/notes.txt`, 'Station visited on Tuesday.\n');
    copyFileSync(`${folder}/good.mseed`, `${folder}/huge.mseed`);
    truncateSync(`${folder}/huge.mseed`, 1_600_000_000);
    const onset = await start('serve', '--project', `${home.folder}/mixed.onset`, '--data', folder);
    const open = await look(onset.url);
    await openByPage(open, ['good.mseed', 'cut.mseed', 'empty.mseed', 'notes.txt', 'huge.mseed']); // prettier-ignore
    const view = new View(open.page);
    expect(await view.rows()).toEqual(['CUT HHZ', 'GOOD HHZ']);
    const said = (await banners(open)).join('\n');
    expect(said).toMatch(/cut\.mseed/);
    expect(said).toMatch(/empty\.mseed[^\n]*(empty|0 bytes)/i);
    expect(said).toMatch(/notes\.txt[^\n]*(not|no)[^\n]*miniSEED/i);
    expect(said).toMatch(/huge\.mseed has 1\.6 GB[^\n]*split it/);
    expect(await view.list.innerText()).toContain('3 files that could not be read');
    expect(await layoutProblems(open.page)).toEqual([]);
    expect(open.errors).toEqual([]);
  });

  test('a folder without waveforms says how many files it left out and what is read', async () => {
    const folder = path.join(home.folder, 'letters');
    mkdirSync(folder);
    for (const name of ['a.txt', 'b.md', 'c.csv']) writeFileSync(`${folder}/${name}`, 'nothing\n');
    const onset = await start(
      'serve',
      '--project',
      `${home.folder}/letters.onset`,
      '--data',
      home.folder,
    );
    const open = await look(onset.url);
    await openByPage(open, ['letters']);
    const said = (await banners(open)).join('\n');
    expect(said).toContain('No waveforms are in');
    expect(said).toContain('3 files are of other kinds');
    expect(said).toContain('miniSEED 2 and 3');
    expect(await open.page.getByRole('heading', { name: 'Open waveforms' }).count()).toBe(1);
    expect(open.errors).toEqual([]);
  });

  test('a file that goes away under the page leaves words in its row, not a blank', async () => {
    const folder = path.join(home.folder, 'goes');
    writeStations(folder, 2, { start: START, lengthS: 300, sampleRateHz: 100 });
    const first = await start('open', folder);
    await (await look(first.url)).idle();
    await pages.splice(0)[0]?.close();
    await running.splice(0)[0]?.stop();
    writeFileSync(`${folder}/S01.mseed`, 'this is no waveform any more\n');
    const onset = await start('open', folder);
    const open = await look(onset.url);
    expect((await banners(open)).join('\n')).toContain('S01.mseed');
    expect(await new View(open.page).rows()).toContain('S02 HHZ');
    expect(open.errors).toEqual([]);
  });

  test('a second Onset on a project is told so, is read-only, and offers no edits', async () => {
    const folder = path.join(home.folder, 'two');
    writeStations(folder, 2, { start: START, lengthS: 120, sampleRateHz: 100 });
    const project = `${home.folder}/two.onset`;
    const first = await start('serve', '--project', project, '--data', folder);
    const owner = await look(first.url);
    await openByPage(owner, ['S01.mseed', 'S02.mseed']);
    const second = await start('serve', '--project', project, '--data', folder);
    const open = await look(second.url);
    const said = (await banners(open)).join('\n');
    expect(said).toMatch(/^Read-only\..*(another|other) Onset/is);
    expect(await open.page.locator('footer').innerText()).toContain('read-only');
    const view = new View(open.page);
    expect(await view.rows()).toEqual(['S01 HHZ', 'S02 HHZ']);
    await view.focusTraces();
    await open.press('F1');
    expect(await open.page.locator('footer').innerText()).not.toContain('PICK');
    await open.press('Control+s');
    expect(await open.page.locator('footer').innerText()).toContain('read-only');
    expect(open.errors).toEqual([]);
  });

  test('a killed host is told of; a new one is refused with its old token, and its new address opens all', async () => {
    const folder = path.join(home.folder, 'killed');
    writeStations(folder, 2, { start: START, lengthS: 120, sampleRateHz: 100 });
    const port = await freePort();
    const args = ['serve', '--data', folder, '--port', String(port)];
    const first = await start(...args);
    const open = await look(first.url);
    const rows = await new View(open.page).rows();
    await first.stop('SIGKILL');
    const lost = open.page.getByRole('alert').filter({ hasText: 'The backend does not answer' });
    await lost.waitFor();
    expect(plain(await lost.innerText())).toContain('What you did before is saved');
    const again = await start(...args);
    const refused = open.page.getByRole('alert').filter({ hasText: 'does not accept this page' });
    await refused.waitFor();
    expect(plain(await refused.innerText())).toContain('take the one that Onset printed');
    const anew = await look(again.url);
    expect(await new View(anew.page).rows()).toEqual(rows);
    expect(anew.errors).toEqual([]);
  });

  test('a wrong token is refused in words on the page', async () => {
    const onset = await start('serve');
    const open = await openPage(onset.url.replace(/token=.*/, 'token=wrong'));
    pages.push(open);
    expect(await banners(open)).toEqual([expect.stringContaining('Onset does not accept this page. The address is out of date')]); // prettier-ignore
    expect(await open.page.locator('footer').innerText()).toMatch(/no data open.*not connected/s);
    expect(await open.page.locator('footer').innerText()).not.toContain('saved');
    // The right address in the same tab differs behind the # only.
    await open.page.evaluate((url) => window.location.assign(url), onset.url);
    await open.page.getByRole('application', { name: 'Traces' }).waitFor();
    await open.idle();
    expect(await new View(open.page).rows()).toHaveLength(5);
  });

  test('a model whose weights are not those of its card cannot be run, and the dialog says why', async () => {
    const models = path.join(home.folder, 'onset', 'models', 'broken');
    cpSync(path.join(repoRoot, 'resources', 'models', 'onset-1'), models, { recursive: true });
    const card = readFileSync(`${models}/model.json`, 'utf8').replace('"id": "onset-1"', '"id": "broken"'); // prettier-ignore
    writeFileSync(`${models}/model.json`, card.replace('Onset-1 phase picker', 'Broken picker'));
    const weights = readFileSync(`${models}/model.onnx`);
    weights[5000] = (weights[5000] ?? 0) ^ 0xff;
    writeFileSync(`${models}/model.onnx`, weights);
    const onset = await start('serve');
    const open = await look(onset.url);
    await open.press('Control+Shift+R');
    const dialog = open.page.getByRole('dialog', { name: 'Run the model' });
    const choice = dialog.getByRole('checkbox', { name: /Broken picker/ });
    expect(await choice.isDisabled()).toBe(true);
    const words = plain(await dialog.innerText());
    expect(words).toMatch(/not those of its card/);
    expect(words).toMatch(/install the model again/);
    expect(await dialog.getByRole('button', { name: 'Run', exact: true }).isEnabled()).toBe(true);
    expect(open.errors).toEqual([]);
  });

  test('a folder dropped on a browser says how files are opened there', async () => {
    const onset = await start('serve', '--project', `${home.folder}/drop.onset`);
    const open = await look(onset.url);
    await open.page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'x.mseed'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    });
    await open.idle();
    expect((await banners(open)).join(' ')).toContain('onset serve --data');
    expect(open.errors).toEqual([]);
  });
});

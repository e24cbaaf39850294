// Two models on the same data, a threshold turned live and scored, kept as a set, and the set run again without a
// page: on the sample with its second model, and on four hours of PB.B204 with the analyst's table.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sharedDir } from '../shared.ts';
import { browserNote, content, Desk, noBrowser, onset, plain, storedPicks } from './analyst.ts';
import { inferenceWindows } from './hostClient.ts';
import { closeBrowser, startOnset, temporaryHome } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';
import { copyPack, ownModels } from './twoModels.ts';

const shared = sharedDir();
const continuous = path.join(shared ?? '', 'data', 'pnsn', 'continuous');

/** An analyst at the Tune work space. */
class Tuner {
  readonly desk: Desk;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  get #page() {
    return this.desk.page;
  }

  threshold(phase: string) {
    return this.#page.getByRole('slider', { name: `${phase} threshold` });
  }

  async settle(): Promise<void> {
    await this.desk.open.idle();
    await this.#page.waitForTimeout(350);
    await this.desk.open.idle();
  }

  async open(): Promise<void> {
    await this.desk.focusTraces();
    await this.desk.press('v', 't');
    await this.settle();
  }

  async turnDown(phase: string, steps: number): Promise<void> {
    await this.threshold(phase).focus();
    for (let i = 0; i < steps; i += 1) await this.#page.keyboard.press('ArrowLeft');
    await this.settle();
  }

  async gained(): Promise<number> {
    const text = await this.#page.locator('.part.gained b.sign').innerText();
    return Number(plain(text).replaceAll(/\D/g, ''));
  }

  /** Picks of all phases that the sliders say. */
  async found(): Promise<number> {
    const texts = await this.#page.locator('.under .found').allInnerTexts();
    return texts.reduce((sum, text) => sum + Number(plain(text).replaceAll(/\D/g, '')), 0);
  }

  /** By its option's beginning. */
  async reference(words: RegExp): Promise<void> {
    const chooser = this.#page.getByRole('combobox', { name: 'against' }).last();
    const options = await chooser.getByRole('option').allInnerTexts();
    const wanted = options.find((option) => words.test(plain(option)));
    await chooser.selectOption({ label: wanted ?? 'none such' });
    await this.settle();
  }

  /** From the data folder that is served. */
  async file(name: string): Promise<void> {
    await this.#page.getByRole('combobox', { name: 'against' }).last().selectOption('ask');
    await this.settle();
    await this.desk.click(this.#page.getByRole('dialog').getByText(name));
    await this.settle();
  }

  /** A click in the middle of the curve of precision and recall; the threshold it chose. */
  async clickCurve(): Promise<number> {
    const chart = this.#page.getByRole('slider', { name: /^Precision and recall/ });
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.locator('.u-over').boundingBox();
    if (!box) throw new Error('the curve of precision and recall is not there');
    await this.#page.mouse.click(box.x + 0.6 * box.width, box.y + 0.3 * box.height);
    await this.settle();
    return Number(await this.threshold('P').inputValue());
  }

  async save(name: string): Promise<void> {
    await this.desk.click(this.#page.getByRole('button', { name: 'Save set' }));
    await this.#page.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.desk.click(this.#page.getByRole('button', { name: 'Save', exact: true }));
    await this.settle();
  }
}

async function command(home: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await onset(home, args);
  expect(code, `onset ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

describe.skipIf(noBrowser)(`a set tuned in the page and run without it${browserNote}`, () => {
  afterAll(closeBrowser);

  test('on the sample: two models, a live threshold, a score, a set, the same picks again', async () => {
    const home = temporaryHome();
    copyPack(ownModels(home.folder), 'onset-b', 'Second picker');
    await (await startOnset(home.folder, ['serve'])).stop();
    const waveforms = path.join(home.folder, 'onset', 'sample', 'waveforms');
    const project = path.join(home.folder, 'tuned.onset');
    for (const model of ['onset-b', 'onset-1']) {
      await command(home.folder, ['scan', waveforms, '--project', project, '--model', model]);
    }
    const desk = await new Desk(home.folder, project).start();
    const tuner = new Tuner(desk);
    await tuner.open();
    await tuner.turnDown('P', 30);
    expect(await tuner.gained()).toBeGreaterThan(0);
    await tuner.reference(/onset-b/);
    const chosen = await tuner.clickCurve();
    expect(chosen).toBeGreaterThan(0);
    await tuner.save('tuned');
    expect(desk.open.errors).toEqual([]);
    await desk.stop();

    const file = path.join(home.folder, 'tuned.json');
    await command(home.folder, ['set', 'export', '--project', project, '--name', 'tuned', '--out', file]); // prettier-ignore
    const set = JSON.parse(readFileSync(file, 'utf8')) as { content: { models: { settings: { thresholds: Record<string, number> } }[] } }; // prettier-ignore
    expect(set.content.models[0]?.settings.thresholds.P).toBeCloseTo(chosen, 9);
    await command(home.folder, ['set', 'verify', file]);
    const [once, twice] = ['once', 'twice'].map((name) => path.join(home.folder, `${name}.onset`));
    for (const again of [once, twice]) {
      await command(home.folder, ['scan', waveforms, '--project', again!, '--set', file]);
    }
    const picks = await storedPicks(home.folder, once!);
    expect(picks.length).toBeGreaterThan(10);
    expect(content(await storedPicks(home.folder, twice!))).toEqual(content(picks));
    home.remove();
  }, 300_000);

  test('of an ensemble: its rule turned without the network, kept as a set, the same picks again', async () => {
    const home = temporaryHome();
    await (await startOnset(home.folder, ['serve'])).stop();
    const waveforms = path.join(home.folder, 'onset', 'sample', 'waveforms');
    const station = readdirSync(waveforms).filter((name) => name.includes('KALT'));
    const files = station.map((name) => path.join(waveforms, name));
    const project = path.join(home.folder, 'members.onset');
    const several = ['--ensemble', 'mean', '--bands', '1-20,2-40', '--threshold', '0.1'];
    await command(home.folder, ['scan', ...files, '--project', project, ...several]);
    const desk = await new Desk(home.folder, project).start();
    const tuner = new Tuner(desk);
    await tuner.open();
    const windows = await inferenceWindows(desk.onset.url);
    await desk.page.getByRole('combobox', { name: 'Combined as' }).selectOption('max');
    await tuner.settle();
    const gained = await tuner.gained();
    const least = desk.page.getByRole('slider', { name: 'Seen by at least, slider' });
    await least.focus();
    await desk.page.keyboard.press('ArrowRight');
    await tuner.settle();
    expect(await tuner.gained()).toBeLessThanOrEqual(gained);
    const shown = await tuner.found();
    expect(shown).toBeGreaterThan(0);
    expect(await inferenceWindows(desk.onset.url)).toBe(windows);
    for (const part of ['Calibration', 'Rule', 'Stations']) {
      await desk.page.locator('summary', { hasText: part }).click();
    }
    await tuner.settle();
    expect(await accessibilityProblems(desk.page)).toEqual([]);
    expect(await layoutProblems(desk.page)).toEqual([]);
    await tuner.save('members');
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    const file = path.join(home.folder, 'members.json');
    await command(home.folder, ['set', 'export', '--project', project, '--name', 'members', '--out', file]); // prettier-ignore
    const again = path.join(home.folder, 'again.onset');
    await command(home.folder, ['scan', ...files, '--project', again, '--set', file]);
    expect(await storedPicks(home.folder, again)).toHaveLength(shown);
    home.remove();
  }, 300_000);

  test.skipIf(shared === undefined)(
    `on PB.B204 against the analyst's table${shared === undefined ? ' (skipped: no ../shared)' : ''}`,
    async () => {
      const home = temporaryHome();
      const project = path.join(home.folder, 'b204.onset');
      const waveforms = path.join(continuous, 'PB.B204..EH.2022-02-06T00.mseed');
      const table = path.join(continuous, 'PB.B204.2022.037.picks.csv');
      await command(home.folder, ['scan', waveforms, '--project', project]);
      const serve = ['serve', '--project', project, '--data', continuous];
      const desk = await new Desk(home.folder, project, serve).start();
      const tuner = new Tuner(desk);
      await desk.focusTraces();
      await tuner.open();
      await tuner.file(path.basename(table));
      const score = desk.page.getByRole('table', { name: /^Score against PB\.B204/ });
      expect(await score.getByRole('row').nth(1).innerText()).toMatch(/1\.00/);
      expect(await desk.page.getByText('References: P 2, S 2: too few to tune.').count()).toBe(1);
      await tuner.turnDown('P', 40);
      expect(await tuner.gained()).toBeGreaterThan(0);
      await tuner.save('b204');
      expect(desk.open.errors).toEqual([]);
      await desk.stop();
      const scored = JSON.parse(await command(home.folder, ['score', '--reference', table, project, '--json'])) as { all: { reference: number; matched: number } }; // prettier-ignore
      // Four labels of the table lie within these four hours.
      expect(scored.all.reference).toBe(4);
      expect(scored.all.matched).toBeGreaterThan(0);
      home.remove();
    },
    300_000,
  );
});

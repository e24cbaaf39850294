// Two runs set against each other as an analyst does it: what one has, what moved, review of the disagreements.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, plain, type StoredPick } from './analyst.ts';
import { closeBrowser, temporaryHome } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';
import { copyPack, ownModels } from './twoModels.ts';

describe.skipIf(noBrowser)(`two runs on the same data${browserNote}`, () => {
  const home = temporaryHome();
  let desk: Desk;
  let stored: StoredPick[];
  let weak: StoredPick[];

  const panel = () => desk.page.getByRole('region', { name: 'Compare', exact: true });
  const chip = (name: RegExp) => panel().getByRole('button', { name });
  const list = () => panel().getByRole('listbox', { name: /^Onsets/ });
  const listed = () => list().getByRole('option').allInnerTexts();

  beforeAll(async () => {
    copyPack(ownModels(home.folder), 'onset-b', 'Second picker');
    desk = await new Desk(home.folder, '', ['serve']).start();
    await desk.press('Control+Shift+R');
    const dialog = desk.page.getByRole('dialog', { name: 'Run the model' });
    await dialog.getByRole('checkbox', { name: /Second picker/ }).check();
    for (const phase of ['P', 'S']) {
      await dialog.getByRole('spinbutton', { name: `${phase} threshold` }).fill('0.6');
    }
    expect(plain(await dialog.innerText())).toMatch(/5 sensors, 10 h of data, [\d\s]+ windows: about/); // prettier-ignore
    await desk.click(dialog.getByRole('button', { name: 'Run 2 models' }));
    const project = await desk.page.getByRole('heading', { level: 1 }).getAttribute('title');
    desk = Object.assign(desk, { project: project ?? '' });
    stored = await desk.picks();
    weak = stored.filter((pick) => pick.runId === 1 && (pick.probability ?? 0) < 0.6);
    await desk.focusTraces();
    await desk.press('Control+j');
    await panel().getByRole('table').waitFor();
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    await closeBrowser();
  });

  test('each model has run with its own settings', () => {
    expect(new Set(stored.map((pick) => pick.runId))).toEqual(new Set([1, 2]));
    expect(Math.min(...stored.filter((p) => p.runId === 2).map((p) => p.probability ?? 0))).toBeGreaterThanOrEqual(0.6); // prettier-ignore
    expect(weak.length).toBeGreaterThan(2);
  });

  test('onsets are counted by how the runs stand to each other, with scores', async () => {
    const strong = stored.filter((pick) => pick.runId === 2);
    expect(plain(await chip(/only A/).innerText())).toBe(`− only A ${weak.length}`);
    expect(plain(await chip(/only B/).innerText())).toBe('+ only B 0');
    expect(plain(await chip(/same/).innerText())).toBe(`= same ${strong.length}`);
    const ofP = (picks: StoredPick[]) => picks.filter((pick) => pick.phase === 'P').length;
    const [a, b] = [ofP(stored) - ofP(strong), ofP(strong)];
    const row = plain(await panel().getByRole('row', { name: /^P / }).innerText());
    const precision = b === a ? '1.000' : (b / a).toFixed(3).replace(/^0/, '');
    expect(row).toContain(precision);
    expect(row).toContain('0.000 ± 0.000');
  });

  test('a kind fills list and queue, and the chip of the queue gives all back', async () => {
    await desk.click(chip(/only A/));
    expect((await listed()).length).toBe(weak.length);
    expect((await listed()).every((text) => text.includes('only A'))).toBe(true);
    const rows = await desk.rows();
    expect(rows.length).toBe(weak.length);
    const chosen = desk.page.getByRole('group', { name: 'Filter the queue' }).getByTitle('Show every pick again'); // prettier-ignore
    expect(plain(await chosen.innerText())).toBe('only A ×');
    await desk.click(chosen);
    const table = desk.page.getByRole('table', { name: 'Picks to review' });
    expect(await table.getAttribute('aria-rowcount')).toBe(String(stored.length + 1));
  });

  test('j and J go from one disagreement to the next and back, and the queue goes along', async () => {
    await desk.click(panel().getByRole('button', { name: 'Review disagreements' }));
    await desk.focusTraces();
    const seen: string[] = [];
    for (const key of ['j', 'j', 'J', 'j']) {
      await desk.press(key);
      seen.push(plain(await desk.inspector.locator('.when').innerText()));
    }
    expect(new Set(seen).size).toBe(2);
    expect(seen[3]).toBe(seen[1]);
    expect(seen[2]).toBe(seen[0]);
    expect(await list().getByRole('option', { selected: true }).count()).toBe(1);
  });

  test('the strips show the curves of both with their letters; a blink leaves one', async () => {
    expect(await desk.page.getByRole('button', { name: 'curves A B' }).count()).toBe(1);
    expect(await desk.page.getByText('no probabilities of').count()).toBe(0);
    const values = (): Promise<string[]> => desk.page.getByRole('region', { name: 'Zoom' }).locator('.right small').allInnerTexts(); // prettier-ignore
    expect(await values()).toEqual(['B .60', 'A .30', 'B .60', 'A .30']);
    await desk.press('k', 'k');
    expect((await values()).sort()).toEqual(['.60', '.60']);
    await desk.press('K');
  });

  test('k blinks between the picks of the one and of the other', async () => {
    const both = await desk.zoomPicks();
    expect(both.length).toBeGreaterThan(0);
    await desk.press('k');
    const onlyA = await desk.zoomPicks();
    await desk.press('k');
    const onlyB = await desk.zoomPicks();
    await desk.press('K');
    expect(await desk.zoomPicks()).toEqual(both);
    expect(onlyA.length).toBeGreaterThan(onlyB.length);
    expect(onlyA.length + onlyB.length).toBe(both.length);
  });

  test('a bar of the histogram fills the queue by key, and its arrow keys move on', async () => {
    const bars = panel().getByRole('slider', { name: /^P residuals/ });
    await bars.focus();
    await desk.press('ArrowRight');
    expect(await bars.getAttribute('aria-valuetext')).toMatch(
      /^P: B − A, s [+−]?0\.0\d, picks \d+/,
    );
    const matched = stored.filter((pick) => pick.runId === 2 && pick.phase === 'P').length;
    expect((await listed()).length).toBe(Math.min(matched, (await listed()).length));
    expect(await bars.getAttribute('aria-valuetext')).toMatch(
      new RegExp(`^P: B − A, s [+−]?0\\.00, picks ${matched}$`),
    );
    await desk.press('Delete');
  });

  test('the page with it is in order in every size and theme', async () => {
    for (const size of [
      { width: 1280, height: 800 },
      { width: 1920, height: 1080 },
    ]) {
      await desk.page.setViewportSize(size);
      for (let theme = 0; theme < 2; theme += 1) {
        await desk.press('Control+Shift+L');
        expect(await accessibilityProblems(desk.page)).toEqual([]);
        expect(await layoutProblems(desk.page)).toEqual([]);
      }
    }
  });

  test('a run is compared with reviewed picks as the truth', async () => {
    const best = stored.filter((pick) => pick.runId === 1).sort((a, b) => Number(b.probability) - Number(a.probability))[0]; // prettier-ignore
    await desk.click(desk.page.getByRole('button', { name: 'clear' }));
    await desk.page.locator(`[aria-rowindex]`).first().click();
    await desk.focusTraces();
    await desk.press('Enter', 'Enter');
    await panel().getByLabel('A', { exact: true }).selectOption('1');
    await panel().getByLabel('B', { exact: true }).selectOption('reference');
    await desk.open.idle();
    await desk.page.waitForTimeout(300);
    await desk.open.idle();
    expect(best).toBeDefined();
    const confirmed = (await desk.picks()).filter((pick) => pick.state === 'confirmed');
    expect(confirmed.length).toBe(2);
    const same = Number(
      plain(await chip(/same/).innerText())
        .split(' ')
        .at(-1),
    );
    const moved = Number(
      plain(await chip(/moved/).innerText())
        .split(' ')
        .at(-1),
    );
    expect(same + moved).toBeGreaterThan(0);
    await desk.click(panel().locator('summary'));
    expect(plain(await panel().innerText())).toContain('confirmed, made by hand or imported');
  });
});

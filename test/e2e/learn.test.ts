// Learning from review: the queue by value adapts to each decision, and afterwards the summary says what follows.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, plain, type StoredPick } from './analyst.ts';
import { closeBrowser, temporaryHome } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';
import { copyPack, ownModels } from './twoModels.ts';

describe.skipIf(noBrowser)(`learning from review${browserNote}`, () => {
  const home = temporaryHome();
  let desk: Desk;
  let alone: StoredPick[];

  const queue = () => desk.page.getByRole('complementary', { name: 'Review queue' });
  const order = (name: string) => queue().getByRole('button', { name, exact: true });
  const gain = async () => plain(await queue().locator('.gain p').innerText());
  const current = () => desk.page.locator('[aria-rowindex][aria-current=true]');
  const sentence = async () => (await current().locator('.now .cut').getAttribute('title')) ?? '';
  const dialog = () => desk.page.getByRole('dialog', { name: 'Review summary' });
  const problems = async () => [
    ...(await accessibilityProblems(desk.page)),
    ...(await layoutProblems(desk.page)),
  ];

  /** Two models over the sample, the second with a higher threshold: it has no onset of the weak ones. */
  beforeAll(async () => {
    copyPack(ownModels(home.folder), 'onset-b', 'Second picker');
    desk = await new Desk(home.folder, '', ['serve']).start();
    await desk.press('Control+Shift+R');
    const run = desk.page.getByRole('dialog', { name: 'Run the model' });
    await run.getByRole('checkbox', { name: /Second picker/ }).check();
    for (const phase of ['P', 'S']) {
      await run.getByRole('spinbutton', { name: `${phase} threshold` }).fill('0.6');
    }
    await desk.click(run.getByRole('button', { name: 'Run 2 models' }));
    const project = await desk.page.getByRole('heading', { level: 1 }).getAttribute('title');
    desk = Object.assign(desk, { project: project ?? '' });
    const stored = await desk.picks();
    alone = stored.filter((pick) => pick.runId === 1 && (pick.probability ?? 0) < 0.6);
    expect(alone.length).toBeGreaterThan(2);
    await desk.focusTraces();
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    await closeBrowser();
  });

  test('by value the row at hand stays, and what is doubtful follows with its reason', async () => {
    const before = plain(await current().innerText()).slice(0, 10);
    await desk.press('v', 'o', 'v', 'o');
    expect(await order('value').getAttribute('aria-pressed')).toBe('true');
    expect(await desk.currentRow()).toBe(1);
    expect(plain(await current().innerText()).slice(0, 10)).toBe(before);
    expect(await gain()).toMatch(/^The next 20 decisions are expected to find about \d+ wrong picks\./); // prettier-ignore
    await desk.press('Enter');
    expect(await desk.currentRow()).toBe(2);
    expect(await sentence()).toMatch(/^(onset-b \(run 2\) has no [PS] within 0.5 s|another|S before P|0\.\d\d above)/); // prettier-ignore
    expect(await sentence()).toMatch(/; value \.\d\d$/);
    expect(plain(await desk.inspector.getByRole('region', { name: 'Why look at it' }).innerText())).toMatch(/\d+ % likely to be right/); // prettier-ignore
    expect(await problems()).toEqual([]);
  });

  test('each decision goes on to the first of the new order, above it the decided rows in their order', async () => {
    for (let done = 2; done <= 6; done += 1) {
      await desk.press('Backspace');
      expect(await desk.currentRow()).toBe(done + 1);
      const rows = await desk.rows();
      const decided = rows.filter(({ state }) => state !== 'automatic');
      expect(decided.every(({ state }) => /rejected|confirmed|accepted/.test(state))).toBe(true);
    }
    expect(await desk.progress()).toMatch(/^6 of/);
    // The weak ones are those that only one model has: most of the first five were of them.
    const rejected = (await desk.picks()).filter(({ state }) => state === 'rejected');
    expect(rejected).toHaveLength(5);
    const weak = new Set(alone.map(({ id }) => id));
    expect(rejected.filter(({ id }) => weak.has(id)).length).toBeGreaterThanOrEqual(Math.min(3, weak.size)); // prettier-ignore
  });

  test('keys pressed faster than answers come decide one row each', async () => {
    const before = (await desk.picks()).filter(({ state }) => state === 'confirmed').length;
    for (let i = 0; i < 4; i += 1) await desk.page.keyboard.press('Enter');
    await desk.open.idle();
    expect((await desk.picks()).filter(({ state }) => state === 'confirmed')).toHaveLength(before + 4); // prettier-ignore
    expect(await desk.currentRow()).toBe(11);
    await desk.press('Control+z');
    expect((await desk.picks()).filter(({ state }) => state === 'confirmed')).toHaveLength(before + 3); // prettier-ignore
  });

  test('the expected gain flattens: its line rises ever more slowly', async () => {
    const path = (await queue().locator('.gain path.line').getAttribute('d')) ?? '';
    const points = [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const); // prettier-ignore
    const [first, last] = [points[0], points.at(-1)];
    const half = points[Math.floor(points.length / 2)];
    const straight = ((first?.[1] ?? 0) + (last?.[1] ?? 0)) / 2;
    expect(half?.[1]).toBeLessThan(straight);
  });

  test('the summary counts what became of the picks, and is exported', async () => {
    await order('time').click();
    await desk.open.idle();
    await desk.focusTraces();
    while (!/^[5-9]\d of/.test(await desk.progress())) await desk.press('Enter');
    await desk.press('v', 'm');
    const stored = await desk.picks();
    const all = dialog().getByRole('table', { name: 'Machine and analyst' }).getByRole('row');
    const found = plain(await all.nth(1).innerText()).split(/\s+/).map(Number).filter(Number.isFinite); // prettier-ignore
    const ofP = stored.filter(({ phase }) => phase === 'P');
    expect(found.slice(0, 2)[0]).toBe(ofP.length);
    expect(found[6]).toBe(ofP.filter(({ state }) => state === 'automatic').length);
    expect(await problems()).toEqual([]);
    const downloading = desk.page.waitForEvent('download');
    await dialog().getByRole('button', { name: 'Export CSV' }).click();
    const csv = readFileSync(await (await downloading).path(), 'utf8').split('\n');
    expect(csv[0]).toMatch(/^kind,name,runs,phase,found,accepted,moved/);
    expect(csv.some((line) => line.startsWith('run,run 1,1,P,'))).toBe(true);
    expect(csv.some((line) => line.startsWith('station,XX.'))).toBe(true);
  });

  test('a suggested threshold is handed to Tune', async () => {
    const table = dialog().getByRole('table', { name: 'Suggested thresholds' });
    const use = table.getByRole('button', { name: /^Use in Tune: [\d.]+ for P at all stations/ });
    const suggested = (await use.getAttribute('aria-label'))?.match(/: (\S+) for/)?.[1] ?? '';
    await desk.click(use);
    expect(await dialog().count()).toBe(0);
    expect(await desk.page.getByRole('button', { name: 'Tune', exact: true }).getAttribute('aria-current')).toBe('page'); // prettier-ignore
    const slider = desk.page.getByRole('slider', { name: /^P threshold/ }).first();
    const box = desk.page.getByRole('spinbutton', { name: /^P threshold/ }).first();
    const shown = (await box.count()) > 0 ? await box.inputValue() : ((await slider.getAttribute('aria-valuenow')) ?? ''); // prettier-ignore
    expect(Number(shown)).toBeCloseTo(Number(suggested), 1);
  });
});

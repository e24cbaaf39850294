// The menu under the right button: the acts of the registry on what lies under the pointer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, PickedSample } from './analyst.ts';
import { closeBrowser } from './onset.ts';
import { accessibilityProblems } from './pageChecks.ts';

const sample = new PickedSample();

describe.skipIf(noBrowser)(`the menu under the pointer${browserNote}`, () => {
  let desk: Desk;
  let remove: () => void;

  beforeAll(async () => {
    await sample.make('p: 0.3, s: 0.3');
    const copy = sample.copy();
    remove = copy.remove;
    desk = await new Desk(copy.folder, copy.project).start();
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    remove();
    sample.remove();
    await closeBrowser();
  });

  const focused = () => desk.page.evaluate(() => document.activeElement?.getAttribute('role'));
  const menu = () => desk.page.getByRole('menu', { name: 'What can be done here' });

  test('on a row of the queue it acts on that pick, by keyboard too, and the focus goes back', async () => {
    const rows = desk.page.getByRole('table', { name: 'Picks to review' }).getByRole('row');
    await rows.nth(4).click({ button: 'right' });
    await desk.open.idle();
    const pick = (await desk.picks())[3];
    if (!pick) throw new Error('there is no fourth pick');
    expect(await menu().getByRole('menuitem').allInnerTexts()).toHaveLength(13);
    expect(await accessibilityProblems(desk.page)).toEqual([]);
    await desk.press('ArrowDown', 'Enter');
    expect(await focused()).toBe('rowgroup');
    expect(await menu().count()).toBe(0);
    expect((await desk.pick(pick.id)).state).toBe('rejected');
    await desk.press('Control+z');
    expect((await desk.pick(pick.id)).state).toBe('automatic');
  });

  test('Esc closes it and does nothing', async () => {
    const before = await desk.picks();
    await desk.page.getByRole('table', { name: 'Picks to review' }).getByRole('row').nth(2).click({ button: 'right' }); // prettier-ignore
    await desk.press('ArrowDown', 'Escape');
    expect(await menu().count()).toBe(0);
    expect(await desk.picks()).toEqual(before);
  });

  test('on a trace it offers what concerns traces; a right drag still selects and opens none', async () => {
    const list = await desk.plot('list').boundingBox();
    if (!list) throw new Error('there is no list');
    const [x, y] = [list.x + 0.9 * list.width, list.y + 20];
    await desk.page.mouse.click(x, y, { button: 'right' });
    await desk.press('Escape');
    expect(await focused()).toBe('application');
    await desk.page.mouse.click(x, y, { button: 'right' });
    await desk.open.idle();
    await menu()
      .getByRole('menuitem', { name: /^Hide trace/ })
      .click();
    await desk.open.idle();
    expect(await desk.page.getByText(/1 .*hidden/).count()).toBeGreaterThan(0);
    await desk.page.mouse.move(x, y);
    await desk.page.mouse.down({ button: 'right' });
    await desk.page.mouse.move(x - 100, y + 60, { steps: 4 });
    await desk.page.mouse.up({ button: 'right' });
    await desk.open.idle();
    expect(await menu().count()).toBe(0);
  });
});

// The hand on plots, axes, overview and splitters, and what of it is remembered.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, PickedSample } from './analyst.ts';
import { closeBrowser } from './onset.ts';
import { View } from './view.ts';

describe.skipIf(noBrowser)(`the hand${browserNote}`, () => {
  const sample = new PickedSample();
  let desk: Desk;
  let view: View;
  let removeCopy = (): void => undefined;

  const press = (...keys: string[]): Promise<void> => desk.press(...keys);
  /** Back to the first five minutes, nothing selected, focus on the traces. */
  async function home(): Promise<void> {
    await desk.reload();
    await view.focusTraces();
    await press('Control+g');
    await desk.page.keyboard.type('2026-03-14 06:02');
    await press('Enter');
    await view.focusTraces();
  }

  beforeAll(async () => {
    await sample.make('p: 0.3, s: 0.3');
    const copy = sample.copy();
    removeCopy = copy.remove;
    desk = await new Desk(copy.folder, copy.project).start();
    view = new View(desk.page);
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    removeCopy();
    sample.remove();
    await closeBrowser();
  });

  test('Shift and wheel change the gain, w resets it', async () => {
    await home();
    const before = await view.picture('list');
    await view.wheel('list', -200, ['Shift']);
    expect((await view.listWords()).join(' ')).toMatch(/gain × 1\.\d+/);
    await press('w');
    expect((await view.listWords()).join(' ')).not.toContain('gain');
    await desk.page.mouse.move(5, 300);
    await view.idle();
    expect(await view.picture('list')).toBe(before);
  });

  test('a drag in the list pans; down shortens about the time that was pressed', async () => {
    await home();
    const [start, length] = [await view.startS(), await view.lengthS()];
    await view.drag('list', [0.6, 0.5], [0.4, 0.5]);
    expect(await view.startS()).toBeCloseTo(start + 0.2 * length, 0);
    expect(await view.lengthS()).toBe(length);
    await view.drag('list', [0.5, 0.2], [0.5, 0.6]);
    expect(await view.lengthS()).toBeLessThan(length / 2);
  });

  test('a drag that ends with Esc leaves the window as it was', async () => {
    await home();
    const start = await view.startText();
    const [a, b] = [await view.point('list', 0.6, 0.5), await view.point('list', 0.3, 0.5)];
    await desk.page.mouse.move(a.x, a.y);
    await desk.page.mouse.down();
    await desk.page.mouse.move(b.x, b.y, { steps: 5 });
    await view.idle();
    expect(await view.startText()).not.toBe(start);
    await press('Escape');
    await desk.page.mouse.up();
    expect(await view.startText()).toBe(start);
  });

  test('a drag on the axis pans', async () => {
    await home();
    const [start, length] = [await view.startS(), await view.lengthS()];
    const box = await view.list.getByTitle('Drag to pan').boundingBox();
    if (!box) throw new Error('the axis is not shown');
    const y = box.y + box.height / 2;
    await view.dragPoints({ x: box.x + box.width * 0.5, y }, { x: box.x + box.width * 0.75, y });
    expect(await view.startS()).toBeCloseTo(start - 0.25 * length, 0);
    expect(await view.lengthS()).toBe(length);
  });

  test('Mod and drag zoom to the range that was drawn', async () => {
    await home();
    const [start, length] = [await view.startS(), await view.lengthS()];
    await desk.page.keyboard.down('Control');
    await view.drag('list', [0.25, 0.5], [0.75, 0.5]);
    await desk.page.keyboard.up('Control');
    expect(await view.startS()).toBeCloseTo(start + 0.25 * length, 0);
    expect(await view.lengthS()).toBeCloseTo(length / 2, -1);
  });

  test('Alt and wheel zoom in time about the pointer', async () => {
    await home();
    const [start, length] = [await view.startS(), await view.lengthS()];
    await view.wheel('list', -277, ['Alt']);
    const shorter = await view.lengthS();
    expect(shorter).toBeCloseTo(length / 2, -1);
    expect(await view.startS()).toBeCloseTo(start + (length - shorter) / 2, -0.5);
  });

  test('the zoom pans and zooms by itself', async () => {
    await home();
    const [start, zoomed] = [await view.startText(), await view.zoomLengthS()];
    await view.wheel('zoom', -277, ['Alt']);
    expect(await view.zoomLengthS()).toBeCloseTo(zoomed / 2, 0);
    expect(await view.startText()).toBe(start);
  });

  test('the overview takes the window along', async () => {
    await home();
    const box = await desk.page
      .getByRole('region', { name: 'Overview' })
      .locator('.plot')
      .boundingBox();
    if (!box) throw new Error('the overview is not shown');
    await desk.page.mouse.click(box.x + box.width * 0.5, box.y + 20);
    await view.idle();
    const middle = (await view.startS()) + (await view.lengthS()) / 2;
    expect(Math.abs(middle - Date.parse('2026-03-14T07:00:00Z') / 1000)).toBeLessThan(15);
  });

  test('m and c fold the panels, and a reload keeps them so', async () => {
    await home();
    const queue = desk.page.getByRole('complementary', { name: 'Review queue' });
    const inspector = desk.page.getByRole('complementary', { name: 'Inspector' });
    await press('m', 'c');
    expect([await queue.count(), await inspector.count()]).toEqual([0, 0]);
    await desk.reload();
    expect([await queue.count(), await inspector.count()]).toEqual([0, 0]);
    await view.focusTraces();
    await press('m', 'c');
    expect([await queue.count(), await inspector.count()]).toEqual([1, 1]);
  });

  test('splitters move by arrow keys and by hand, and a reload keeps their places', async () => {
    await home();
    const width = async (): Promise<number> =>
      (await desk.page.getByRole('complementary', { name: 'Review queue' }).boundingBox())?.width ??
      0;
    const height = async (): Promise<number> => (await view.zoom.boundingBox())?.height ?? 0;
    const [wide, high] = [await width(), await height()];
    await desk.page.getByRole('separator', { name: 'Width of the queue' }).focus();
    await press('ArrowRight', 'ArrowRight');
    expect(await width()).toBeCloseTo(wide + 32, 0);
    await desk.page.getByRole('separator', { name: 'Height of the zoom' }).focus();
    await press('ArrowDown');
    const higher = await height();
    expect(higher).toBeGreaterThan(high + 5);
    const edge = await desk.page
      .getByRole('separator', { name: 'Width of the inspector' })
      .boundingBox();
    if (!edge) throw new Error('the splitter is not shown');
    await view.dragPoints({ x: edge.x, y: 400 }, { x: edge.x - 60, y: 400 });
    const inspector = async (): Promise<number> => (await desk.inspector.boundingBox())?.width ?? 0;
    const wider = await inspector();
    await desk.reload();
    expect(await width()).toBeCloseTo(wide + 32, 0);
    expect(await height()).toBeCloseTo(higher, 0);
    expect(await inspector()).toBeCloseTo(wider, 0);
    await press('Control+k');
    await desk.page.keyboard.type('reset layout');
    await press('Enter');
    expect(await width()).toBeCloseTo(wide, 0);
  });

  test('Mod+Shift+L changes the theme for good', async () => {
    await home();
    const theme = (): Promise<string> =>
      desk.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [before, picture] = [await theme(), await view.picture('list')];
    await press('Control+Shift+L');
    const after = await theme();
    expect(after).not.toBe(before);
    expect(await view.picture('list')).not.toBe(picture);
    await desk.reload();
    expect(await theme()).toBe(after);
    await view.focusTraces();
    await press('Control+Shift+L');
    expect(await theme()).toBe(before);
  });
});

// Every key that moves through data, asserted on what the page shows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, PickedSample } from './analyst.ts';
import { closeBrowser } from './onset.ts';
import { View } from './view.ts';

describe.skipIf(noBrowser)(`navigation${browserNote}`, () => {
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

  test('Space and b page by a whole window', async () => {
    await home();
    const [start, length] = [await view.startS(), await view.lengthS()];
    await press('Space');
    expect(await view.startS()).toBeCloseTo(start + length, 1);
    await press('b', 'b');
    expect(await view.startS()).toBeCloseTo(start - length, 1);
    expect(await view.lengthS()).toBe(length);
  });

  test('the buttons beside the time page as the keys do', async () => {
    await home();
    const [start, length] = [await view.startS(), await view.lengthS()];
    await desk.click(desk.page.getByRole('button', { name: 'Page forward' }));
    expect(await view.startS()).toBeCloseTo(start + length, 1);
    await desk.click(desk.page.getByRole('button', { name: 'Page back' }));
    expect(await view.startS()).toBeCloseTo(start, 1);
  });

  test('g shows all data, or the selected picks; G looks from close by', async () => {
    await home();
    await press('d', 'g');
    const { from, lengthS } = await view.overview();
    expect(lengthS).toBe(7200);
    expect((await view.startText()).slice(0, 19)).toBe(from);
    await press('n', 'Shift+G');
    expect(await view.lengthS()).toBe(20);
    await press('g');
    expect(await view.lengthS()).toBe(7200);
    await desk.page.locator('[aria-rowindex="3"]').click({ modifiers: ['Control'] });
    await view.focusTraces();
    await press('g');
    expect(await view.lengthS()).toBe(60);
  });

  test('n and p walk through picks in time, the queue and the view with them', async () => {
    await home();
    const at = (await desk.currentRow()) ?? 0;
    await press('n', 'n');
    expect(await desk.currentRow()).toBe(at + 2);
    const subject = await desk.subject();
    await press('p');
    expect(await desk.currentRow()).toBe(at + 1);
    await press('n');
    expect(await desk.subject()).toBe(subject);
  });

  test('p before the first pick and n after the last say so', async () => {
    await home();
    const { length } = await desk.picks();
    for (let i = 0; i < 4; i += 1) await press('p');
    expect(await desk.status()).toContain('no earlier pick');
    await desk.page.locator('[data-region-focus]').focus();
    await press('End');
    expect(await desk.currentRow()).toBe(length);
    await view.focusTraces();
    await press('n');
    expect(await desk.status()).toContain('no later pick');
  });

  test('Tab in the traces walks the picks in view by row and time, Shift+Tab back', async () => {
    await home();
    await press('n', 'g');
    await view.focusTraces();
    await press('Tab');
    const first = await desk.subject();
    await press('Tab');
    const second = await desk.subject();
    expect(second).not.toBe(first);
    await press('Shift+Tab');
    expect(await desk.subject()).toBe(first);
    expect(await desk.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application'); // prettier-ignore
  });

  test('N and P go to events once there are some, and say how to make one before', async () => {
    await home();
    await press('Shift+N');
    expect(await desk.status()).toContain('no events yet');
    await press('n', 'a', 'e');
    if (await desk.page.locator('dialog[open]').count()) await press('Enter');
    await press('d', 'g', 'Shift+N');
    expect(await desk.status()).not.toContain('no events yet');
    await press('Shift+P');
    await press('Control+z');
  });

  test('a selects what is in view, A all, d none', async () => {
    await home();
    await press('g', 'a');
    const all = (await desk.picks()).length;
    expect(await desk.status()).toContain(`${all} selected`);
    await press('d');
    expect(await desk.status()).not.toContain('selected');
    await press('n', 'Shift+G', 'a');
    const inView = Number(/(\d+) selected/.exec(await desk.status())?.[1]);
    expect(inView).toBeGreaterThan(0);
    expect(inView).toBeLessThan(all);
    await press('Shift+A');
    expect(await desk.status()).toContain(`${all} selected`);
    await press('d');
  });

  test('t shows all components as rows and back', async () => {
    await home();
    expect(await view.rows()).toHaveLength(5);
    await press('t');
    expect((await view.listWords())[0]).toMatch(/of 15$/);
    expect((await view.rows()).slice(0, 3)).toEqual(['BREN HHZ', 'BREN HHN', 'BREN HHE']);
    await press('t');
    expect(await view.rows()).toHaveLength(5);
  });

  test('x hides the current trace and steps down, X brings all back', async () => {
    await home();
    await press('Control+f');
    await desk.page.keyboard.type('KALT');
    await press('Enter');
    await view.focusTraces();
    await press('x');
    expect(await view.rows()).toEqual(['BREN HHZ', 'MORA HHZ', 'SILV HHZ', 'TANN HHZ']);
    expect(await view.currentRow()).toBe('MORA HHZ');
    expect(await view.list.innerText()).toContain('1 row hidden by hand');
    await press('Shift+X');
    expect(await view.rows()).toHaveLength(5);
  });

  test('o takes the probability strips away and brings them back', async () => {
    await home();
    const strips = desk.page.getByRole('button', { name: 'strips' });
    expect(await view.zoom.innerText()).toContain('probability');
    await press('o');
    expect(await view.zoom.innerText()).not.toContain('probability');
    expect(await strips.getAttribute('aria-pressed')).toBe('false');
    await press('o');
    expect(await strips.getAttribute('aria-pressed')).toBe('true');
  });

  test('chords with s scale and sort; the hint says what may follow', async () => {
    await home();
    await press('s');
    const live = desk.page.getByRole('status').filter({ hasText: 'scale each trace by itself' });
    expect(await live.innerText()).toContain('sort by name');
    await press('c');
    expect(await view.listWords()).toContain('one scale for all');
    for (const [key, words] of [
      ['s', 'one scale a station'],
      ['k', 'one scale a component'],
      ['i', 'each scaled by itself'],
    ] as const) {
      // prettier-ignore
      await press('s', key);
      expect(await view.listWords()).toContain(words);
    }
    await press('s', 'Escape', 'c');
    expect(await view.listWords()).toContain('each scaled by itself');
    expect(await desk.page.getByRole('complementary', { name: 'Inspector' }).count()).toBe(0);
    await press('c');
  });

  test('a chord that is not finished ends after two seconds', async () => {
    await home();
    await desk.page.clock.install();
    await press('s');
    expect(await desk.status()).toContain('scale each trace by itself');
    await desk.page.clock.fastForward(1_000);
    expect(await desk.status()).toContain('scale each trace by itself');
    await desk.page.clock.fastForward(1_100);
    expect(await desk.status()).not.toContain('scale each trace by itself');
    await desk.reload();
  });

  test.each([
    ['2026-03-14 07:10:00', '2026-03-14 07:10'],
    ['2026-073T07:10', '2026-03-14 07:10'],
    ['2026.073 07:10', '2026-03-14 07:10'],
    ['73', '2026-03-14 00:00'],
    ['07:10', '2026-03-14 07:10'],
  ])('Mod+G goes to %s', async (typed, shown) => {
    await home();
    await press('Control+g');
    await desk.page.keyboard.type(typed);
    await view.idle();
    expect(
      await desk.page.locator('#palette-list').getByRole('option').first().innerText(),
    ).toContain(`Go to ${shown}`);
    await press('Enter');
    const [start, length] = [await view.startS(), await view.lengthS()];
    const wanted = Date.parse(`${shown.replace(' ', 'T')}:00Z`) / 1000;
    expect(wanted).toBeGreaterThan(start);
    expect(wanted).toBeLessThan(start + length);
  });

  test('Mod+G offers nothing for what is no time', async () => {
    await press('Control+g');
    await desk.page.keyboard.type('2026-13-77');
    await view.idle();
    expect(await desk.page.locator('#palette-list').getByRole('option').count()).toBe(0);
    await press('Escape');
  });

  test('Mod+F goes to a station', async () => {
    await home();
    await press('Control+f');
    await desk.page.keyboard.type('silv');
    await press('Enter');
    expect(await view.currentRow()).toBe('SILV HHZ');
    expect(await view.zoom.getByRole('heading').innerText()).toContain('SILV');
  });

  test('Mod+K runs an action by its name', async () => {
    await home();
    await press('Control+k');
    await desk.page.keyboard.type('all components');
    await press('Enter');
    expect((await view.listWords())[0]).toMatch(/of 15$/);
    await press('t');
  });

  test('? shows the keys and finds one by name or key', async () => {
    await home();
    await press('?');
    const dialog = desk.page.getByRole('dialog', { name: 'Keys' });
    expect(await dialog.innerText()).toContain('Page forward');
    await desk.page.keyboard.type('tight');
    await view.idle();
    expect(await dialog.innerText()).toContain('Tight zoom');
    expect(await dialog.innerText()).not.toContain('Page forward');
    await press('Escape');
    expect(await dialog.count()).toBe(0);
    expect(await desk.page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application'); // prettier-ignore
  });

  test('Mod+F6 walks the regions forward, with Shift back', async () => {
    await home();
    const region = (): Promise<string> =>
      desk.page.evaluate(() => document.activeElement?.closest('[aria-label]:is(section, aside, [role=application])')?.getAttribute('aria-label') ?? ''); // prettier-ignore
    const seen: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      await press('Control+F6');
      seen.push(await region());
    }
    expect(seen).toEqual(['Inspector', 'Overview', 'Review queue', 'Zoom', 'Traces']);
    await press('Control+Shift+F6');
    expect(await region()).toBe('Zoom');
  });

  test('Esc leaves picking first, then closes what lies above, then clears the selection', async () => {
    await home();
    await press('n', 'a');
    await desk.click(desk.page.getByTitle('Set the filter'));
    await view.focusTraces();
    await press('d', 'F1');
    expect(await desk.status()).toMatch(/^PICK/);
    await press('a');
    expect(await desk.status()).toContain('selected');
    await press('Escape');
    expect(await desk.status()).toMatch(/^NAV/);
    expect(await desk.page.getByRole('region', { name: 'Filter' }).count()).toBe(1);
    expect(await desk.status()).toContain('selected');
    await press('Escape');
    expect(await desk.page.getByRole('region', { name: 'Filter' }).count()).toBe(0);
    expect(await desk.status()).toContain('selected');
    await press('Escape');
    expect(await desk.status()).not.toContain('selected');
  });
});

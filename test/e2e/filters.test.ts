// Filters: the keys, the panel, the words beside the traces and the picture itself.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserNote, noBrowser } from './analyst.ts';
import { closeBrowser, type OpenPage, openPage, type RunningOnset, startOnset, temporaryHome } from './onset.ts'; // prettier-ignore
import { View } from './view.ts';
import { writeStations } from './waveformFiles.ts';

const PRESETS = ['2–8 Hz', '4–16 Hz', '0.5–4 Hz', '0.05–0.5 Hz', '> 1 Hz', '1–20 Hz'];

describe.skipIf(noBrowser)(`filters${browserNote}`, () => {
  const home = temporaryHome();
  let onset: RunningOnset;
  let open: OpenPage;
  let view: View;

  const filterPanel = () => open.page.getByRole('region', { name: 'Filter', exact: true });
  const slider = (name: string) => filterPanel().getByRole('slider', { name });

  beforeAll(async () => {
    writeStations(`${home.folder}/data`, 6, { start: '2026-05-01T00:00:00', lengthS: 300, sampleRateHz: 50 }); // prettier-ignore
    onset = await startOnset(home.folder, ['open', `${home.folder}/data`]);
    open = await openPage(onset.url);
    view = new View(open.page);
  });
  beforeEach(async () => {
    await open.page.reload();
    await open.page.waitForFunction(() => 'onset' in window);
    await open.idle();
    await view.focusTraces();
  });
  afterAll(async () => {
    expect(open.errors).toEqual([]);
    await onset.stop();
    home.remove();
    await closeBrowser();
  });

  test('f shows raw traces and comes back to exactly the picture before', async () => {
    const [filtered, zoomed] = [await view.picture('list'), await view.picture('zoom')];
    expect(await view.filterWords()).toBe('1–20 Hz causal');
    await open.press('f');
    expect(await view.filterWords()).toBe('raw');
    const raw = await view.picture('list');
    expect(raw).not.toBe(filtered);
    expect(await view.picture('zoom')).not.toBe(zoomed);
    await open.press('f');
    expect([await view.picture('list'), await view.picture('zoom')]).toEqual([filtered, zoomed]);
    await open.press('f');
    expect(await view.picture('list')).toBe(raw);
  });

  test('full stop and comma cycle the presets, each another picture', async () => {
    const seen = new Map<string, string>();
    for (const preset of PRESETS) {
      await open.press('.');
      expect(await view.filterWords()).toBe(`${preset} causal`);
      seen.set(preset, await view.picture('list'));
    }
    expect(new Set(seen.values()).size).toBe(PRESETS.length);
    await open.press(',');
    expect(await view.filterWords()).toBe('> 1 Hz causal');
    expect(await view.picture('list')).toBe(seen.get('> 1 Hz'));
    await open.press('f', '.');
    expect(await view.filterWords()).toBe('1–20 Hz causal');
  });

  test('the sliders move a corner by keys; words and picture follow', async () => {
    await open.page.getByTitle('Set the filter').click();
    await open.idle();
    expect(await slider('Low corner').getAttribute('aria-valuetext')).toBe('1 Hz');
    const before = await view.picture('list');
    await slider('Low corner').focus();
    for (let i = 0; i < 20; i += 1) await open.press('ArrowRight');
    const low = Number.parseFloat(
      (await slider('Low corner').getAttribute('aria-valuetext')) ?? '',
    );
    expect(low).toBeGreaterThan(1.3);
    expect(await view.filterWords()).toBe(`${low}–20 Hz causal`);
    expect(await view.picture('list')).not.toBe(before);
  });

  test('a slider under the hand ends on the last value, not on one it passed', async () => {
    await open.page.getByTitle('Set the filter').click();
    await open.idle();
    const box = await slider('High corner').boundingBox();
    if (!box) throw new Error('the slider is not shown');
    const y = box.y + box.height / 2;
    await open.page.mouse.move(box.x + box.width * 0.9, y);
    await open.page.mouse.down();
    await open.page.mouse.move(box.x + box.width * 0.6, y, { steps: 40 });
    await open.page.mouse.move(box.x + box.width * 0.8, y, { steps: 40 });
    await open.page.mouse.up();
    await open.idle();
    const words = await view.filterWords();
    const high = await slider('High corner').getAttribute('aria-valuetext');
    expect(words).toBe(`1–${high} causal`);
    await open.page.mouse.move(2, 2);
    await open.idle();
    const byHand = await view.picture('list');
    const field = filterPanel().getByRole('spinbutton', { name: 'High corner in Hz' });
    await field.fill('7');
    await field.press('Enter');
    await open.idle();
    expect(await view.picture('list')).not.toBe(byHand);
    await field.fill(Number.parseFloat(high ?? '').toString());
    await field.press('Enter');
    await open.idle();
    expect(await view.picture('list')).toBe(byHand);
  });

  test('the corners cannot pass each other', async () => {
    await open.page.getByTitle('Set the filter').click();
    const field = filterPanel().getByRole('spinbutton', { name: 'Low corner in Hz' });
    await field.fill('22');
    await field.press('Enter');
    await open.idle();
    const [, low, high] = /^([\d.]+)–([\d.]+) Hz/.exec(await view.filterWords()) ?? [];
    expect(Number(low)).toBe(22);
    expect(Number(high)).toBeGreaterThan(22);
    expect(high).toHaveLength(2);
    expect(open.errors).toEqual([]);
  });

  test('an open corner makes a high-pass, raw switches the filter off', async () => {
    await open.page.getByTitle('Set the filter').click();
    await filterPanel().getByRole('button', { name: 'open' }).nth(1).click();
    await open.idle();
    expect(await view.filterWords()).toBe('> 1 Hz causal');
    await filterPanel().getByRole('button', { name: 'raw' }).click();
    await open.idle();
    expect(await view.filterWords()).toBe('raw');
  });

  test('zero-phase stands beside the trace and in the title, and is another picture', async () => {
    const causal = await view.picture('list');
    await open.page.getByTitle('Set the filter').click();
    await filterPanel().getByRole('checkbox', { name: 'zero-phase' }).check();
    await open.idle();
    expect(await view.filterWords()).toBe('1–20 Hz zero-phase');
    expect(await open.page.getByTitle('Set the filter').innerText()).toContain('zero-phase');
    expect(await filterPanel().innerText()).toContain('Do not pick P on it');
    expect(await view.picture('list')).not.toBe(causal);
    await filterPanel().getByRole('checkbox', { name: 'zero-phase' }).uncheck();
    await open.idle();
    expect(await view.picture('list')).toBe(causal);
  });

  test('more corners are another filter', async () => {
    await open.page.getByTitle('Set the filter').click();
    await open.idle();
    const four = await view.picture('list');
    await filterPanel().getByRole('button', { name: '2', exact: true }).click();
    await open.idle();
    expect(await view.picture('list')).not.toBe(four);
  });

  test('_ takes the mean off or leaves it in, and the page says so', async () => {
    await open.press('f');
    const without = await view.picture('list');
    await open.press('_');
    expect(await open.page.locator('footer').innerText()).toContain('mean left in');
    expect(await open.page.getByTitle('Set the filter').innerText()).toContain('mean left in');
    expect(await view.picture('list')).not.toBe(without);
    await open.press('_');
    expect(await view.picture('list')).toBe(without);
  });

  test('a pick by hand keeps the filter it was made on', async () => {
    await open.press('.', 'F1');
    const { x, y } = await view.point('zoom', 0.5, 0.4);
    await open.page.mouse.click(x, y);
    await open.idle();
    await open.press('Escape');
    const inspector = open.page.getByRole('complementary', { name: 'Inspector' });
    const fact = inspector
      .locator('dt', { hasText: 'Filter' })
      .locator('xpath=following-sibling::dd[1]');
    expect(await fact.innerText()).toContain('2–8 Hz');
    await open.press('f');
    expect(await fact.innerText()).toContain('2–8 Hz');
  });
});

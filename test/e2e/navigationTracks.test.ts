// Many tracks in one list: paging, how many at once, the wheel.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, noBrowser } from './analyst.ts';
import { closeBrowser, openPage, startOnset, temporaryHome } from './onset.ts';
import type { OpenPage, RunningOnset } from './onset.ts';
import { View } from './view.ts';
import { writeStations } from './waveformFiles.ts';

describe.skipIf(noBrowser)(`forty tracks${browserNote}`, () => {
  const home = temporaryHome();
  let onset: RunningOnset;
  let open: OpenPage;
  let view: View;
  const shown = async (): Promise<number> => (await view.rows()).length;

  beforeAll(async () => {
    writeStations(`${home.folder}/data`, 40, { start: '2026-05-01T00:00:00', lengthS: 600, sampleRateHz: 20 }); // prettier-ignore
    onset = await startOnset(home.folder, ['open', `${home.folder}/data`]);
    open = await openPage(onset.url);
    view = new View(open.page);
  });
  afterAll(async () => {
    expect(open.errors).toEqual([]);
    await onset.stop();
    home.remove();
    await closeBrowser();
  });

  test('PgDn, PgUp, Home and End page through the tracks', async () => {
    const count = await shown();
    expect((await view.rows())[0]).toBe('S01 HHZ');
    await open.press('PageDown');
    expect((await view.rows())[0]).toBe(`S${String(count + 1).padStart(2, '0')} HHZ`);
    await open.press('PageUp');
    expect((await view.rows())[0]).toBe('S01 HHZ');
    await open.press('End');
    expect((await view.rows()).at(-1)).toBe('S40 HHZ');
    await open.press('Home');
    expect((await view.rows())[0]).toBe('S01 HHZ');
  });

  test('plus, minus and equals change how many tracks there are', async () => {
    const usual = await shown();
    const words = async (): Promise<string> => (await view.listWords())[0] ?? '';
    await open.press('+');
    const more = Number.parseInt(await words());
    expect(more).toBeGreaterThan(usual);
    await open.press('-', '-');
    expect(Number.parseInt(await words())).toBeLessThan(usual);
    await open.press('=');
    expect(Number.parseInt(await words())).toBe(usual);
  });

  test('the wheel scrolls tracks, with Mod it changes how many', async () => {
    const usual = await shown();
    await view.wheel('list', 120);
    expect((await view.rows())[0]).toBe('S04 HHZ');
    await view.wheel('list', -120);
    expect((await view.rows())[0]).toBe('S01 HHZ');
    await view.wheel('list', 120, ['Control']);
    expect(await shown()).toBeGreaterThan(usual);
    await view.wheel('list', -120, ['Control']);
    await open.press('=');
    expect(await shown()).toBe(usual);
  });

  test('all forty fit at once and still draw something', async () => {
    for (let i = 0; i < 12; i += 1) await open.press('+');
    expect((await view.listWords())[0]).toBe('40 of 40');
    const before = await view.picture('list');
    await open.press('Space');
    expect(await view.picture('list')).not.toBe(before);
    await open.press('b', '=');
  });
});

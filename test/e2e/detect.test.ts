// Classic detectors as an analyst sets them: live over the traces, by hand or by keys alone, then over everything.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, plain, PickedSample } from './analyst.ts';
import { closeBrowser, openPage } from './onset.ts';
import { View } from './view.ts';
import { accessibilityProblems, blurredCanvases, layoutProblems } from './pageChecks.ts';

describe.skipIf(noBrowser)(`classic detectors${browserNote}`, () => {
  const sample = new PickedSample();
  let home = { folder: '', project: '', remove: (): void => undefined };
  let desk: Desk;

  const panelOf = (page: Page) => page.getByRole('complementary', { name: 'Detector' });
  const panel = () => panelOf(desk.page);
  const slider = (name: string) => panel().getByRole('slider', { name });
  const number = (name: string) => panel().getByRole('spinbutton', { name });
  const status = async () => plain(await panel().getByRole('status').innerText());
  /** What the panel says is in view. */
  async function found() {
    await desk.open.idle();
    const words = await status();
    const [, triggers, picks, stations, coincidences] = /^([\d ]+) triggers? in view, ([\d ]+) picks? at ([\d ]+) stations?, ([\d ]+) coincidence/.exec(words) ?? []; // prettier-ignore
    if (triggers === undefined) throw new Error(`the panel says: ${words}`);
    return [triggers, picks, stations, coincidences].map((text) => Number(text?.replace(' ', '')));
  }
  async function set(name: string, value: string) {
    await number(name).fill(value);
    await desk.open.idle();
  }

  beforeAll(async () => {
    await sample.make('p: 0.3, s: 0.3');
    home = sample.copy();
    desk = await new Desk(home.folder, home.project, ['serve', '--project', home.project, '--data', sample.waveforms]).start(); // prettier-ignore
    await desk.focusTraces();
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    sample.remove();
    await closeBrowser();
  });

  test('a key opens it in the place of the inspector, with the focus inside', async () => {
    await desk.press('v', 'd');
    expect(await desk.inspector.isVisible()).toBe(false);
    const kind = panel().getByRole('combobox', { name: 'Kind of detector' });
    expect(await kind.evaluate((element) => element === document.activeElement)).toBe(true);
    const [triggers = 0, picks, stations] = await found();
    expect(triggers).toBeGreaterThan(0);
    expect(picks).toBe(triggers);
    expect(stations).toBeGreaterThan(1);
  });

  test('a slider moved by keys moves its number, and triggers appear', async () => {
    const [before = 0] = await found();
    await slider('On level').focus();
    for (let i = 0; i < 45; i += 1) await desk.page.keyboard.press('ArrowLeft');
    const [after = 0] = await found();
    expect(after).toBeGreaterThan(before);
    const level = Number(await number('On level, number').inputValue());
    expect(level).toBeGreaterThan(1);
    expect(level).toBeLessThan(3);
  });

  test('the overlay shows what the numbers say', async () => {
    const overlay = desk.page.getByRole('region', { name: 'Trace list' }).locator('canvas').nth(1);
    const picture = () => overlay.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const low = await picture();
    await set('On level, number', '40');
    expect((await found())[0]).toBe(0);
    expect(await picture()).not.toBe(low);
    await set('On level, number', '3');
  });

  test('a coincidence keeps what several stations have', async () => {
    await set('On level, number', '2');
    const [triggers = 0, picks] = await found();
    expect(picks).toBe(triggers);
    await desk.click(panel().getByRole('checkbox', { name: /several stations/ }));
    await set('Stations, number', '2');
    const [all, kept = 0, , coincidences = 0] = await found();
    expect(all).toBe(triggers);
    expect(coincidences).toBeGreaterThan(0);
    expect(kept).toBeLessThan(triggers);
    expect(kept).toBeGreaterThanOrEqual(2);
    await desk.click(panel().getByRole('checkbox', { name: /several stations/ }));
  });

  test.each(['classic', 'delayed', 'z-detect', 'energy-ratio', 'kurtosis', 'baer-kradolfer', 'ar'])(
    '%s begins with levels of its own and finds the earthquake',
    async (kind) => {
      await panel().getByRole('combobox', { name: 'Kind of detector' }).selectOption(kind);
      const [triggers = 0, , stations = 0] = await found();
      expect(triggers).toBeGreaterThan(0);
      expect(stations).toBeGreaterThan(0);
    },
  );

  test('settings that cannot be are said in words, and nothing can be run', async () => {
    await desk.click(panel().getByRole('button', { name: 'Reset' }));
    await set('Off level, number', '9');
    expect(await status()).toContain('the off level 9 is above the on level 3.5');
    expect(await panel().getByRole('button', { name: 'Run on project' }).isDisabled()).toBe(true);
    await set('Off level, number', '1');
  });

  test('a run picks everything, in view just what was seen', async () => {
    const [, seen = 0] = await found();
    await desk.click(panel().getByRole('button', { name: 'Run on project' }));
    const picks = (await desk.picks()).filter(({ author }) => author === 'sta-lta');
    expect(picks.length).toBeGreaterThan(seen);
    expect(picks[0]).toMatchObject({
      ...{ phase: 'P', state: 'automatic', probability: null },
      method: expect.stringMatching(/^recursive STA\/LTA 0.5\/10 s on 3.5 off 1/) as string,
    });
    const view = new View(desk.page);
    const [startS, lengthS] = [await view.startS(), await view.lengthS()];
    const inView = picks.filter(({ timeNs }) => {
      const intoS = Number(timeNs) / 1e9 - startS;
      return intoS >= 0 && intoS < lengthS;
    });
    expect(inView).toHaveLength(seen);
  });

  test('the run is triggered again by keys while levels are turned, gained and lost are walked', async () => {
    await desk.focusTraces();
    await desk.press('v', 'a');
    const words = async () => {
      await desk.open.idle();
      const text = plain(await panel().getByRole('status', { name: 'The run triggered again' }).innerText()); // prettier-ignore
      const [, all, gained, lost] = /^([\d ]+) triggers?: \+([\d ]+) −([\d ]+) against the run/.exec(text) ?? []; // prettier-ignore
      if (all === undefined) throw new Error(`the panel says: ${text}`);
      return [all, gained, lost].map((number) => Number(number?.replace(' ', '')));
    };
    const [before = 0, ...none] = await words();
    expect(before).toBeGreaterThan(0);
    expect(none).toEqual([0, 0]);
    await set('On level, number', '2');
    const [low = 0, gained = 0] = await words();
    expect(low).toBeGreaterThan(before);
    expect(gained).toBeGreaterThan(0);
    await set('On level, number', '12');
    const [high = 0, , lost = 0] = await words();
    expect(high).toBeLessThan(before);
    expect(lost).toBeGreaterThan(0);
    await desk.focusTraces();
    const at = panel().locator('.again .cut');
    await desk.press('v', 'n');
    const first = plain(await at.innerText());
    await desk.press('v', 'n');
    expect(first).toMatch(/^[+−] \S+/);
    expect(plain(await at.innerText())).not.toBe(first);
    await set('On level, number', '1');
    expect(
      await panel()
        .getByText(/exact from on level 1.75/)
        .isVisible(),
    ).toBe(true);
    await set('Short in s', '0.3');
    expect(
      await panel()
        .getByText(/^Its function was made with another/)
        .isVisible(),
    ).toBe(true);
    await desk.click(panel().getByRole('button', { name: 'Reset' }));
    await desk.focusTraces();
    await desk.press('v', 'a');
    expect(await panel().getByRole('status', { name: 'The run triggered again' }).count()).toBe(0);
  });

  test('closed, the inspector is there again and the traces are plain', async () => {
    await desk.click(panel().getByRole('button', { name: 'Close the detector' }));
    expect(await panel().count()).toBe(0);
    expect(await desk.inspector.isVisible()).toBe(true);
  });

  test('r proposes an onset, again another way; Escape leaves it, Enter takes it, undo takes it back', async () => {
    const ghost = desk.page.getByRole('status', { name: 'Proposed onset' });
    const words = async () => plain(await ghost.innerText());
    const moved = async () =>
      (await desk.picks()).filter(({ method }) => /^(AIC|AR|kurtosis) .*within/.test(method));
    await desk.focusTraces();
    await desk.press('n');
    await desk.press('r');
    const first = await words();
    expect(first).toMatch(
      /^(AIC|AR|kurtosis): \S+ at \d\d:\d\d:\d\d\.\d{3} \([+−][\d.]+ s\), −[\d.]+ \+[\d.]+ s/,
    );
    await desk.press('r');
    expect((await words()).split(':')[0]).not.toBe(first.split(':')[0]);
    await desk.press('Escape');
    expect(await ghost.count()).toBe(0);
    expect(await moved()).toEqual([]);
    await desk.press('r', 'Enter');
    expect(await ghost.count()).toBe(0);
    const [taken] = await moved();
    expect(taken).toMatchObject({ state: 'manual' });
    expect(taken!.lowerUncertaintyS).toBeGreaterThan(0);
    await desk.press('Control+z');
    expect(await moved()).toEqual([]);
  });

  test.each([
    [1280, 800, 'dark'],
    [1280, 800, 'light'],
    [1920, 1080, 'dark'],
    [1920, 1080, 'light'],
  ] as const)('%i × %i, %s: readable, and nothing axe objects to', async (width, height, theme) => {
    const open = await openPage(desk.onset.url, { width, height, theme });
    for (const space of ['v r', 'v t']) {
      await open.page.getByRole('application', { name: 'Traces' }).first().focus();
      await open.press(...space.split(' '));
      await open.page.getByRole('application', { name: 'Traces' }).first().focus();
      await open.press('v', 'd');
      await panelOf(open.page).getByRole('checkbox').check();
      await open.idle();
      const { page } = open;
      expect({
        space,
        problems: [
          ...(await accessibilityProblems(page)),
          ...(await layoutProblems(page)),
          ...(await blurredCanvases(page)),
        ],
      }).toEqual({ space, problems: [] });
      await panelOf(page).getByRole('slider', { name: 'Short', exact: true }).focus();
      await open.press('Escape', 'v', 'd');
      expect(await panelOf(page).count()).toBe(0);
    }
    await open.close();
  });
});

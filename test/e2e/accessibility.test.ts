// The page for everyone: axe-core without a word to say, keyboard alone, readable at every size.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, PickedSample } from './analyst.ts';
import { closeBrowser, openPage, startOnset, temporaryHome } from './onset.ts';
import type { OpenPage, RunningOnset } from './onset.ts';
import { accessibilityProblems, blurredCanvases, layoutProblems } from './pageChecks.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const LOOKS = SIZES.flatMap((size) => (['dark', 'light'] as const).map((theme) => ({ ...size, theme }))); // prettier-ignore

/** What is opened by keys, and what must lie above then. */
const DIALOGS: readonly (readonly [keys: readonly string[], name: string])[] = [
  [['Control+o'], 'Open waveforms'],
  [['Control+e'], 'Export'],
  [['Control+,'], 'Settings'],
  [['?'], 'Keys'],
  [['Control+k'], 'Find, go to, run'],
  [['Control+f'], 'Find station'],
  [['Control+g'], 'Go to time'],
  [['Control+Shift+R'], 'Run the model'],
  [['I'], 'What the network saw'],
  [['v', 'm'], 'Review summary'],
  [['Control+Enter'], 'Accept'],
  [['d', 'e'], 'event'],
];

async function problems(open: OpenPage): Promise<string[]> {
  await open.idle();
  return [
    ...(await accessibilityProblems(open.page)),
    ...(await layoutProblems(open.page)),
    ...(await blurredCanvases(open.page)),
  ];
}

describe.skipIf(noBrowser)(`accessibility and layout${browserNote}`, () => {
  const sample = new PickedSample();
  let home = { folder: '', project: '', remove: (): void => undefined };
  let onset: RunningOnset;

  beforeAll(async () => {
    await sample.make('p: 0.3, s: 0.3');
    home = sample.copy();
    onset = await startOnset(home.folder, ['serve', '--project', home.project, '--data', sample.waveforms]); // prettier-ignore
  });
  afterAll(async () => {
    await onset.stop();
    home.remove();
    sample.remove();
    await closeBrowser();
  });

  describe.each(LOOKS)('$theme, $width × $height', (look) => {
    let open: OpenPage;
    beforeAll(async () => {
      open = await openPage(onset.url, look);
    });
    afterAll(async () => {
      expect(open.errors).toEqual([]);
      await open.close();
    });

    test('the page with its queue is in order', async () => {
      expect(await problems(open)).toEqual([]);
    });

    test('all rows over all data, with strips and three components, are in order', async () => {
      await open.press('d', 'g', 't');
      expect(await problems(open)).toEqual([]);
      await open.press('t');
    });

    test('filter panel, jobs, chord hint and picking are in order', async () => {
      await open.page.getByTitle('Set the filter').click();
      expect(await problems(open)).toEqual([]);
      await open.press('Escape');
      await open.page.getByTitle('Show jobs').first().click();
      expect(await problems(open)).toEqual([]);
      await open.page.getByTitle('Show jobs').first().click();
      await open.page.getByRole('application').focus();
      await open.press('s');
      expect(await problems(open)).toEqual([]);
      await open.press('Escape', 'F1');
      expect(await problems(open)).toEqual([]);
      await open.press('Escape');
    });

    test.each(DIALOGS)('%s opens a dialog that is in order', async (keys, name) => {
      await open.page.getByRole('application').focus();
      await open.press(...keys);
      const dialog = open.page.locator('dialog[open]');
      if ((await dialog.count()) === 0 && name === 'event') return;
      expect((await dialog.getAttribute('aria-label')) ?? '').toContain(name);
      expect(await problems(open)).toEqual([]);
      await open.press('Escape');
      expect(await dialog.count()).toBe(0);
    });

    test('without the side panels it is in order too', async () => {
      await open.page.getByRole('application').focus();
      await open.press('m', 'c');
      expect(await problems(open)).toEqual([]);
      await open.press('m', 'c');
    });
  });
});

describe.skipIf(noBrowser)(`an empty project${browserNote}`, () => {
  test.each(LOOKS)('is in order: $theme, $width × $height', async (look) => {
    const home = temporaryHome();
    const onset = await startOnset(home.folder, ['serve', '--project', `${home.folder}/new.onset`]);
    const open = await openPage(onset.url, look);
    expect(await open.page.getByRole('heading', { name: 'Open waveforms' }).count()).toBe(1);
    expect(await problems(open)).toEqual([]);
    expect(open.errors).toEqual([]);
    await open.close();
    await onset.stop();
    home.remove();
  });
});

describe.skipIf(noBrowser)(`the keyboard alone${browserNote}`, () => {
  const sample = new PickedSample();
  let desk: Desk;
  let remove = (): void => undefined;

  beforeAll(async () => {
    await sample.make('p: 0.3, s: 0.3');
    const copy = sample.copy();
    ({ remove } = copy);
    desk = await new Desk(copy.folder, copy.project).start();
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    remove();
    sample.remove();
    await closeBrowser();
  });

  /** Name of what has the focus, and whether one sees that it has. */
  function focused(): Promise<{ name: string; seen: boolean }> {
    return desk.page.evaluate(() => {
      const at = document.activeElement ?? document.body;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      const marked = getComputedStyle(at, '::after').content !== 'none';
      const outlined = marked || (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0);
      const text = (at.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 30);
      const name = at.getAttribute('aria-label') ?? at.getAttribute('title') ?? text;
      return {
        name: `${at.tagName.toLowerCase()} ${name}`,
        seen: outlined || boxShadow !== 'none',
      };
    });
  }

  test('Tab reaches every control of the page and shows where it is', async () => {
    const wanted = await desk.page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>('button, input, select, [tabindex]')].filter(
          (e) => e.tabIndex >= 0 && !e.matches(':disabled') && e.checkVisibility(),
        ).length,
    );
    await desk.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await desk.page.getByTitle('Find, go to, run').focus();
    const seen: { name: string; seen: boolean }[] = [];
    // The trace area keeps Tab for phases: there Mod+F6 goes on.
    for (let i = 0; i < wanted + 20; i += 1) {
      const now = await focused();
      if (i > 3 && now.name === seen[0]?.name) break;
      if (!now.name.startsWith('body')) seen.push(now);
      await desk.page.keyboard.press(now.name.endsWith('Traces') ? 'Control+F6' : 'Tab');
      await desk.open.idle();
    }
    expect(seen.filter((one) => !one.seen)).toEqual([]);
    expect(new Set(seen.map((one) => one.name)).size).toBeGreaterThan(20);
  });

  test('the parts say what they are', async () => {
    const { page } = desk;
    expect(await page.getByRole('application', { name: 'Traces' }).count()).toBe(1);
    const table = page.getByRole('table', { name: 'Picks to review' });
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(expect.arrayContaining(['Time UTC', 'Station'])); // prettier-ignore
    expect(await table.getAttribute('aria-rowcount')).toBe(String((await desk.picks()).length + 1));
    expect(await table.locator('[role=row][aria-rowindex]').count()).toBeGreaterThan(10);
    expect(await desk.inspector.locator('dl dt').count()).toBeGreaterThan(5);
    expect(await page.getByRole('list', { name: 'Picks of the traces' }).count()).toBe(1);
    const live = page.locator('footer [role=status][aria-live=polite]');
    expect(await live.innerText()).toContain('5 of 5 rows');
  });

  test('every control has a name', async () => {
    const unnamed = await desk.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, input, select, textarea, [role]')]
        .filter((e) => e.matches('button, input, select, textarea') && e.checkVisibility())
        .filter((e) => {
          const labelled = e.getAttribute('aria-label') ?? e.getAttribute('title') ?? e.textContent?.trim(); // prettier-ignore
          const labels = e instanceof HTMLInputElement || e instanceof HTMLSelectElement ? e.labels?.length : 0; // prettier-ignore
          return !labelled && !labels;
        })
        .map((e) => e.outerHTML.slice(0, 120)),
    );
    expect(unnamed).toEqual([]);
  });

  test('a dialog keeps the focus inside and gives it back', async () => {
    await desk.focusTraces();
    await desk.press('Control+e');
    for (let i = 0; i < 12; i += 1) {
      await desk.page.keyboard.press('Tab');
      const inside = await desk.page.evaluate(
        () =>
          document.activeElement === document.body || !!document.activeElement?.closest('dialog'),
      );
      expect(inside).toBe(true);
    }
    await desk.press('Escape');
    expect((await focused()).name).toBe('div Traces');
  });

  test('a press on plain chrome leaves the focus on the traces', async () => {
    await desk.focusTraces();
    await desk.page.locator('.titlebar .project').click();
    expect((await focused()).name).toBe('div Traces');
  });
});

describe.skipIf(noBrowser)(`screens with small pixels${browserNote}`, () => {
  test('two and one and a half device pixels a pixel are drawn sharp', async () => {
    const home = temporaryHome();
    const onset = await startOnset(home.folder, ['serve']);
    for (const scale of [2, 1.5]) {
      const open = await openPage(onset.url, { scale });
      expect(await open.page.evaluate(() => devicePixelRatio)).toBe(scale);
      expect(await blurredCanvases(open.page)).toEqual([]);
      expect(await open.page.locator('canvas').count()).toBeGreaterThan(4);
      await open.close();
    }
    await onset.stop();
    home.remove();
    await closeBrowser();
  });
});

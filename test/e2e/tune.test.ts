// Thresholds tuned by an analyst's hands: what is gained and lost, against the truth, without the network.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, plain } from './analyst.ts';
import { askHost, inferenceWindows } from './hostClient.ts';
import { closeBrowser, type OpenPage, openPage, temporaryHome } from './onset.ts';
import { accessibilityProblems, blurredCanvases, layoutProblems } from './pageChecks.ts';

describe.skipIf(noBrowser)(`the Tune work space${browserNote}`, () => {
  const home = temporaryHome();
  let desk: Desk;
  let other: OpenPage;
  /** Windows the network had answered when the run was over. */
  let windows: number;

  const slider = (label: string) => desk.page.getByRole('slider', { name: `${label} threshold`, exact: true }); // prettier-ignore
  const number = (label: string) => desk.page.getByRole('spinbutton', { name: `${label} threshold, number` }); // prettier-ignore
  const threshold = async (label: string) => Number(await slider(label).inputValue());
  const list = (kind: string) => desk.page.getByRole('listbox', { name: `Picks ${kind}` });
  const panel = () => desk.page.getByRole('complementary', { name: 'Parameters' });
  /** `+2 gained` as a number. */
  async function changed(kind: 'gained' | 'lost' | 'moved'): Promise<number> {
    const text = plain(await desk.page.locator(`.part.${kind} b.sign`).innerText());
    return Number(text.replaceAll(/\D/g, ''));
  }
  async function found(label: string): Promise<number> {
    const words = (await slider(label).getAttribute('aria-valuetext')) ?? '';
    return Number(/(\d+) picks/.exec(words)?.[1]);
  }
  async function settle(): Promise<void> {
    await desk.open.idle();
    await desk.page.waitForTimeout(350);
    await desk.open.idle();
  }
  /** Until no job runs any more. */
  async function jobsDone(): Promise<void> {
    await askHost(desk.onset.url, async (client) => {
      const open = async () => (await client.call('job.list', {})).some(({ state }) => state === 'running' || state === 'waiting'); // prettier-ignore
      while (await open()) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    await settle();
  }

  beforeAll(async () => {
    desk = await new Desk(home.folder, '', ['serve']).start();
    await desk.press('Control+Shift+R', 'Enter');
    await jobsDone();
    const project = await desk.page.getByRole('heading', { level: 1 }).getAttribute('title');
    desk = Object.assign(desk, { project: project ?? '' });
    await desk.focusTraces();
    for (let i = 0; i < 24; i += 1) await desk.press('Enter');
    await desk.press('v', 't');
    await settle();
    windows = await inferenceWindows(desk.onset.url);
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    await closeBrowser();
  });

  test('opens with the run, its saved thresholds and no change', async () => {
    const tab = desk.page.getByRole('navigation', { name: 'Work spaces' }).getByRole('button', { name: 'Tune' }); // prettier-ignore
    expect(await tab.getAttribute('aria-current')).toBe('page');
    expect(windows).toBeGreaterThan(0);
    expect([await threshold('P'), await threshold('S')]).toEqual([0.3, 0.3]);
    expect([await changed('gained'), await changed('lost'), await changed('moved')]).toEqual([0, 0, 0]); // prettier-ignore
    const stored = await desk.picks();
    expect(await found('P')).toBe(stored.filter((pick) => pick.phase === 'P').length);
  });

  test('the P threshold turned down by keys gains picks, in the list and in the detail', async () => {
    const before = await found('P');
    await slider('P').focus();
    for (let i = 0; i < 40; i += 1) await desk.page.keyboard.press('ArrowLeft');
    await desk.open.idle();
    expect(await threshold('P')).toBeCloseTo(0.1, 9);
    const gained = await changed('gained');
    expect(gained).toBeGreaterThan(0);
    expect(await found('P')).toBe(before + gained);
    expect(await changed('lost')).toBe(0);
    await desk.press('j');
    const [row = ''] = await list('gained').getByRole('option', { selected: true }).allInnerTexts();
    const [, clock = 'none', station = ''] = /(\d\d:\d\d:\d\d)\.\d P (\w+)/.exec(plain(row)) ?? [];
    const zoom = desk.page.getByRole('region', { name: 'Zoom' });
    expect(plain(await zoom.getByRole('heading').innerText())).toContain(station);
    expect((await desk.zoomPicks()).join()).toContain(clock.slice(0, 7));
    await desk.press('k');
    expect((await desk.zoomPicks()).filter((text) => /^P/.test(text) && text.includes(clock))).toEqual([]); // prettier-ignore
    await desk.press('K');
    const box = desk.page.getByRole('spinbutton', { name: 'P threshold, number' });
    await box.press('Shift+ArrowUp');
    await box.press('ArrowUp');
    expect([await threshold('P'), await box.inputValue()]).toEqual([0.21, '0.21']);
    await box.press('Shift+ArrowDown');
    await box.press('ArrowDown');
    expect(await found('P')).toBe(before + gained);
  });

  test('dragged up by the mouse it loses picks', async () => {
    const box = (await slider('P').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const xOf = (value: number) => box.x + 8 + value * (box.width - 16);
    await desk.page.mouse.move(xOf(await threshold('P')), box.y + box.height / 2);
    await desk.page.mouse.down();
    for (let value = 0.2; value < 0.95; value += 0.05) {
      await desk.page.mouse.move(xOf(value), box.y + box.height / 2);
    }
    await desk.page.mouse.up();
    await desk.open.idle();
    expect(await threshold('P')).toBeGreaterThan(0.85);
    expect(await changed('lost')).toBeGreaterThan(0);
    expect(await changed('gained')).toBe(0);
  });

  test('a click on the curve of precision and recall sets the threshold it stands for', async () => {
    await settle();
    const score = await askHost(desk.onset.url, (client) =>
      client.call('tuning.score', {
        runId: 1,
        settings: { thresholds: { P: 0.02, S: 0.02 } },
        reference: { kind: 'reviewed' },
        tolerance: { P: 0.5, S: 0.5 },
      }),
    );
    const { points } = score.report.byPhase.P.curve;
    // One that nothing of the curve of S is near to.
    const far = (point: (typeof points)[number]) =>
      Math.min(
        ...score.report.byPhase.S.curve.points.map(
          (other) =>
          Math.hypot((other.recall ?? 0) - (point.recall ?? 0), (other.precision ?? 0) - (point.precision ?? 0)), // prettier-ignore
        ),
      );
    const [point] = points.filter(({ recall }) => recall !== null && recall < 1).sort((a, b) => far(b) - far(a)); // prettier-ignore
    const chart = panel().getByRole('slider', { name: /^Precision and recall/ });
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.locator('.u-over').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }; // prettier-ignore
    await desk.page.mouse.click(box.x + (point!.recall ?? 0) * box.width, box.y + (1 - (point!.precision ?? 0)) * box.height); // prettier-ignore
    await settle();
    const chosen = Number(await number('P').inputValue());
    const near = points.reduce((a, b) => Math.abs(b.threshold - chosen) < Math.abs(a.threshold - chosen) ? b : a); // prettier-ignore
    expect(chosen).toBeCloseTo(near.threshold, 4);
    expect(Math.hypot((near.recall ?? 0) - (point!.recall ?? 0), (near.precision ?? 0) - (point!.precision ?? 0))).toBeLessThan(0.1); // prettier-ignore
    expect(await found('P')).toBe(near.picks);
    const row = plain(await panel().getByRole('row', { name: /^P / }).innerText());
    expect(row).toContain(` ${near.picks} `);
  });

  test('a station has a threshold of its own by its slider, and gives it back', async () => {
    await desk.click(panel().getByText('Stations', { exact: true }));
    const name = 'P threshold of XX.KALT..HH';
    const own = panel().getByRole('slider', { name: `${name}, slider` });
    const box = panel().getByRole('spinbutton', { name, exact: true });
    const [all, before] = [await threshold('P'), await found('P')];
    expect([Number(await own.inputValue()), await box.inputValue()]).toEqual([expect.closeTo(all, 2), '']); // prettier-ignore
    await own.press('Home');
    await desk.open.idle();
    const most = await found('P');
    expect(most).toBeGreaterThan(before);
    await own.press('End');
    await desk.open.idle();
    expect(await box.inputValue()).toBe('1');
    expect(await found('P')).toBeLessThan(most);
    await panel().getByText('1 with their own').waitFor();
    await box.fill('');
    await box.press('Enter');
    await desk.open.idle();
    expect(await found('P')).toBe(before);
    await panel().getByText('all alike').waitFor();
  });

  test('none of it has asked the network', async () => {
    expect(await inferenceWindows(desk.onset.url)).toBe(windows);
  });

  test('a cell of the score fills the queue', async () => {
    await desk.click(panel().getByRole('button', { name: 'cells' }));
    await desk.click(
      panel()
        .getByRole('button', { name: /matched, into the queue/ })
        .first(),
    );
    const chip = desk.page.getByTitle('Show every pick again');
    expect(plain(await chip.innerText())).toMatch(/^matched XX\.\w+ ×$/);
    expect((await desk.rows()).length).toBeGreaterThan(0);
    await desk.click(chip);
    await desk.click(desk.page.getByRole('button', { name: 'Changes', exact: true }));
  });

  test('by SNR the onsets are measured, by distance it says why there is none', async () => {
    await desk.click(panel().getByRole('button', { name: 'SNR', exact: true }));
    await settle();
    const names = () =>
      panel()
        .getByRole('rowheader', { name: /^(?:<|≥|\d)/ })
        .allInnerTexts();
    await expect.poll(async () => (await names()).length, { timeout: 15_000 }).toBeGreaterThan(1);
    await panel()
      .getByText(/^SNR: rms of the 1 s after the pick over rms of the 2 s/)
      .waitFor();
    await desk.click(panel().getByRole('button', { name: 'distance', exact: true }));
    await panel()
      .getByText(/^No distances: the reference says none/)
      .waitFor();
    await desk.click(panel().getByRole('button', { name: 'PR', exact: true }));
  });

  test('the work spaces keep what was turned', async () => {
    await number('P').fill('0.15');
    await number('P').press('Enter');
    await desk.focusTraces();
    await desk.press('v', 'r');
    expect(await desk.page.getByRole('table', { name: 'Picks to review' }).count()).toBe(1);
    await desk.press('v', 't');
    await settle();
    expect(await threshold('P')).toBeCloseTo(0.15, 9);
  });

  test('a candidate of the contact sheet is kept in the catalog and turns up no more', async () => {
    const cards = desk.page.getByRole('listbox', { name: /^Candidates/ });
    const [first = ''] = await cards.getByRole('option', { selected: true }).allInnerTexts();
    const before = await desk.picks();
    await cards.focus();
    await desk.press('Enter');
    await settle();
    const after = await desk.picks();
    const reviewed = (picks: typeof after) => picks.filter(({ state }) => state === 'confirmed' || state === 'manual').length; // prettier-ignore
    expect(reviewed(after)).toBe(reviewed(before) + 1);
    await desk.press('Control+z');
    await settle();
    expect(reviewed(await desk.picks())).toBe(reviewed(before));
    expect(first).not.toBe('');
    // Turned down and taken back, each in one step, whether it was in the catalog or not.
    const states = (picks: typeof after) => picks.map(({ id, state }) => `${id} ${state}`).sort();
    await cards.focus();
    await desk.press('Backspace');
    await settle();
    const rejected = (picks: typeof after) => picks.filter(({ state }) => state === 'rejected').length; // prettier-ignore
    expect(rejected(await desk.picks())).toBe(rejected(before) + 1);
    await desk.press('Control+z');
    await settle();
    expect(states(await desk.picks())).toEqual(states(before));
  });

  test('a second window turns its own sliders, and sees what was decided in the first', async () => {
    other = await openPage(desk.onset.url, { width: 1280, height: 800 });
    await other.press('v', 't');
    await other.idle();
    const box = other.page.getByRole('spinbutton', { name: 'P threshold, number' });
    expect(await box.inputValue()).toBe('0.3');
    await box.fill('0.15');
    await box.press('Enter');
    await other.page.waitForTimeout(350);
    await other.idle();
    const cards = other.page.getByRole('listbox', { name: /^Candidates/ });
    const current = cards.getByRole('option', { selected: true });
    const id = (await current.getAttribute('id')) ?? '';
    const before = await desk.picks();
    await desk.page.locator(`[id="${id}"]`).click();
    await desk.press('Enter');
    await settle();
    await cards
      .locator(`[id="${id}"]`)
      .getByLabel(/^(confirmed|manual)$/)
      .waitFor();
    const after = await desk.picks();
    await cards.focus();
    await other.press('Backspace');
    await other.page.getByText(/was decided elsewhere: it is (confirmed|manual)/).waitFor();
    expect(await desk.picks()).toEqual(after);
    await desk.press('Control+z');
    await settle();
    expect((await desk.picks()).map(({ id: pick, state }) => `${pick} ${state}`)).toEqual(
      before.map(({ id: pick, state }) => `${pick} ${state}`),
    );
  });

  test('a run with these settings finds, pick for pick, what was shown', async () => {
    const [p, s] = [await found('P'), await found('S')];
    await desk.focusTraces();
    await desk.press('v', 'g');
    await jobsDone();
    expect(await inferenceWindows(desk.onset.url)).toBeGreaterThan(windows);
    const { report } = await askHost(desk.onset.url, (client) =>
      client.call('tuning.score', {
        runId: 1,
        settings: { thresholds: { P: 0.15, S: 0.3 } },
        reference: { kind: 'run', runId: 2 },
        tolerance: { P: 0, S: 0 },
      }),
    );
    const { P, S } = report.scores;
    expect([P.picks, P.reference, P.matched]).toEqual([p, p, p]);
    expect([S.picks, S.reference, S.matched]).toEqual([s, s, s]);
    // The other window's hand was on the run before: it is not put on this one.
    await other.idle();
    const run = other.page.getByRole('combobox', { name: 'run', exact: true });
    expect(await run.inputValue()).toBe('1');
    expect(await run.getByRole('option').count()).toBe(2);
    expect(other.errors).toEqual([]);
    await other.close();
  });

  test.each([
    [1280, 800],
    [1920, 1080],
  ])('is in order at %i × %i, dark and light', async (width, height) => {
    await desk.page.setViewportSize({ width, height });
    for (let theme = 0; theme < 2; theme += 1) {
      await desk.press('Control+Shift+L');
      await settle();
      expect(await accessibilityProblems(desk.page)).toEqual([]);
      expect(await layoutProblems(desk.page)).toEqual([]);
      expect(await blurredCanvases(desk.page)).toEqual([]);
    }
  });
});

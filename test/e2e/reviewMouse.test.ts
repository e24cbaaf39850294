// The hand on the traces: moving a pick, setting one with its uncertainty, and what stores nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, PickedSample, type StoredPick } from './analyst.ts';
import { closeBrowser } from './onset.ts';

const SAMPLE_NS = 10_000_000n;
const ZOOM_S = 15;

const sample = new PickedSample();
beforeAll(() => (noBrowser ? undefined : sample.make('p: 0.3, s: 0.3')));
afterAll(async () => {
  sample.remove();
  await closeBrowser();
});

interface Plot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Onset with the first pick current: it stands at a quarter of the zoom. */
async function atDesk(
  work: (desk: Desk, pick: StoredPick, zoom: Plot, picks: StoredPick[]) => Promise<void>,
): Promise<void> {
  const { folder, project, remove } = sample.copy();
  const desk = await new Desk(folder, project).start();
  try {
    const picks = await desk.picks();
    const zoom = await desk.plot('zoom').boundingBox();
    if (!zoom || !picks[0]) throw new Error('there is no zoom or no pick');
    await work(desk, picks[0], zoom, picks);
    expect(desk.open.errors).toEqual([]);
  } finally {
    await desk.stop();
    remove();
  }
}

/** The sample nearest to the pointer, with the pick at a quarter of the zoom: times of picks are on samples. */
function timeAt(pick: StoredPick, zoom: Plot, xPx: number): bigint {
  const offS = ((xPx - zoom.x) / Math.floor(zoom.width) - 0.25) * ZOOM_S;
  return BigInt(pick.timeNs) + BigInt(Math.round(offS * 100)) * SAMPLE_NS;
}

const apart = (a: bigint | string, b: bigint | string): number =>
  Math.abs(Number(BigInt(a) - BigInt(b))) / 1e9;

describe.skipIf(noBrowser)(`the hand${browserNote}`, () => {
  test('a press-drag moves the current pick to the sample under the pointer, live, and undo brings it back', () =>
    atDesk(async (desk, pick, zoom) => {
      const { mouse } = desk.page;
      const [x, y] = [Math.round(zoom.x + zoom.width / 4), zoom.y + zoom.height / 3];
      const colour = pick.phase === 'P' ? '--phase-p' : '--phase-s';
      await mouse.move(x, y);
      await mouse.down();
      await mouse.move(x + 20, y, { steps: 4 });
      await mouse.move(x + 60, y, { steps: 4 });
      await desk.open.idle();
      expect(await desk.inkAt('zoom', x + 60 - zoom.x, colour)).toBeGreaterThan(60);
      expect(await desk.page.locator('.plot .badge .time').innerText()).toMatch(
        /^\d\d:\d\d:\d\d\.\d\d$/,
      );
      expect(await desk.pick(pick.id)).toEqual(pick);
      await mouse.up();
      await desk.open.idle();
      const moved = await desk.pick(pick.id);
      expect(apart(moved.timeNs, timeAt(pick, zoom, x + 60))).toBeLessThanOrEqual(0.01);
      expect(BigInt(moved.timeNs) % SAMPLE_NS).toBe(BigInt(pick.timeNs) % SAMPLE_NS);
      expect(moved).toMatchObject({ state: 'manual', phase: pick.phase });
      expect(await desk.fact('Filter')).toContain('1–20 Hz');
      expect((await desk.history())[0]).toContain('moved');
      await desk.press('Control+z');
      expect(await desk.pick(pick.id)).toEqual(pick);
    }));

  test('Esc while dragging and a press under 3 px store nothing; a drag elsewhere pans', () =>
    atDesk(async (desk, pick, zoom, picks) => {
      const { mouse } = desk.page;
      const colour = pick.phase === 'P' ? '--phase-p' : '--phase-s';
      const [x, y] = [Math.round(zoom.x + zoom.width / 4), zoom.y + zoom.height / 3];
      await mouse.move(x, y);
      await mouse.down();
      await mouse.move(x + 80, y, { steps: 5 });
      await desk.press('Escape');
      expect(await desk.inkAt('zoom', x - zoom.x, colour)).toBeGreaterThan(30);
      expect(await desk.inkAt('zoom', x + 80 - zoom.x, colour)).toBeLessThan(10);
      await mouse.up();
      await mouse.move(x, y);
      await mouse.down();
      await mouse.move(x + 2, y);
      await mouse.up();
      await desk.open.idle();
      expect(await desk.subject()).toMatch(/automatic$/);

      await mouse.move(x + 200, y);
      await mouse.down();
      await mouse.move(x + 150, y, { steps: 5 });
      await mouse.up();
      await desk.open.idle();
      expect(await desk.inkAt('zoom', x - 50 - zoom.x, colour)).toBeGreaterThan(30);
      expect(await desk.picks()).toEqual(picks);
      expect(await desk.status()).not.toContain('undo:');
    }));

  test('a pick dragged in the list is followed by the zoom', () =>
    atDesk(async (desk, pick, zoom) => {
      const { mouse } = desk.page;
      const list = await desk.plot('list').boundingBox();
      if (!list) throw new Error('there is no list');
      const row = desk.page.getByRole('button', { name: pick.stream.split('.')[1] ?? '' }).first();
      const label = await row.boundingBox();
      if (!label) throw new Error('the row has no label');
      // A pick that was out of view comes in at 0.35 of the window, here 5 min.
      const [x, y] = [
        Math.round(list.x + 0.35 * Math.floor(list.width)),
        label.y + label.height - 6,
      ];
      await mouse.move(x, y);
      await desk.open.idle();
      await mouse.down();
      await mouse.move(x + 3, y, { steps: 3 });
      await mouse.move(x + 60, y, { steps: 6 });
      await desk.open.idle();
      const badge = await desk.page.locator('.plot .badge .time').innerText();
      // Far outside the former zoom, which has come along and shows the pick's line.
      const drawn = await Promise.all(
        Array.from({ length: Math.floor(zoom.width / 7) }, (_, i) =>
          desk.inkAt('zoom', 3 + 7 * i, pick.phase === 'P' ? '--phase-p' : '--phase-s'),
        ),
      );
      expect(Math.max(...drawn)).toBeGreaterThan(60);
      await mouse.up();
      await desk.open.idle();
      const moved = await desk.pick(pick.id);
      expect(moved.state).toBe('manual');
      expect(new Date(Number(BigInt(moved.timeNs) / 1_000_000n)).toISOString()).toContain(badge);
      expect(apart(moved.timeNs, pick.timeNs)).toBeGreaterThan(1);
    }));

  test('picking by double-click and by F1: a click sets, a vertical drag gives uncertainty, Shift one side', () =>
    atDesk(async (desk, pick, zoom, picks) => {
      const { mouse, keyboard } = desk.page;
      const y = zoom.y + zoom.height / 3;
      const clear = zoom.x + zoom.width * 0.6;
      const secondsPerPx = ZOOM_S / Math.floor(zoom.width);
      await mouse.dblclick(clear, y);
      await desk.open.idle();
      expect(await desk.status()).toMatch(/^PICK P: click to set/);
      expect((await desk.picks()).length).toBe(picks.length);

      await mouse.click(clear, y);
      await desk.open.idle();
      const known = new Set(picks.map(({ id }) => id));
      const made = (await desk.picks()).filter(({ id }) => !known.has(id));
      expect(made).toMatchObject([
        { phase: 'P', state: 'manual', probability: null, runId: null, lowerUncertaintyS: null },
      ]);
      expect(made[0]?.stream.slice(0, -1)).toBe(pick.stream.slice(0, -1));
      expect(apart(made[0]?.timeNs ?? '0', timeAt(pick, zoom, clear))).toBeLessThanOrEqual(0.01);
      expect(await desk.subject()).toMatch(/manual$/);
      expect(await desk.fact('Filter')).toContain('1–20 Hz');
      expect((await desk.rows()).filter(({ current }) => current)).toMatchObject([
        { phase: 'P', state: 'manual' },
      ]);

      await desk.press('Escape');
      expect(await desk.status()).toMatch(/^NAV/);
      await desk.press('Escape', 'Escape', 'F2');
      expect(await desk.status()).toMatch(/^PICK S: click to set/);
      const drag = async (dyPx: number, oneSide: boolean): Promise<StoredPick | undefined> => {
        const before = new Set((await desk.picks()).map(({ id }) => id));
        if (oneSide) await keyboard.down('Shift');
        await mouse.move(clear + 60, y);
        await mouse.down();
        await mouse.move(clear + 60, y + dyPx, { steps: 6 });
        await desk.open.idle();
        expect(await desk.page.locator('.plot .badge').innerText()).toMatch(/0\.\d+/);
        await mouse.up();
        if (oneSide) await keyboard.up('Shift');
        await desk.open.idle();
        return (await desk.picks()).find(({ id }) => !before.has(id));
      };
      const wide = await drag(-46, false);
      expect(wide).toMatchObject({ phase: 'S', state: 'manual' });
      expect(wide?.lowerUncertaintyS).toBeCloseTo(40 * secondsPerPx, 2);
      expect(wide?.upperUncertaintyS).toBeCloseTo(40 * secondsPerPx, 2);
      await desk.press('Control+z');
      const later = await drag(-46, true);
      expect(later?.lowerUncertaintyS).toBe(null);
      expect(later?.upperUncertaintyS).toBeCloseTo(40 * secondsPerPx, 2);
      await desk.press('Control+z');
      const earlier = await drag(46, true);
      expect(earlier?.lowerUncertaintyS).toBeCloseTo(40 * secondsPerPx, 2);
      expect(earlier?.upperUncertaintyS).toBe(null);

      await desk.press('Control+z', 'Control+z');
      expect(await desk.picks()).toEqual(picks);
    }));

  test('the filter in force is stored with a pick: none when the traces are raw', () =>
    atDesk(async (desk, pick) => {
      await desk.focusTraces();
      await desk.press('f', 'Alt+ArrowRight');
      expect(await desk.fact('Filter')).toMatch(/raw/);
      await desk.press('f', '.', 'Alt+ArrowRight');
      expect(await desk.fact('Filter')).toContain('2–8 Hz');
      expect((await desk.pick(pick.id)).state).toBe('manual');
    }));
});

// Many picks at once, events, and what leaves the project: the page and the command line say the same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  browserNote,
  content,
  Desk,
  noBrowser,
  onset,
  PickedSample,
  plain,
  readText,
  type StoredPick,
  storedPicks,
} from './analyst.ts';
import { closeBrowser } from './onset.ts';

const sample = new PickedSample();
beforeAll(() => (noBrowser ? undefined : sample.make('p: 0.3, s: 0.3')));
afterAll(async () => {
  sample.remove();
  await closeBrowser();
});

async function atDesk(work: (desk: Desk, picks: StoredPick[]) => Promise<void>): Promise<void> {
  const { folder, project, remove } = sample.copy();
  const args = ['serve', '--project', project, '--data', folder];
  const desk = await new Desk(folder, project, args).start();
  try {
    await work(desk, await desk.picks());
    expect(desk.open.errors).toEqual([]);
  } finally {
    await desk.stop();
    remove();
  }
}

const selected = async (desk: Desk): Promise<number> =>
  Number(/(\d+) selected/.exec(await desk.status())?.[1] ?? 0);

/** Saves what the page offers as a download; its bytes and its name. */
async function download(desk: Desk, format: string): Promise<{ name: string; text: string }> {
  await desk.press('Control+e');
  const dialog = desk.page.getByRole('dialog', { name: 'Export' });
  await desk.click(dialog.getByRole('radio', { name: format }));
  const saved = desk.page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export as a download' }).click();
  const file = await saved;
  await desk.open.idle();
  return { name: file.suggestedFilename(), text: readText(await file.path()) };
}

describe.skipIf(noBrowser)(`many picks and what leaves the project${browserNote}`, () => {
  test('a, A, d and the rubber band select; Mod+Enter says how many before it accepts them', () =>
    atDesk(async (desk, picks) => {
      await desk.press('a');
      const inView = await selected(desk);
      expect(inView).toBeGreaterThan(1);
      expect(inView).toBeLessThan(picks.length);
      await desk.press('A');
      expect(await selected(desk)).toBe(picks.length);
      await desk.press('d');
      expect(await selected(desk)).toBe(0);

      const list = await desk.plot('list').boundingBox();
      if (!list) throw new Error('there is no list');
      const { mouse } = desk.page;
      await mouse.move(list.x + 2, list.y + 2);
      await mouse.down({ button: 'right' });
      await mouse.move(list.x + list.width - 2, list.y + list.height - 30, { steps: 5 });
      await mouse.up({ button: 'right' });
      await desk.open.idle();
      expect(await selected(desk)).toBe(inView);
      await desk.press('Escape');
      expect(await selected(desk)).toBe(0);

      await desk.press('Control+Enter');
      const dialog = desk.page.getByRole('dialog', { name: 'Accept all automatic picks in view' });
      expect(await dialog.locator('.count').innerText()).toBe(`${inView} picks`);
      expect((await desk.picks()).every(({ state }) => state === 'automatic')).toBe(true);
      await desk.press('Enter');
      expect(await dialog.count()).toBe(0);
      const confirmed = (await desk.picks()).filter(({ state }) => state === 'confirmed');
      expect(confirmed.length).toBe(inView);
      expect(await desk.progress()).toBe(`${inView} of ${picks.length} reviewed`);
      await desk.press('Control+Enter');
      expect(await desk.status()).toContain('no automatic pick in view');
      await desk.press('Control+z');
      expect(await desk.picks()).toEqual(picks);
    }));

  test('weight and phase act on all that is selected, and one undo takes all back', () =>
    atDesk(async (desk, picks) => {
      await desk.press('A', '3');
      const weighed = await desk.picks();
      expect(weighed.every(({ weight, state }) => weight === 3 && state === 'manual')).toBe(true);
      await desk.press('Control+z');
      expect(await desk.picks()).toEqual(picks);
      await desk.press('A', 'F4');
      expect(new Set((await desk.picks()).map(({ phase }) => phase))).toEqual(new Set(['Pg']));
      await desk.press('Control+z');
      expect(await desk.picks()).toEqual(picks);
    }));

  test('e makes an event of what is selected, E leaves it, and QuakeML holds it', () =>
    atDesk(async (desk, picks) => {
      const events = desk.page.getByRole('region', { name: 'Events' });
      await desk.press('a');
      const inView = await selected(desk);
      await desk.press('e');
      expect(plain(await events.innerText())).toContain(`event 1, not located ${inView} picks`);
      expect(await events.getByRole('button', { name: /^event 1/ }).getAttribute('aria-current')).toBe('true'); // prettier-ignore
      await desk.press('E');
      expect(await events.locator('[aria-current]').count()).toBe(0);

      const { text } = await download(desk, 'QuakeML');
      const event = /<event publicID[\s\S]*?<\/event>/.exec(text)?.[0] ?? '';
      expect(event.match(/<pick /g)?.length).toBe(inView);
      expect(text.match(/<event /g)?.length).toBe(2);
      expect(text.match(/<pick /g)?.length).toBe(picks.length);

      await desk.press('Control+z');
      expect(plain(await events.innerText())).toMatch(/^Events none/);
      await desk.press('Control+Shift+z');
      expect(plain(await events.innerText())).toContain(`${inView} picks`);
    }));

  test('what the page downloads is what the command line writes, and a new project takes it in again', () =>
    atDesk(async (desk, picks) => {
      // One of each state, a moved and a weighed one among them.
      await desk.focusTraces();
      await desk.press(
        'Enter',
        'Backspace',
        'u',
        'Alt+ArrowRight',
        'ArrowUp',
        'i',
        '1',
        'Shift+Digit5',
      );
      const now = await desk.picks();
      expect(new Set(now.map(({ state }) => state))).toEqual(
        new Set(['automatic', 'confirmed', 'rejected', 'deferred', 'manual']),
      );

      await desk.press('Control+e');
      const dialog = desk.page.getByRole('dialog', { name: 'Export' });
      const preview = (): Promise<string> => dialog.locator('.preview').innerText().then(plain);
      expect(await preview()).toContain(`0 events, ${picks.length - 1} picks`);
      expect(await preview()).toContain('rejected');
      await desk.click(dialog.getByLabel('with rejected picks'));
      expect(await preview()).toContain(`0 events, ${picks.length} picks`);
      await desk.click(dialog.getByRole('radio', { name: 'snuffler markers' }));
      expect(await preview()).toContain('What this format cannot hold');
      await desk.press('Escape');

      const formats = [['QuakeML', 'quakeml'], ['CSV', 'csv'], ['snuffler', 'markers']] as const; // prettier-ignore
      for (const [label, format] of formats) {
        const saved = await download(desk, label);
        const out = path.join(desk.home, `out-${saved.name}`);
        const { code } = await onset(desk.home, ['export', '--project', desk.project, '--format', format, '--out', out]); // prettier-ignore
        expect(code).toBe(0);
        expect(saved.text).toBe(readFileSync(out, 'utf8'));

        if (format === 'csv') {
          expect(saved.text.trim().split('\n').length).toBe(picks.length);
          continue;
        }
        const other = path.join(desk.home, `${format}.onset`);
        const taken = await onset(desk.home, ['import', '--project', other, out]);
        expect([taken.code, taken.stderr]).toEqual([0, expect.any(String)]);
        const again = await storedPicks(desk.home, other);
        const kept = now.filter(({ state }) => state !== 'rejected');
        expect([format, again.length]).toEqual([format, kept.length]);
        if (format === 'quakeml') {
          const essence = (list: readonly StoredPick[]): unknown[] =>
            content(list).map((pick) => ({
              ...(pick as StoredPick),
              state: undefined,
              method: undefined,
            }));
          const states = (list: readonly StoredPick[]): string[] =>
            list.map(({ state }) => (state === 'deferred' ? 'automatic' : state));
          expect(essence(again)).toEqual(essence(kept));
          expect(states(again)).toEqual(states(kept));
        } else {
          const places = (list: readonly StoredPick[]): unknown[] =>
            list.map(({ stream, phase, timeNs }) => [stream, phase, BigInt(timeNs) / 100_000n]);
          expect(places(again)).toEqual(places(kept));
        }
      }
    }));

  test('the page imports a QuakeML file by keyboard, says what came in, and undo takes it out again', () =>
    atDesk(async (desk, picks) => {
      const file = path.join(desk.home, 'all.xml');
      await onset(desk.home, ['export', '--project', desk.project, '--format', 'quakeml', '--out', file]); // prettier-ignore
      const other = path.join(desk.home, 'other.onset');
      const args = ['serve', '--project', other, '--data', desk.home];
      const second = await new Desk(desk.home, other, args).start();
      const take = async (): Promise<string> => {
        await second.press('Control+k');
        await second.page.keyboard.type('import');
        await second.press('Enter');
        const files = second.page.getByRole('dialog', { name: 'Import picks and events' });
        await second.click(files.getByRole('button', { name: 'all.xml', exact: true }));
        const report = plain(
          await second.page.getByRole('dialog', { name: 'Imported' }).innerText(),
        );
        await second.press('Enter');
        return report;
      };
      try {
        expect(await take()).toContain(`${picks.length} picks, 0 events`);
        expect(content(await second.picks())).toEqual(content(picks));
        expect(await second.progress()).toBe(`0 of ${picks.length} reviewed`);
        expect(await take()).toContain('Nothing new');
        await second.press('Control+z');
        expect(await second.picks()).toEqual([]);
        await second.press('Control+Shift+z');
        expect(content(await second.picks())).toEqual(content(picks));
        expect(second.open.errors).toEqual([]);
      } finally {
        await second.stop();
      }
    }));
});

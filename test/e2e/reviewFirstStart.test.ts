// A person starts Onset for the first time and follows the three steps, by keyboard alone.
import { afterAll, describe, expect, test } from 'vitest';
import path from 'node:path';
import { browserNote, Desk, noBrowser, onset, plain, storedPicks } from './analyst.ts';
import { closeBrowser, temporaryHome } from './onset.ts';

afterAll(closeBrowser);

/** From now on the page notes what the job at the bottom says. */
const watchJob = (): void => {
  const seen: string[] = [];
  Object.assign(window, { seenOfJob: seen });
  new MutationObserver(() => {
    const text = document.querySelector('.status .job')?.textContent?.replace(/\s+/g, ' ').trim();
    if (text && seen.at(-1) !== text) seen.push(text);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
};

describe.skipIf(noBrowser)(`the first start${browserNote}`, () => {
  test('shows the sample and three steps, picks it by keyboard, and remembers what was dismissed', async () => {
    const home = temporaryHome();
    const project = path.join(home.folder, 'onset', 'sample', 'sample.onset');
    const desk = await new Desk(home.folder, project, ['serve']).start();
    const hint = desk.page.getByRole('region', { name: 'Three steps' });
    const ticked = (): Promise<string[]> => hint.locator('li.done b').allInnerTexts();
    try {
      expect(await hint.locator('li b').allInnerTexts()).toEqual([
        '1 Scan',
        '2 Review',
        '3 Export',
      ]);
      expect(await ticked()).toEqual([]);
      expect(await desk.page.getByRole('region', { name: 'Trace list' }).innerText()).toContain(
        '5 of 5',
      );
      expect(plain(await desk.page.getByRole('table').innerText())).toContain('No picks yet');

      await desk.page.evaluate(watchJob);
      await desk.press('Control+Shift+R');
      expect(await desk.page.getByRole('dialog', { name: 'Run the model' }).isVisible()).toBe(true);
      await desk.press('Enter');

      const seen = await desk.page.evaluate(
        () => (window as unknown as { seenOfJob: string[] }).seenOfJob,
      );
      expect(seen.some((text) => /\d+ %/.test(text))).toBe(true);
      expect(seen.some((text) => / left$/.test(text))).toBe(true);

      const stored = await storedPicks(desk.home, desk.project);
      expect(stored.length).toBeGreaterThan(20);
      expect(new Set(stored.map((pick) => pick.runId))).toEqual(new Set([1]));
      expect(await desk.progress()).toBe(`0 of ${stored.length} reviewed`);
      expect(await ticked()).toEqual(['1 Scan']);

      // The first pick is current, in view, and drawn in the hue of its phase with the strip below.
      expect(await desk.currentRow()).toBe(1);
      const first = stored[0];
      expect(await desk.subject()).toBe(
        `${first?.phase} XX.${first?.stream.split('.')[1]} automatic`,
      );
      const box = await desk.plot('zoom').boundingBox();
      expect(await desk.inkAt('zoom', (box?.width ?? 0) / 4, '--phase-p')).toBeGreaterThan(40);
      expect(await desk.page.getByText('no probabilities of').count()).toBe(0);

      await desk.press('Enter');
      expect(await desk.progress()).toBe(`1 of ${stored.length} reviewed`);
      expect(await ticked()).toEqual(['1 Scan', '2 Review']);

      await desk.press('Control+e');
      const saved = desk.page.waitForEvent('download');
      await desk.click(desk.page.getByRole('button', { name: 'Export as a download' }));
      expect((await saved).suggestedFilename()).toMatch(/\.xml$/);
      await desk.open.idle();
      expect(await ticked()).toEqual(['1 Scan', '2 Review', '3 Export']);

      await desk.click(hint.getByRole('button', { name: 'Do not show again' }));
      expect(await hint.count()).toBe(0);
      // The button has gone with the focus; keys act on the pick all the same.
      await desk.press('ArrowUp');
      expect(await desk.fact('Onset, polarity')).toMatch(/up$/);
      await desk.press('Control+z');
      expect(await desk.fact('Onset, polarity')).not.toMatch(/up$/);
      expect(desk.open.errors).toEqual([]);

      await desk.restart();
      expect(await desk.page.getByRole('region', { name: 'Three steps' }).count()).toBe(0);
      expect(await desk.progress()).toBe(`1 of ${stored.length} reviewed`);
      expect((await desk.pick(first?.id ?? 0)).state).toBe('confirmed');
      expect(desk.open.errors).toEqual([]);

      const table = await onset(home.folder, ['picks', '--project', desk.project]);
      expect(table.stdout.trim().split('\n').length).toBe(stored.length + 1);
    } finally {
      await desk.stop();
      home.remove();
    }
  });
});

// What is there again after a restart, and what a second Onset on the same project may do.
import { cpSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, onset, PickedSample } from './analyst.ts';
import { closeBrowser } from './onset.ts';

const sample = new PickedSample();
beforeAll(() => (noBrowser ? undefined : sample.make('p: 0.3, s: 0.3')));
afterAll(async () => {
  sample.remove();
  await closeBrowser();
});

describe.skipIf(noBrowser)(`a restart${browserNote}`, () => {
  test('brings back picks, strips, undo, layout, theme and where the review stands', async () => {
    const { folder, project, remove } = sample.copy();
    const desk = await new Desk(folder, project).start();
    const queue = desk.page.getByRole('complementary', { name: 'Review queue' });
    const look = async (): Promise<unknown> => ({
      theme: await desk.page.locator('html').getAttribute('data-theme'),
      inspector: await desk.inspector.count(),
      zoomPx: Math.round((await desk.plot('zoom').boundingBox())?.height ?? 0),
      queuePx: await desk.page
        .getByRole('complementary', { name: 'Review queue' })
        .boundingBox()
        .then((box) => Math.round(box?.width ?? 0)),
    });
    try {
      expect(await queue.isVisible()).toBe(true);
      await desk.focusTraces();
      await desk.press('Enter', 'Enter', 'Alt+ArrowRight', 'Backspace', 'Control+Shift+L', 'c');
      for (const name of ['Height of the zoom', 'Width of the queue']) {
        const splitter = desk.page.getByRole('separator', { name });
        await splitter.focus();
        await desk.press(...Array<string>(4).fill(name.startsWith('Height') ? 'ArrowDown' : 'ArrowRight')); // prettier-ignore
      }
      const before = [await look(), await desk.progress(), await desk.rows(), await desk.picks()];
      const undo = /undo: (.*?) (engine|\d\d\d\d)/.exec(await desk.status())?.[1];
      expect(before[0]).toMatchObject({ theme: 'light', inspector: 0 });

      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        await desk.restart(signal);
        const now = await desk.rows();
        expect([await look(), await desk.progress(), now.map((row) => ({ ...row, current: false })), await desk.picks()]).toEqual([
          ...[before[0], before[1], (before[2] as typeof now).map((row) => ({ ...row, current: false })), before[3]],
        ]); // prettier-ignore
        expect(await desk.status()).toContain(`undo: ${undo}`);
        // The first pick that waits is the current one, with its curves below.
        expect(await desk.currentRow()).toBe(4);
        expect(await desk.page.getByText('no probabilities of').count()).toBe(0);
        expect(await desk.strip('P')).toBeGreaterThan(0);
      }
      expect(desk.open.errors).toEqual([]);
    } finally {
      await desk.stop();
      remove();
    }
  });

  test('another project has nothing of the one before: no filter of the queue, hidden trace or turned threshold', async () => {
    const { folder, project, remove } = sample.copy();
    cpSync(project, path.join(folder, 'other.onset'));
    const args = ['serve', '--project', project, '--data', folder];
    const desk = await new Desk(folder, project, args).start();
    const filters = desk.page.getByRole('group', { name: 'Filter the queue' });
    const onlyS = filters.getByRole('button', { name: 'S', exact: true });
    const threshold = desk.page.getByRole('slider', { name: /P threshold/ });
    const inTune = async (act: () => Promise<unknown>): Promise<unknown> => {
      await desk.press('v', 't');
      const found = await act();
      await desk.press('v', 'r');
      return found;
    };
    try {
      await desk.focusTraces();
      const saved = await inTune(() => threshold.inputValue());
      await inTune(async () => {
        await threshold.focus();
        await desk.press('ArrowRight', 'ArrowRight');
      });
      expect(await inTune(() => threshold.inputValue())).not.toBe(saved);
      await desk.focusTraces();
      await desk.press('x');
      await desk.click(onlyS);
      expect(await desk.page.getByText('1 row hidden by hand').count()).toBe(1);
      expect((await desk.rows()).every(({ phase }) => phase === 'S')).toBe(true);

      await desk.press('Control+k');
      await desk.page.keyboard.type('open project');
      await desk.press('Enter');
      await desk.click(desk.page.getByText('other.onset', { exact: true }));
      expect(await desk.page.locator('h1.project').innerText()).toBe('other');
      expect((await desk.rows()).some(({ phase }) => phase === 'P')).toBe(true);
      expect(await desk.page.getByText('hidden by hand').count()).toBe(0);
      expect(await desk.currentRow()).toBe(1);
      expect(await inTune(() => threshold.inputValue())).toBe(saved);
      await desk.focusTraces();
      await desk.press('Enter');
      expect(await desk.progress()).toMatch(/^1 of/);
      expect(desk.open.errors).toEqual([]);
    } finally {
      await desk.stop();
      remove();
    }
  });

  test('a second Onset on the same project reads only, says who holds it and refuses edits in words', async () => {
    const { folder, project, remove } = sample.copy();
    const first = await new Desk(folder, project).start();
    const second = await new Desk(folder, project).start();
    try {
      const banner = (await second.notices()).join(' ');
      expect(banner).toContain('Read-only');
      expect(banner).toContain(`process ${first.onset.process.pid}`);
      expect(await second.status()).toContain('read-only');
      const picks = await first.picks();
      expect(await second.progress()).toBe(`0 of ${picks.length} reviewed`);
      await second.focusTraces();
      await second.press('Enter', 'Backspace', 'u', 'ArrowUp', '2', 'Alt+ArrowRight', 'Control+s');
      expect(await second.picks()).toEqual(picks);
      expect(await second.progress()).toBe(`0 of ${picks.length} reviewed`);
      expect(await second.status()).toContain('read-only: nothing was changed');
      expect(await second.inspector.getByRole('button', { name: 'Accept' }).isDisabled()).toBe(
        true,
      );
      for (const args of [
        ['scan', sample.waveforms],
        ['import', project],
      ]) {
        const refused = await onset(folder, [...args, '--project', project]);
        expect([args[0], refused.code === 0]).toEqual([args[0], false]);
        expect(refused.stderr).toContain(`process ${first.onset.process.pid}`);
      }

      // The first goes on as if it were alone, and what it does is there for the next one.
      await first.press('Enter');
      expect((await first.picks())[0]?.state).toBe('confirmed');
      await first.stop();
      await second.restart();
      expect(await second.notices()).toEqual([]);
      await second.press('Enter');
      expect(await second.progress()).toBe(`2 of ${picks.length} reviewed`);
      expect(second.open.errors).toEqual([]);
    } finally {
      await first.stop();
      await second.stop();
      remove();
    }
  });
});

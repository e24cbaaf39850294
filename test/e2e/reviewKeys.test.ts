// Review by keyboard alone: decisions, corrections, undo and redo, over reloads, restarts and crashes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, content, Desk, noBrowser, PickedSample, type StoredPick } from './analyst.ts';
import { closeBrowser } from './onset.ts';

const sample = new PickedSample();
beforeAll(() => (noBrowser ? undefined : sample.make('p: 0.01, s: 0.01')));
afterAll(async () => {
  sample.remove();
  await closeBrowser();
});

async function atDesk(work: (desk: Desk, picks: StoredPick[]) => Promise<void>): Promise<void> {
  const { folder, project, remove } = sample.copy();
  const desk = await new Desk(folder, project).start();
  try {
    await work(desk, await desk.picks());
    expect(desk.open.errors).toEqual([]);
  } finally {
    await desk.stop();
    remove();
  }
}

const subjectOf = ({ phase, stream, state }: StoredPick): string =>
  `${phase} XX.${stream.split('.')[1]} ${state}`;

describe.skipIf(noBrowser)(`review by keyboard${browserNote}`, () => {
  test('Enter accepts, Backspace rejects, u defers; each advances and the view follows', () =>
    atDesk(async (desk, picks) => {
      const total = picks.length;
      expect(await desk.progress()).toBe(`0 of ${total} reviewed`);
      const decisions = [
        ['Enter', 'confirmed', 1],
        ['Backspace', 'rejected', 2],
        ['u', 'deferred', 2],
        ['Delete', 'rejected', 3],
      ] as const;
      const width = (await desk.plot('zoom').boundingBox())?.width ?? 0;
      for (const [index, [key, state, reviewed]] of decisions.entries()) {
        const pick = picks[index] as StoredPick;
        expect(await desk.currentRow()).toBe(index + 1);
        expect(await desk.subject()).toBe(subjectOf(pick));
        expect(await desk.zoomPicks()).toContainEqual(expect.stringContaining(`${pick.phase} on ${pick.stream}`)); // prettier-ignore
        const colour = pick.phase === 'P' ? '--phase-p' : '--phase-s';
        expect(await desk.inkAt('zoom', width / 4, colour)).toBeGreaterThan(40);
        await desk.press(key);
        expect((await desk.rows())[index]?.state).toBe(state);
        expect(await desk.progress()).toBe(`${reviewed} of ${total} reviewed`);
      }
      expect(await desk.page.getByText('1 deferred', { exact: true }).count()).toBe(1);
      const after = await desk.picks();
      expect(after.map(({ state }) => state).slice(0, 5)).toEqual([
        ...['confirmed', 'rejected', 'deferred', 'rejected', 'automatic'],
      ]);
      // A decision changes the state and nothing else of what the model has found.
      const found = (list: StoredPick[]): unknown[] =>
        list.map(
          ({ id, stream, timeNs, phase, probability, lowerUncertaintyS, upperUncertaintyS }) => [
            ...[id, stream, timeNs, phase, probability, lowerUncertaintyS, upperUncertaintyS],
          ],
        );
      expect(found(after)).toEqual(found(picks));
    }));

  test('undo and redo take back and make again each decision, over a reload, a restart and a crash', () =>
    atDesk(async (desk) => {
      const states = async (): Promise<string[]> =>
        (await desk.picks()).slice(0, 3).map((pick) => pick.state);
      await desk.press('Enter', 'Backspace', 'u');
      expect(await states()).toEqual(['confirmed', 'rejected', 'deferred']);

      await desk.press('Control+z');
      expect(await desk.currentRow()).toBe(3);
      expect(await desk.subject()).toMatch(/automatic$/);
      await desk.press('Control+z', 'Control+z');
      expect(await states()).toEqual(['automatic', 'automatic', 'automatic']);
      expect(await desk.progress()).toMatch(/^0 of/);
      await desk.press('Control+Shift+z', 'Control+Shift+z', 'Control+Shift+z');
      expect(await states()).toEqual(['confirmed', 'rejected', 'deferred']);
      expect((await desk.rows()).slice(0, 3).map((row) => row.state)).toEqual(await states());

      await desk.reload();
      expect(await desk.status()).toContain('undo: defer');
      await desk.press('Control+z');
      expect(await states()).toEqual(['confirmed', 'rejected', 'automatic']);
      await desk.restart('SIGKILL');
      expect(await desk.status()).toContain('undo: reject');
      await desk.press('Control+z');
      expect(await states()).toEqual(['confirmed', 'automatic', 'automatic']);
      await desk.restart();
      await desk.press('Control+z');
      expect(await states()).toEqual(['automatic', 'automatic', 'automatic']);
      await desk.restart('SIGKILL');
      await desk.press('Control+Shift+z', 'Control+Shift+z', 'Control+Shift+z');
      expect(await states()).toEqual(['confirmed', 'rejected', 'deferred']);
    }));

  test('every pick is reviewed at one key each, from the queue and from the traces alike', () =>
    atDesk(async (desk, picks) => {
      expect(picks.length).toBeGreaterThanOrEqual(143);
      const list = desk.page.locator('[data-keys=list]:focus');
      for (let i = 0; i < 5 && (await list.count()) === 0; i += 1) await desk.press('Control+F6');
      expect(await list.count()).toBe(1);
      const half = Math.floor(picks.length / 2);
      for (let i = 0; i < half; i += 1) await desk.page.keyboard.press('Enter');
      await desk.open.idle();
      expect(await desk.currentRow()).toBe(half + 1);
      await desk.focusTraces();
      for (let i = half; i < picks.length; i += 1) await desk.page.keyboard.press('Backspace');
      await desk.open.idle();
      expect(await desk.progress()).toBe(`${picks.length} of ${picks.length} reviewed`);
      const states = (await desk.picks()).map((pick) => pick.state);
      expect(states.slice(0, half).every((state) => state === 'confirmed')).toBe(true);
      expect(states.slice(half).every((state) => state === 'rejected')).toBe(true);
    }));

  test('arrows, phases, polarity, onset, weight and uncertainty make a pick manual, and undo unmakes it', () =>
    atDesk(async (desk, picks) => {
      const before = picks[0] as StoredPick;
      await desk.focusTraces();
      const width = (await desk.plot('zoom').boundingBox())?.width ?? 1;
      const pixelNs = BigInt(Math.max(1, Math.round(15 / width / 0.01))) * 10_000_000n;
      const later = (ns: bigint): Partial<StoredPick> => ({
        timeNs: String(BigInt(before.timeNs) + ns),
      });
      const preset = (lower: number, upper: number): Partial<StoredPick> => ({ lowerUncertaintyS: lower, upperUncertaintyS: upper }); // prettier-ignore
      const changes: [string, Partial<StoredPick>, fact?: [string, string]][] = [
        ['ArrowRight', later(pixelNs)],
        ['ArrowLeft', later(-pixelNs)],
        ['Shift+ArrowRight', later(10n * pixelNs)],
        ['Shift+ArrowLeft', later(-10n * pixelNs)],
        ['Alt+ArrowRight', later(10_000_000n)],
        ['Alt+ArrowLeft', later(-10_000_000n)],
        ['F2', { phase: 'S' }],
        ['Alt+5', { phase: 'Sn' }],
        ['ArrowUp', { polarity: 'up' }, ['Onset, polarity', 'not set, up']],
        ['ArrowDown', { polarity: 'down' }, ['Onset, polarity', 'not set, down']],
        ['Shift+ArrowUp', { polarity: 'undecidable' }, ['Onset, polarity', 'not set, undecidable']],
        ['i', { onset: 'impulsive' }, ['Onset, polarity', 'impulsive, not set']],
        ['0', { weight: 0 }, ['Weight class', '0 full weight']],
        ['4', { weight: 4 }, ['Weight class', '4 not used']],
        ['Shift+Digit1', preset(0.05, 0.05), ['Uncertainty', '±0.05 s']],
        ['Shift+Digit4', preset(0.3, 0.3), ['Uncertainty', '±0.30 s']],
        ['Shift+Digit5', preset(0.1, 0.2), ['Uncertainty', '−0.10 / +0.20 s']],
      ];
      for (const [key, change, fact] of changes) {
        await desk.press(key);
        const changed = await desk.pick(before.id);
        expect({ key, ...changed }).toMatchObject({
          ...{ key, id: before.id, stream: before.stream, state: 'manual' },
          ...{ probability: before.probability, runId: before.runId, ...change },
        });
        if (fact) expect([key, await desk.fact(fact[0])]).toEqual([key, fact[1]]);
        expect(await desk.subject()).toMatch(/manual$/);
        const history = await desk.history();
        expect(history.length, `${key}: the former version is kept`).toBeGreaterThanOrEqual(2);
        expect(history.at(-1)).toContain('onset-1');
        await desk.press('Control+z');
        expect(await desk.subject(), `${key} undone`).toBe(subjectOf(before));
      }
      expect(await desk.picks()).toEqual(picks);
    }));

  test('the same polarity again takes it away, i goes round, weights replace each other, redo makes all again', () =>
    atDesk(async (desk, picks) => {
      const id = picks[0]?.id ?? 0;
      await desk.focusTraces();
      const steps: [string, string][] = [
        ['ArrowUp', 'not set, up'],
        ['ArrowUp', 'not set, not set'],
        ['i', 'impulsive, not set'],
        ['i', 'emergent, not set'],
        ['i', 'questionable, not set'],
        ['i', 'not set, not set'],
      ];
      for (const [key, fact] of steps) {
        await desk.press(key);
        expect(await desk.fact('Onset, polarity')).toBe(fact);
      }
      await desk.press('1', '3', 'Shift+Digit2', 'Shift+Delete', 'Alt+ArrowRight', 'F2');
      const made = await desk.pick(id);
      expect(made).toMatchObject({ phase: 'S', weight: 3, onset: null, polarity: null, lowerUncertaintyS: null }); // prettier-ignore
      for (let i = 0; i < steps.length + 6; i += 1) await desk.press('Control+z');
      expect(content(await desk.picks())).toEqual(content(picks));
      for (let i = 0; i < steps.length + 6; i += 1) await desk.press('Control+Shift+z');
      expect(await desk.pick(id)).toEqual(made);
    }));

  test('arrow keys in the queue move its row and touch no polarity; without focus on the traces neither', () =>
    atDesk(async (desk, picks) => {
      await desk.page.locator('[data-keys=list]').focus();
      await desk.press('ArrowDown', 'ArrowDown', 'ArrowUp');
      expect(await desk.currentRow()).toBe(2);
      await desk.inspector.focus();
      await desk.press('ArrowUp', 'Shift+ArrowUp');
      await desk.focusTraces();
      await desk.press('Escape', 'Escape');
      expect(await desk.currentRow()).toBe(undefined);
      await desk.press('ArrowUp', 'i', '2');
      expect(await desk.picks()).toEqual(picks);
    }));
});

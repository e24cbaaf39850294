// A run of the model whose process is killed from outside, and one that is cancelled half-way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { browserNote, content, Desk, noBrowser, onset, PickedSample, type StoredPick, storedPicks } from './analyst.ts'; // prettier-ignore
import { closeBrowser } from './onset.ts';

const OVERLAP = 0.8;
const sample = new PickedSample();
/** What a run with much overlap finds when nothing disturbs it. */
let undisturbed: StoredPick[] = [];
/** Whether the runtime left its telemetry database out of the cache folder. */
let tellsNobody = false;

beforeAll(async () => {
  if (noBrowser) return;
  await sample.make('p: 0.3, s: 0.3');
  const { folder, remove } = sample.copy();
  const calm = path.join(folder, 'calm.onset');
  await onset(folder, ['scan', sample.waveforms, '--project', calm, '--overlap', `${OVERLAP}`]);
  undisturbed = await storedPicks(folder, calm);
  tellsNobody = !existsSync(path.join(folder, 'Microsoft'));
  remove();
});
afterAll(async () => {
  sample.remove();
  await closeBrowser();
});

/** Processes that a process has started, with their command lines. */
function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        if (Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]) !== parent) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), command }];
      } catch {
        return []; // It has ended meanwhile.
      }
    });
}

function inferenceOf(desk: Desk): number[] {
  const found = childrenOf(desk.onset.process.pid ?? 0);
  return found.filter(({ command }) => command.includes('inference')).map(({ pid }) => pid);
}

/** Runs the model from the page with much overlap, so that there is a middle to it. */
async function runSlowly(desk: Desk): Promise<void> {
  await desk.press('Control+Shift+R');
  const panel = desk.page.getByRole('dialog', { name: 'Run the model' });
  await panel.locator('summary', { hasText: 'Windows' }).click();
  await panel.getByLabel('Overlap, %').fill(String(100 * OVERLAP));
  await desk.press('Enter');
}

const sorted = (picks: readonly StoredPick[]): unknown[] =>
  content(picks)
    .map((pick) => JSON.stringify(pick))
    .sort();

describe.skipIf(noBrowser || process.platform !== 'linux')(
  `a run that is disturbed${browserNote}`,
  () => {
    test('a run of the model leaves no telemetry in the home of the person', () => {
      expect(undisturbed.length).toBeGreaterThan(10);
      expect(tellsNobody).toBe(true);
    });

    test('the model’s process killed in mid-run: the picks are those of an undisturbed run, the page stays usable', async () => {
      const { folder, project, remove } = sample.copy();
      const desk = await new Desk(folder, project).start();
      const killed: number[] = [];
      try {
        await desk.page.exposeFunction('killModel', () => {
          for (const pid of inferenceOf(desk)) {
            process.kill(pid, 'SIGKILL');
            killed.push(pid);
          }
        });
        await desk.page.evaluate(() => {
          const page = window as unknown as { killModel(): void };
          const watch = new MutationObserver(() => {
            const percent = /(\d+) %/.exec(
              document.querySelector('.status .job')?.textContent ?? '',
            );
            if (Number(percent?.[1] ?? 0) < 15) return;
            watch.disconnect();
            page.killModel();
          });
          watch.observe(document.body, { subtree: true, childList: true, characterData: true });
        });
        await runSlowly(desk);
        expect(killed.length).toBe(1);
        const fresh = (await desk.picks()).filter(({ runId }) => runId === 2);
        expect(sorted(fresh)).toEqual(sorted(undisturbed));
        expect(fresh.length).toBeGreaterThan(20);

        await desk.focusTraces();
        await desk.press('Enter');
        expect(await desk.progress()).toMatch(/^1 of /);
        expect((await desk.notices()).filter((notice) => /fail|error/i.test(notice))).toEqual([]);
        expect(desk.open.errors).toEqual([]);
      } finally {
        await desk.stop();
        remove();
      }
    });

    test('a second run takes the place of picks nobody has looked at, and the current one stays current', async () => {
      const { folder, project, remove } = sample.copy();
      const desk = await new Desk(folder, project).start();
      try {
        const total = (await desk.picks()).length;
        await desk.press('Enter', 'Enter');
        const subject = await desk.subject();
        await desk.press('Control+Shift+R', 'Enter');
        const now = await desk.picks();
        expect(now.map(({ runId }) => runId)).toEqual([1, 1, ...Array<number>(total - 2).fill(2)]);
        expect([await desk.currentRow(), await desk.subject()]).toEqual([3, subject]);
        await desk.press('Enter');
        expect(await desk.progress()).toBe(`3 of ${total} reviewed`);
        expect(await desk.notices()).toEqual([]);
      } finally {
        await desk.stop();
        remove();
      }
    });

    test('cancelled in mid-run it keeps the stations that are finished, whole', async () => {
      const { folder, project, remove } = sample.copy();
      const desk = await new Desk(folder, project).start();
      try {
        await desk.page.evaluate(() => {
          const watch = new MutationObserver(() => {
            const cancel = [...document.querySelectorAll<HTMLElement>('.status button')].find(
              (button) => /^Cancel, keep/.test(button.textContent.trim()),
            );
            if (!cancel) return;
            watch.disconnect();
            cancel.click();
          });
          watch.observe(document.body, { subtree: true, childList: true, characterData: true });
        });
        await runSlowly(desk);
        const fresh = (await desk.picks()).filter(({ runId }) => runId === 2);
        const kept = new Set(fresh.map(({ stream }) => stream.slice(0, -1)));
        expect(kept.size).toBeGreaterThanOrEqual(1);
        expect(kept.size).toBeLessThan(5);
        const whole = undisturbed.filter(({ stream }) => kept.has(stream.slice(0, -1)));
        expect(sorted(fresh)).toEqual(sorted(whole));
        await desk.click(desk.page.getByTitle('Show jobs').first());
        const jobs = desk.page.getByRole('region', { name: 'Jobs' });
        expect(await jobs.locator('li').first().innerText()).toContain('cancelled');
        await desk.press('Escape', 'Enter');
        expect(await desk.progress()).toMatch(/^1 of /);
        expect(desk.open.errors).toEqual([]);
      } finally {
        await desk.stop();
        remove();
      }
    });
  },
);

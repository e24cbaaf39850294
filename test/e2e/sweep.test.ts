// Sweeps and parameter sets by an analyst's hands: tried, chosen, saved, compared and run again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, plain } from './analyst.ts';
import { askHost } from './hostClient.ts';
import { closeBrowser, temporaryHome } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';

describe.skipIf(noBrowser)(`sweeps and sets${browserNote}`, () => {
  const home = temporaryHome();
  let desk: Desk;

  const dialog = (name: string) => desk.page.getByRole('dialog', { name });
  const slider = (label: string) => desk.page.getByRole('slider', { name: `${label} threshold` });

  async function jobsDone(): Promise<void> {
    await askHost(desk.onset.url, async (client) => {
      const open = async () => (await client.call('job.list', {})).some(({ state }) => state === 'running' || state === 'waiting'); // prettier-ignore
      while (await open()) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    await desk.open.idle();
    await desk.page.waitForTimeout(700);
    await desk.open.idle();
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
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    await closeBrowser();
  });

  test('a sweep scores every set and a row of it turns the sliders', async () => {
    await desk.press('v', 'w');
    const sweep = dialog('Sweep');
    for (const label of ['P', 'S']) {
      await sweep.getByRole('textbox', { name: label, exact: true }).fill('0.3 to 0.9 by 0.3');
    }
    await sweep.getByText('9 sets').waitFor();
    await desk.click(sweep.getByRole('button', { name: 'Sweep', exact: true }));
    await jobsDone();
    const table = sweep.getByRole('table', { name: 'Sets that were tried' });
    await table.getByRole('row').nth(9).waitFor();
    expect(await table.getByRole('row').count()).toBe(10);
    const rows = (await table.getByRole('row').allInnerTexts()).slice(1).map((row) => plain(row).split(/\s+/)); // prettier-ignore
    const f1 = rows.map((row) => Number(row[2]));
    expect(f1).toEqual(f1.toSorted((a, b) => b - a));
    expect(f1[0]).toBeGreaterThan(0);
    await sweep.getByRole('slider', { name: /^Recall and false picks/ }).waitFor();
    await sweep.getByRole('img', { name: /^9 sets as lines through P, S, recall/ }).waitFor();
    const last = table.getByRole('row').nth(9);
    const [p = '', s = ''] = rows[8] ?? [];
    await desk.click(last.getByRole('button'));
    expect(await accessibilityProblems(desk.page)).toEqual([]);
    expect(await layoutProblems(desk.page)).toEqual([]);
    await desk.click(sweep.getByText('Locked for the test: nothing'));
    const stations = sweep.getByRole('textbox', { name: 'stations' });
    await stations.fill('XX.MORA');
    await stations.press('Tab');
    await sweep.getByText('Locked for the test: 1').waitFor();
    const look = sweep.getByRole('button', { name: 'Score the chosen set there' });
    await desk.click(look);
    await sweep.getByText(/^F1 .* first looked at now$/).waitFor();
    await desk.click(look);
    await sweep.getByText(/^F1 .* as looked at on \d{4}-/).waitFor();
    await sweep.getByText(/its score is independent/).waitFor();
    await stations.fill('');
    await stations.press('Tab');
    await sweep.getByText('Locked for the test: nothing').waitFor();
    await desk.click(sweep.getByRole('button', { name: 'Close' }).last());
    expect([await slider('P').inputValue(), await slider('S').inputValue()]).toEqual([p, s]);
  });

  test('what is saved is listed, differs in words, and is run again to what was shown', async () => {
    await desk.press('v', 's');
    const save = dialog('Save these settings as a set');
    await save.getByRole('textbox', { name: 'Name' }).fill('strict');
    await desk.click(save.getByRole('button', { name: 'Save' }));
    await desk.open.idle();
    const shown = await askHost(desk.onset.url, async (client) => {
      const [set] = await client.call('set.list', {});
      const [own] = await client.call('set.apply', { set: { kind: 'saved', setId: set?.id ?? 0 } });
      const settings = own?.settings ?? {};
      return client.call('tuning.repick', { runId: own?.runId ?? 0, settings });
    });
    await desk.press('v', 'e');
    const sets = dialog('Parameter sets');
    await sets.getByRole('button', { name: /^strict 1/ }).waitFor();
    await sets.getByRole('combobox', { name: 'differs from' }).selectOption({ label: 'run 1: onset-1' }); // prettier-ignore
    await sets.getByRole('list', { name: 'Differences' }).getByText(/threshold P: 0\.3 → 0\.9/).waitFor(); // prettier-ignore
    expect(await accessibilityProblems(desk.page)).toEqual([]);
    expect(await layoutProblems(desk.page)).toEqual([]);
    await desk.click(sets.getByRole('button', { name: 'Run again' }));
    await jobsDone();
    const again = await askHost(desk.onset.url, (client) =>
      client.call('tuning.repick', { runId: 2, settings: {} }),
    );
    expect([...again.timesNs]).toEqual([...shown.timesNs]);
    expect([...again.probabilities]).toEqual([...shown.probabilities]);
    await desk.press('v', 'e');
    await dialog('Parameter sets').getByText(/^2$/).waitFor();
    await desk.press('Escape');
  });

  test('the queue shows the picks of one set', async () => {
    await desk.press('v', 'r');
    const filter = desk.page.getByRole('combobox', { name: 'Parameter set' });
    await filter.selectOption({ label: (await filter.getByRole('option').allInnerTexts()).find((text) => text.startsWith('strict')) ?? '' }); // prettier-ignore
    await desk.open.idle();
    const stored = await desk.picks();
    const own = stored.filter((pick) => pick.runId === 2).length;
    await desk.page
      .getByText(new RegExp(`\\b${own}\\b`))
      .first()
      .waitFor();
  });
});

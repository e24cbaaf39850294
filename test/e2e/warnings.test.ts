// A station with a vertical alone: its picks carry the warning, and so does the report of the run.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserNote, Desk, noBrowser, onset, PickedSample, plain } from './analyst.ts';
import { closeBrowser, temporaryHome } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';

describe.skipIf(noBrowser)(`components that are missing${browserNote}`, () => {
  const sample = new PickedSample();
  const home = temporaryHome();
  let desk: Desk;

  beforeAll(async () => {
    await sample.make('p: 0.3, s: 0.3');
    const names = readdirSync(sample.waveforms, { recursive: true, encoding: 'utf8' });
    const verticals = names.filter((name) => /HHZ/.test(name)).map((name) => path.join(sample.waveforms, name)); // prettier-ignore
    expect(verticals.length).toBeGreaterThan(0);
    const project = path.join(home.folder, 'verticals.onset');
    const args = ['scan', ...verticals, '--project', project, '--out', `${home.folder}/p.json`];
    const { code, stderr } = await onset(home.folder, args);
    expect(code, stderr).toBe(0);
    desk = await new Desk(home.folder, project).start();
  });
  afterAll(async () => {
    expect(desk.open.errors).toEqual([]);
    await desk.stop();
    home.remove();
    sample.remove();
    await closeBrowser();
  });

  test('each pick says so in the queue and in the inspector', async () => {
    const picks = await desk.picks();
    expect(picks.length).toBeGreaterThan(3);
    expect(await desk.fact('Beware')).toMatch(/N and E absent|E and N absent/);
    const rows = await desk.page.locator('[aria-rowindex] .beware').count();
    expect(rows).toBeGreaterThan(3);
    expect(plain(await desk.page.locator('[aria-rowindex] .now').innerText())).toMatch(/absent/);
    expect(await accessibilityProblems(desk.page)).toEqual([]);
    expect(await layoutProblems(desk.page)).toEqual([]);
  });

  test('the report of the run names the stations and the policy', async () => {
    await desk.press('Control+k');
    await desk.page.keyboard.type('Runs…');
    await desk.open.idle();
    await desk.press('Enter');
    const report = plain(
      await desk.page.getByRole('region', { name: /^Report of run/ }).innerText(),
    );
    expect(report).toMatch(/Picked, but beware \d/);
    expect(report).toMatch(/absent in some or all of it: any may be missing/);
    await desk.press('Escape');
  });

  test('what the network saw shows the absent rows as zeros, and why says that they are', async () => {
    await desk.focusTraces();
    await desk.press('I');
    const saw = desk.page.getByRole('dialog', { name: 'What the network saw', exact: true });
    await saw.locator('.gutter').waitFor();
    expect(plain(await saw.locator('.gutter').innerText()).match(/zeros/g)).toHaveLength(2);
    await desk.press('Escape', 'y');
    const why = desk.page.getByRole('region', { name: 'Why is there no pick?' });
    expect(plain(await why.innerText())).toMatch(/missing here and fed as zeros/);
  });
});

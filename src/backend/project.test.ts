import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualPick, mseed, Page } from '../../test/backendPage.ts';
import { createBackend } from './createBackend.ts';
import { chooseProject, placeOf, projectTitle } from './project.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-project-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what a person names to open', () => {
  test('is the sample, one project, or waveforms', () => {
    expect(chooseProject([])).toEqual({ kind: 'sample' });
    expect(chooseProject(['a.onset'])).toEqual({ kind: 'file', path: 'a.onset' });
    expect(chooseProject(['a.mseed', 'b'])).toEqual({
      kind: 'files',
      paths: ['a.mseed', 'b'],
      add: true,
    });
    expect(() => chooseProject(['a.onset', 'b.mseed'])).toThrow(/open one project, or waveform/);
  });

  test('the same waveforms lead to the same project, others to another', async () => {
    const place = async (...paths: string[]): Promise<string> =>
      (await placeOf({ kind: 'files', paths, add: true }, folder)).path;
    const both = await place('/data/a.mseed', '/data/b.mseed');
    expect(await place('/data/b.mseed', '/data/a.mseed')).toBe(both);
    expect(await place('/data/a.mseed')).not.toBe(both);
    expect(dirname(both)).toBe(join(folder, 'projects'));
  });
});

test('a project is called after its waveforms, without what keeps it apart from others', async () => {
  const title = async (...paths: string[]): Promise<string> =>
    projectTitle((await placeOf({ kind: 'files', paths, add: true }, folder)).path);
  expect(await title('/data/port-townsend/waveforms.mseed')).toBe('waveforms');
  expect(await title('/data/continuous')).toBe('continuous');
  expect(await title('/data/PB.B204..EH.2022-02-06')).toBe('PB.B204..EH.2022-02-06');
  expect(projectTitle('/home/mk/Swarm 2026.mseed.onset')).toBe('Swarm 2026.mseed');
});

describe('a project', () => {
  test('is edited in the name that the settings say, from the moment they do', async () => {
    const page = await start({ kind: 'file', path: join(folder, 'name.onset'), create: true });
    await page.call('settings.save', { scope: 'user', key: 'author', value: 'ana' });
    expect(await page.call('session.get', {})).toMatchObject({ author: 'ana' });
    const { picks } = await page.call('catalog.addPick', { pick: manualPick });
    expect(picks).toMatchObject([{ author: 'ana' }]);
    await page.call('settings.save', { scope: 'user', key: 'author', value: 'ben' });
    const ids = picks.map(({ id }) => id);
    await page.call('catalog.changePicks', { pickIds: ids, change: { weight: 1 } });
    const history = await page.call('catalog.pickHistory', { pickId: ids[0]! });
    expect(history.map(({ author }) => author)).toEqual(['ana', 'ben']);
    await page.backend.close();
  });

  const start = async (project: Parameters<typeof createBackend>[0]['project']): Promise<Page> =>
    new Page(await createBackend({ project, userFolder: join(folder, 'user'), workers: 1 }));

  test('for waveforms reads them in, and has its picks and waveforms at the next opening', async () => {
    const path = join(folder, 'day.mseed');
    writeFileSync(path, mseed('HHZ'));
    for (const round of [1, 2]) {
      const page = await start({ kind: 'files', paths: [path], add: true });
      await page.settled();
      const { streams } = await page.call('source.list', {});
      expect([round, streams.map(({ streamKey }) => streamKey)]).toEqual([round, ['XX.ABC..HHZ']]);
      await page.backend.close();
    }
  });

  test('that is temporary leaves nothing behind', async () => {
    const page = await start({ kind: 'temporary' });
    const { projectPath } = await page.call('session.get', {});
    expect(existsSync(projectPath)).toBe(true);
    await page.backend.close();
    expect(existsSync(dirname(projectPath))).toBe(false);
  });

  test('the sample is made once, with its true onsets beside the waveforms', async () => {
    const page = await start({ kind: 'sample' });
    await page.settled();
    expect((await page.call('source.list', {})).streams).toHaveLength(15);
    const waveforms = join(folder, 'user', 'sample', 'waveforms');
    expect(readdirSync(waveforms)).toContain('true-onsets.json');
    expect(readdirSync(waveforms)).toHaveLength(16);
    await page.backend.close();
  }, 60_000);
});

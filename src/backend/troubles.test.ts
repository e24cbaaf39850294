// What must not happen: each trouble is told with what, where and what to do, and costs only itself.

import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure, manualPick, mseed, temporaryBackends } from '../../test/backendPage.ts';
import { createBackend } from './createBackend.ts';
import { resourcesFolder } from './resources.ts';

const { folder, data, backends, freshPath, start } = temporaryBackends();

describe('what goes wrong reaches the page with what, where and what to do', () => {
  test('unreadable, empty and truncated files cost themselves only', async () => {
    const place = join(data, 'broken');
    mkdirSync(place);
    writeFileSync(join(place, 'empty.mseed'), '');
    writeFileSync(join(place, 'text.mseed'), 'not a waveform at all\n'.repeat(40));
    writeFileSync(join(place, 'cut.mseed'), mseed('HHZ'));
    truncateSync(join(place, 'cut.mseed'), 1000);
    writeFileSync(join(place, 'good.mseed'), mseed('HHN'));
    const page = await start();
    const names = ['empty', 'text', 'cut', 'good'].map((name) => `data:0/broken/${name}.mseed`);
    await page.addFiles(...names);
    const { files, streams } = await page.call('source.list', {});
    const problems = Object.fromEntries(
      files.map(({ path, error, warnings }) => [path.split('/').at(-1), error ?? warnings.join()]),
    );
    expect(problems['empty.mseed']).toMatch(/empty/);
    expect(problems['text.mseed']).toMatch(/no record|not miniSEED/);
    expect(problems['cut.mseed']).not.toBe('');
    expect(problems['good.mseed']).toBe('');
    expect(streams.map(({ streamKey }) => streamKey)).toContain('XX.ABC..HHN');
    rmSync(place, { recursive: true });
  });

  test('a folder without waveforms is said', async () => {
    mkdirSync(join(data, 'none'), { recursive: true });
    writeFileSync(join(data, 'none', 'readme.txt'), 'nothing here');
    const page = await start();
    const job = await page.addFiles('data:0/none');
    const { streams } = await page.call('source.list', {});
    expect(streams).toEqual([]);
    expect(`${job.detail} ${page.notices.map(({ text }) => text).join()}`).toMatch(
      /none|no waveform/i,
    );
  });

  test('a file that was moved since is said at the next start, and the rest is there', async () => {
    const moving = join(data, 'moving.mseed');
    writeFileSync(moving, mseed('HHZ'));
    const path = freshPath();
    const page = await start({ project: { kind: 'file', path, create: true } });
    await page.addFiles('data:0/moving.mseed', 'data:0/day/HHN.mseed');
    await backends.pop()!.close();
    rmSync(moving);
    const later = await start({ project: { kind: 'file', path } });
    await later.settled();
    const { files, streams } = await later.call('source.list', {});
    expect(files.find((file) => file.path === moving)?.error).toMatch(/moving\.mseed/);
    expect(later.notices).toContainEqual(
      expect.objectContaining({ level: 'error', text: expect.stringContaining('moving.mseed') }),
    );
    expect(streams.map(({ streamKey }) => streamKey)).toEqual(['XX.ABC..HHN']);
  });

  test('a model whose weights are not those of its card is listed with the reason and not run', async () => {
    const pack = join(folder, 'user', 'models', 'changed');
    cpSync(join(resourcesFolder(), 'models', 'onset-1'), pack, { recursive: true });
    const card = JSON.parse(readFileSync(join(pack, 'model.json'), 'utf8')) as { id: string };
    writeFileSync(join(pack, 'model.json'), JSON.stringify({ ...card, id: 'changed' }));
    const weights = readFileSync(join(pack, 'model.onnx'));
    weights[weights.length >> 1]! ^= 1;
    writeFileSync(join(pack, 'model.onnx'), weights);
    const page = await start();
    const models = await page.call('model.list', {});
    expect(models.find(({ id }) => id === 'changed')?.problem).toMatch(/not those of its card/);
    const run = {
      streamKeys: undefined,
      window: undefined,
      settings: undefined,
    };
    const error = await failure(page.call('model.run', { modelId: 'changed', ...run }));
    expect(error).toMatchObject({ code: 'unreadable-file' });
    expect(error.message).toMatch(/changed are not those of its card.*install the model again/);
    rmSync(pack, { recursive: true });
  });

  test('a project that another Onset holds opens read-only, with who holds it', async () => {
    const path = freshPath();
    const first = await start({ project: { kind: 'file', path, create: true } });
    await first.call('catalog.addPick', { pick: manualPick });
    const second = await start({ project: { kind: 'file', path } });
    const info = await second.call('session.get', {});
    expect(info.readOnly).toBe(true);
    expect(info.readOnlyReason).toMatch(/Another Onset is using this project.*close it there/);
    expect((await second.call('catalog.listPicks', {})).total).toBe(1);
    const error = await failure(second.call('catalog.addPick', { pick: manualPick }));
    expect(error).toMatchObject({ code: 'read-only' });
    expect(error.message).toMatch(/Nothing was changed: Another Onset/);
    const refused = createBackend({ project: { kind: 'file', path }, exclusive: true });
    expect((await failure(refused)).message).toMatch(/Another Onset is using this project/);
  });

  test('a project file that is none is refused, and the one before stays open', async () => {
    writeFileSync(join(data, 'torn.onset'), 'not a database '.repeat(100));
    const page = await start();
    const before = await page.call('session.get', {});
    const error = await failure(page.call('project.open', { file: 'data:0/torn.onset' }));
    expect(error.message).toContain('torn.onset');
    expect(await page.call('session.get', {})).toEqual(before);
    await page.call('catalog.addPick', { pick: manualPick });
  });

  test('a file that was not granted is refused', async () => {
    const page = await start();
    for (const file of ['/etc/passwd', 'data:0/../x', 'grant:guess']) {
      const error = await failure(page.call('source.add', { files: [file] }));
      expect(error.code).toBe('bad-input');
    }
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ModelFiles, ModelRegistry } from './registry.ts';

const pack = new URL('../../resources/models/onset-1/', import.meta.url);
const cardBytes = readFileSync(new URL('model.json', pack));
const network = readFileSync(new URL('model.onnx', pack));

function registry(files: Record<string, Uint8Array>): ModelRegistry {
  const disk: ModelFiles = {
    listFolders: (folder) => {
      const inside = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
      return Promise.resolve([...new Set(inside.map((path) => path.split('/')[1]!))]);
    },
    read: (path) => Promise.resolve(files[path]),
    sha256: (bytes) => Promise.resolve(createHash('sha256').update(bytes).digest('hex')),
  };
  return new ModelRegistry(disk, [
    { path: 'shipped', place: 'shipped' },
    { path: 'mine', place: 'own' },
  ]);
}

const whole = { 'shipped/onset-1/model.json': cardBytes, 'shipped/onset-1/model.onnx': network };

describe('the registry', () => {
  test('lists a good pack and opens it', async () => {
    const [model, ...others] = await registry(whole).list();
    expect(others).toEqual([]);
    expect(model).toMatchObject({ id: 'onset-1', problem: undefined, windowSamples: 3001 });
    expect(model?.settings).toMatchObject({ overlap: 1501, batchSize: 8, stacking: 'avg' });
    expect((await registry(whole).open('onset-1')).network).toBe(network);
  });

  test('weights other than the card’s are named and never opened', async () => {
    const changed = Uint8Array.from(network);
    changed[1000]! ^= 1;
    const packs = registry({ ...whole, 'shipped/onset-1/model.onnx': changed });
    expect((await packs.list())[0]?.problem).toContain('not those of its card and are not run');
    await expect(packs.open('onset-1')).rejects.toThrow('sha-256');
  });

  test('a card without a checksum of its network: unchecked, told, and the run keeps the real one', async () => {
    const card = JSON.parse(new TextDecoder().decode(cardBytes)) as Record<string, unknown>;
    const source = { repository: 'a/b', path: 'w.pt', sha256: 'ab'.repeat(32) };
    const bytes = new TextEncoder().encode(JSON.stringify({ ...card, source }));
    const packs = registry({ ...whole, 'shipped/onset-1/model.json': bytes });
    const [model] = await packs.list();
    expect(model).toMatchObject({ checksum: 'unchecked', problem: undefined });
    expect(model?.warnings.join()).toContain('states no checksum');
    const own = createHash('sha256').update(network).digest('hex');
    expect((await packs.open('onset-1')).spec.sha256).toBe(own);
  });

  test('what is being installed is not listed', async () => {
    const packs = registry({ 'mine/.import-12/model.json': cardBytes });
    expect(await packs.list()).toEqual([]);
  });

  test('missing weights, a missing and a broken card each say so', async () => {
    const packs = registry({
      'shipped/onset-1/model.json': cardBytes,
      'mine/empty/notes.txt': Uint8Array.of(1),
      'mine/broken/model.json': new TextEncoder().encode('{"id": '),
    });
    const problems = Object.fromEntries(
      (await packs.list()).map(({ id, problem }) => [id, problem]),
    );
    expect(problems['onset-1']).toContain('weights of onset-1 are missing');
    expect(problems['empty']).toContain('has no model.json');
    expect(problems['broken']).toContain('cannot be used');
    await expect(packs.open('onset-1')).rejects.toThrow('missing');
    await expect(packs.open('empty')).rejects.toThrow('no model.json');
    await expect(packs.open('other')).rejects.toThrow('there is no model "other"');
  });

  test('a pack of the person’s folder does not hide the shipped one of the same name', async () => {
    const packs = registry({ ...whole, 'mine/onset-1/model.json': cardBytes });
    expect((await packs.list()).map(({ id, problem }) => [id, problem])).toEqual([
      ['onset-1', undefined],
    ]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { FileGrants } from './grants.ts';
import { receiveFiles } from './receivedFiles.ts';

const bytes = new TextEncoder().encode('weights');

test('files that came together lie together, a folder is one reference', () => {
  const grants = new FileGrants();
  const refs = receiveFiles(grants, [
    { name: 'pack/model.json', bytes },
    { name: 'pack/model.onnx', bytes },
    { name: 'a.pt', bytes },
  ]);
  const [pack = '', weights = ''] = refs.map((ref) => grants.resolve(ref, 'read'));
  expect([basename(pack), basename(weights)]).toEqual(['pack', 'a.pt']);
  expect(readFileSync(join(pack, 'model.onnx'), 'utf8')).toBe('weights');
  expect(existsSync(weights)).toBe(true);
});

test.each(['../a.pt', 'a/../../b', '', 'C:x', 'a\\b', '/'])('the name %j is refused', (name) => {
  expect(() => receiveFiles(new FileGrants(), [{ name, bytes }])).toThrow(/not the name of a file/);
});

test('nothing and too much are refused with what to do', () => {
  expect(() => receiveFiles(new FileGrants(), [])).toThrow(/--data/);
});

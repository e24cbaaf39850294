import { describe, expect, test } from 'vitest';
import { readPackFacts, warningsOf } from './packFacts.ts';
import { assertMayPick } from './permission.ts';

const SHA = 'ab'.repeat(32);
const card = {
  id: 'net-1',
  use: 'picking',
  licence: { spdx: 'MIT', holder: 'somebody, 2020' },
  files: { 'model.onnx': '', 'model-batch.onnx': '', 'weights.h5': '' },
};

describe('facts of a card', () => {
  test('a checksum beside a published path is of that file, not of the network', () => {
    const published = { repository: 'a/b', path: 'w.h5', sha256: SHA };
    const facts = readPackFacts({ ...card, source: published });
    expect(facts).toMatchObject({ checksums: {}, sourceSha256: SHA, source: 'a/b: w.h5' });
    const own = readPackFacts({
      ...card,
      source: { training: 'recipe', sha256: SHA.toUpperCase() },
    });
    expect(own).toMatchObject({ checksums: { 'model.onnx': SHA }, sourceSha256: undefined });
    const both = readPackFacts({ ...card, source: published, checksums: { 'model.onnx': SHA } });
    expect(both).toMatchObject({ checksums: { 'model.onnx': SHA }, sourceSha256: SHA });
  });

  test('a checksum that cannot be read is no checksum that was left out', () => {
    const facts = readPackFacts({ ...card, checksums: { 'model.onnx': 'abc' } });
    expect(facts.checksums['model.onnx']).toBe('unreadable');
  });

  test('networks of the pack, model.onnx first, no other files and none outside', () => {
    const files = { ...card.files, '../x.onnx': '' };
    expect(readPackFacts({ ...card, files }).files).toEqual(['model.onnx', 'model-batch.onnx']);
  });

  test.each([
    ['picking', 'picking'],
    ['tests only (weights sit in a GPL-3.0 repository)', 'tests-only'],
    ['random weights, for importer tests only, never for picking', 'never-picking'],
    ['denoising', 'not-a-picker'],
    [undefined, 'not-a-picker'],
  ])('use "%s" is %s', (use, expected) => {
    expect(readPackFacts({ ...card, use }).use).toBe(expected);
  });

  test.each(['../net', 'a/b', '.hidden', '', 'name with spaces', 7])('id %j is refused', (id) => {
    expect(() => readPackFacts({ ...card, id })).toThrow('id has to be');
  });
});

describe('who may pick', () => {
  test('test packs only where it is allowed in so many words, others never', () => {
    const of = (use: string) => readPackFacts({ ...card, use });
    expect(warningsOf(of('picking'))).toEqual([]);
    assertMayPick(of('picking'), undefined);
    for (const use of ['tests only', 'random weights, never for picking']) {
      expect(warningsOf(of(use))).toHaveLength(1);
      expect(() => assertMayPick(of(use), undefined)).toThrow('--allow-test-model');
      expect(() => assertMayPick(of(use), false)).toThrow('net-1');
      assertMayPick(of(use), true);
    }
    expect(() => assertMayPick(of('event classification'), true)).toThrow('is not a picker');
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseModelSpec } from '../../src/models/card.ts';
import { repoRoot } from '../shared.ts';
import { keyboardMap, readmeWithMap } from './keyboardMap.ts';

const readme = readFileSync(path.join(repoRoot, 'README.md'), 'utf8');

test('the keyboard map of the README is that of the action registry (npm run docs)', () => {
  expect(keyboardMap()).toContain('`Ctrl Z`');
  expect(readme).toBe(readmeWithMap(readme));
});

test('the README names every room and every command', () => {
  const rooms = readFileSync(path.join(repoRoot, 'test/lint/rooms.cjs'), 'utf8');
  const names = [...(/const rooms = \{([^}]*)/.exec(rooms)?.[1] ?? '').matchAll(/(\w+): '/g)].map(
    (match) => match[1],
  );
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !readme.includes(`\`src/${name}\``))).toEqual([]);
  const commands = ['open', 'serve', 'inspect', 'scan', 'model', 'picks', 'export', 'import'];
  expect(commands.filter((name) => !readme.includes(`\`onset ${name} `))).toEqual([]);
});

test('the card of the README is one that runs', () => {
  const [, card = ''] = /```json\n(\{\n {2}"id"[^]*?)\n```/.exec(readme) ?? [];
  const spec = parseModelSpec(JSON.parse(card));
  expect(spec).toMatchObject({ id: 'my-picker', use: 'picking', labels: ['N', 'P', 'S'] });
  expect(spec.filter).toMatchObject({ lowHz: 1, highHz: undefined });
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserSettings } from './settings.ts';

let folder: string;
let reports: string[];
const path = (): string => join(folder, 'onset', 'settings.json');
const make = (): UserSettings => new UserSettings(path(), (text) => reports.push(text));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-settings-'));
  reports = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what is saved is there at the next start, and nothing else lies beside it', async () => {
  const settings = make();
  expect(await settings.load()).toEqual({});
  await Promise.all([settings.save('theme', 'dark'), settings.save('layout', { queue: 320 })]);
  expect(await make().load()).toEqual({ theme: 'dark', layout: { queue: 320 } });
  expect(readdirSync(join(folder, 'onset'))).toEqual(['settings.json']);
});

test('a damaged file is kept, said, and replaced by defaults', async () => {
  mkdirSync(join(folder, 'onset'));
  writeFileSync(path(), '{"theme": "da');
  const settings = make();
  expect(await settings.load()).toEqual({});
  await settings.save('theme', 'light');
  expect(readFileSync(`${path()}.unreadable`, 'utf8')).toBe('{"theme": "da');
  expect(reports).toEqual([expect.stringContaining('Your settings are damaged')]);
  expect(await make().load()).toEqual({ theme: 'light' });
});

test('a place that cannot be a folder is said with its path', async () => {
  writeFileSync(join(folder, 'onset'), 'a file where the folder should be');
  await expect(make().save('theme', 'dark')).rejects.toMatchObject({
    code: 'service',
    message: expect.stringContaining('your settings could not be written'),
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileGrants } from './grants.ts';

let home: string;
let data: string;
let grants: FileGrants;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'onset-grants-')));
  data = join(home, 'data');
  mkdirSync(join(data, '2023', '282'), { recursive: true });
  mkdirSync(join(home, 'database'));
  writeFileSync(join(home, 'secret.txt'), 'secret');
  writeFileSync(join(home, 'database', 'x.mseed'), '');
  writeFileSync(join(data, '2023', '282', 'HANS.mseed'), '');
  symlinkSync(home, join(data, 'out'));
  symlinkSync(join(home, 'secret.txt'), join(data, 'secret'));
  symlinkSync(join(home, 'nowhere'), join(data, 'dangling'));
  symlinkSync(join(data, '2023'), join(data, 'year'));
  grants = new FileGrants([data]);
});
afterEach(() => rmSync(home, { recursive: true }));

const refusal = (ref: string, access: 'read' | 'write' = 'read'): string => {
  try {
    return `resolved to ${grants.resolve(ref, access)}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('what a page may name', () => {
  test('a place under a data folder, links inside it included', () => {
    const file = join(data, '2023', '282', 'HANS.mseed');
    expect(grants.resolve('data:0', 'read')).toBe(data);
    expect(grants.resolve('data:0/2023/282/HANS.mseed', 'read')).toBe(file);
    expect(grants.resolve('data:0/year/282/HANS.mseed', 'read')).toBe(file);
  });

  test('a path that a person picked, and what is inside a picked folder', () => {
    const ref = grants.grant(join(home, 'secret.txt'));
    expect(ref).toMatch(/^grant:[\w-]{24}$/);
    expect(grants.grant(join(home, 'secret.txt'))).toBe(ref);
    expect(grants.resolve(ref, 'read')).toBe(join(home, 'secret.txt'));
    const folder = grants.grant(join(home, 'database'));
    expect(grants.resolve(`${folder}/x.mseed`, 'read')).toBe(join(home, 'database', 'x.mseed'));
    expect(refusal(`${folder}/../secret.txt`)).toBe('bad-input');
  });

  test('a file to be written that does not exist yet', () => {
    expect(grants.resolve('data:0/2023/new.onset', 'write')).toBe(join(data, '2023', 'new.onset'));
    const ref = grants.grant(join(home, 'new.xml'));
    expect(grants.resolve(ref, 'write')).toBe(join(home, 'new.xml'));
    expect(refusal(ref, 'read')).toBe('not-found');
    expect(refusal('data:0/no-such-folder/new.onset', 'write')).toBe('not-found');
  });

  test('a reference knows its parent, up to what was granted', () => {
    expect(grants.parent('data:0/2023/282')).toBe('data:0/2023');
    expect(grants.parent('data:0')).toBeUndefined();
  });
});

describe.each(['read', 'write'] as const)('what is refused, to %s', (access) => {
  test.each([
    ['a plain path', '/etc/passwd'],
    ['a relative path', 'data/2023'],
    ['nothing', ''],
    ['an unknown grant', 'grant:AAAAAAAAAAAAAAAAAAAAAAAA'],
    ['a grant from the prototype', 'grant:__proto__'],
    ['a folder that is none of the data folders', 'data:1/x'],
    ['a negative data folder', 'data:-1/x'],
    ['the folder above', 'data:0/..'],
    ['a file above', 'data:0/../secret.txt'],
    ['a way out and in again', 'data:0/2023/../../data/2023'],
    ['a neighbour whose name begins alike', 'data:0/../database/x.mseed'],
    ['an absolute path inside', 'data:0//etc/passwd'],
    ['a Windows path', 'data:0/..\\secret.txt'],
    ['a drive', 'data:0/C:secret'],
    ['a dot', 'data:0/./2023'],
    ['a zero byte', 'data:0/2023\0/282'],
    ['a long name', `data:0/${'a'.repeat(256)}`],
    ['a long name in many bytes', `data:0/${'é'.repeat(128)}`],
    ['a long reference', `data:0/${'a/'.repeat(4000)}b`],
    ['a link to a file outside', 'data:0/secret'],
    ['a file through a link to a folder outside', 'data:0/out/secret.txt'],
  ])('%s', (_, ref) => {
    expect(refusal(ref, access)).toBe('bad-input');
  });

  test('a link that leads nowhere', () => {
    expect(refusal('data:0/dangling', access)).toBe('not-found');
  });
});

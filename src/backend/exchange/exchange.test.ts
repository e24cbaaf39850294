import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../base/appError.ts';
import { randomCatalog } from '../../../test/randomCatalog.ts';
import { writeWhole } from './atomicWrite.ts';
import { lossesOf } from './losses.ts';
import { readDocument } from './readDocument.ts';
import { renderChunks } from './render.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-exchange-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function failing(code: string): Iterable<string> {
  return (function* () {
    yield 'x'.repeat(3_000_000);
    throw Object.assign(new Error(code), { code });
  })();
}

describe('writing a file whole', () => {
  test('answers the bytes and leaves nothing else behind', async () => {
    const path = join(folder, 'a.csv');
    expect(await writeWhole(path, ['é', 'b'])).toBe(3);
    expect(readFileSync(path, 'utf8')).toBe('éb');
    expect(readdirSync(folder)).toEqual(['a.csv']);
  });

  test.each([
    ['ENOSPC', 'service', /disk is full/],
    ['EROFS', 'read-only', /may not be written/],
    ['EIO', 'service', /EIO/],
  ])('%s midway leaves the old file and no half of a new one', async (code, kind, words) => {
    const path = join(folder, 'a.csv');
    writeFileSync(path, 'old');
    const error: unknown = await writeWhole(path, failing(code)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe(kind);
    expect((error as AppError).message).toMatch(words);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.csv']);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written is said', async () => {
    const locked = join(folder, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    await expect(writeWhole(join(locked, 'a.csv'), ['x'])).rejects.toThrow(/may not be written/);
  });

  test('a missing folder, a folder in the place of the file and a device are refused', async () => {
    await expect(writeWhole(join(folder, 'no', 'a.csv'), ['x'])).rejects.toThrow(/no such folder/);
    await expect(writeWhole(folder, ['x'])).rejects.toThrow(/is a folder/);
    await expect(writeWhole('/dev/null', ['x'])).rejects.toThrow(/no plain file/);
  });

  test('an aborted export leaves nothing', async () => {
    const signal = AbortSignal.abort();
    await expect(writeWhole(join(folder, 'a.csv'), ['x'], signal)).rejects.toThrow(/cancelled/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what is read is told by its content', () => {
  const extract = randomCatalog(4, 3, 6);
  const bytesOf = (format: 'quakeml' | 'csv' | 'markers') => {
    const options = { format, includeRejected: true, programVersion: '0.1.0' };
    return new TextEncoder().encode([...renderChunks(extract, options)].join(''));
  };

  test('QuakeML and marker files, whatever they are called', () => {
    expect(readDocument(bytesOf('quakeml'), 'a.txt').document.picks).toHaveLength(24);
    const markers = readDocument(bytesOf('markers'), 'b.xml').document.picks;
    expect(markers).toHaveLength(extract.picks.filter((pick) => pick.phase !== '').length);
  });

  test.each([
    ['', /empty/],
    ['time,phase\n', /no column stream, or network and station/],
    ['time,amplitude\n', /neither QuakeML nor a marker file nor a table of picks/],
    ['<FDSNStationXML/>', /not QuakeML/],
    ['<q', /not well-formed/],
  ])('%j is refused with its name', (text, words) => {
    const read = () => readDocument(new TextEncoder().encode(text), 'bad.xml');
    expect(read).toThrow(AppError);
    expect(read).toThrow(/^bad\.xml cannot be imported: /);
    expect(read).toThrow(words);
  });
});

describe('the preview of losses', () => {
  const extract = randomCatalog(6, 4, 30);

  test('says what each format does not carry', () => {
    const said = (format: 'quakeml' | 'csv' | 'markers') =>
      lossesOf(extract, format, false).join('\n');
    expect(said('quakeml')).toMatch(/rejected picks? (is|are) left out/);
    expect(said('quakeml')).toMatch(/written as comments/);
    expect(said('csv')).toMatch(/^4 events are not written/m);
    expect(said('markers')).toMatch(/^\d+ uncertainties are not written\.$/m);
    expect(said('markers')).toMatch(/^\d+ probabilities are not written\.$/m);
    expect(said('markers')).toMatch(/^\d+ weight classes are written as the colour only\.$/m);
  });

  test('an empty catalog loses nothing', () => {
    const empty = { events: [], picks: [], runs: [] };
    for (const format of ['quakeml', 'csv', 'markers'] as const) {
      expect(lossesOf(empty, format, false)).toEqual([]);
    }
  });
});

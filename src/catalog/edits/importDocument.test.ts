import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import type { CatalogDocument } from '../../domain/event/catalogDocument.ts';
import { catalogFromMarkers } from '../../formats/markers/toCatalog.ts';
import { markersFromCatalog } from '../../formats/markers/fromCatalog.ts';
import { readQuakeml } from '../../formats/quakeml/reader.ts';
import { writeQuakeml } from '../../formats/quakeml/writer.ts';
import { randomCatalog } from '../../../test/randomCatalog.ts';
import { Journal } from '../journal.ts';
import { openProjectFile, type ProjectFile } from '../projectFile.ts';
import { PickRepository } from '../repositories/pickRepository.ts';
import { importDocument } from './importDocument.ts';

const extract = randomCatalog(21, 5, 8);
const options = { includeRejected: true, programVersion: '0.1.0' };

/** What reading our own file of the random catalog gives. */
function written(): CatalogDocument {
  return readQuakeml(new TextEncoder().encode(writeQuakeml(extract, options)));
}

let folder = '';
let file: ProjectFile;
let journal: Journal;
const now = () => epochNs(1_700_000_000_000_000_000n);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-import-'));
  file = openProjectFile(join(folder, 'a.onset'), {
    author: 'analyst',
    now,
    create: true,
    maxPages: undefined,
  });
  journal = new Journal(file, 'analyst', now);
});
afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true, force: true });
});

const take = (document: CatalogDocument) =>
  importDocument({ file, journal, now }, document, 'catalog.xml');
const picksNow = () => [...new PickRepository(file, journal).each()];
const rows = (table: string) =>
  Number((file.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: bigint | number }).n);

describe('importing a document', () => {
  test('takes every pick with every field, every event and the runs', () => {
    const document = written();
    const result = take(document);
    expect(result).toMatchObject({ picks: 48, events: 5, knownPicks: 0, knownEvents: 0 });
    const stored = picksNow();
    const numbers = new Set(['id', 'eventId', 'eventIndex', 'runId']);
    const plain = (pick: object): Record<string, unknown> =>
      Object.fromEntries(Object.entries(pick).filter(([name]) => !numbers.has(name)));
    const order = (list: object[]) =>
      list.map(plain).sort((a, b) => String(a['publicId']).localeCompare(String(b['publicId'])));
    expect(order(stored)).toEqual(order([...document.picks]));
    expect(rows('model_run')).toBe(document.runs.length);
    const associated = stored.filter((pick) => pick.eventId !== undefined);
    expect(associated).toHaveLength(40);
  });

  test('a pick keeps the hash of its set, with its run or without', () => {
    const document = written();
    take({ ...document, runs: [] });
    const hash = 'cd'.repeat(32);
    const picks = new PickRepository(file, journal);
    const ofSet = document.picks.filter(({ setHash }) => setHash === hash);
    expect(ofSet.length).toBeGreaterThan(3);
    expect(picks.list({ setHash: hash }).total).toBe(ofSet.length);
    journal.undo();
    journal.redo();
    expect(picks.list({ setHash: hash }).picks.every(({ setHash }) => setHash === hash)).toBe(true);
    take(document);
    expect(file.prepare('SELECT set_hash FROM model_run ORDER BY set_hash').all()).toEqual([
      { set_hash: null },
      { set_hash: hash },
    ]);
  });

  test('a second time takes nothing and says so', () => {
    take(written());
    const again = take(written());
    expect(again).toMatchObject({ picks: 0, events: 0, knownPicks: 48, knownEvents: 5 });
    expect(again.changed).toBeUndefined();
    expect([rows('pick'), rows('event'), rows('model_run')]).toEqual([48, 5, 2]);
  });

  test('is one act to undo and redo', () => {
    take(written());
    expect(journal.undoLabel).toBe('import 48 picks, 5 events from catalog.xml');
    const before = picksNow();
    journal.undo();
    expect([rows('pick'), rows('event'), rows('origin'), rows('arrival')]).toEqual([0, 0, 0, 0]);
    journal.redo();
    expect(picksNow()).toEqual(before);
  });

  test('a file of its own picks brings nothing new into the project it came from', () => {
    take(written());
    const own = picksNow().map((pick) => ({ ...pick, publicId: undefined }));
    file.prepare('UPDATE pick SET public_id = NULL').run();
    const text = writeQuakeml({ events: [], picks: own, runs: [] }, options);
    expect(take(readQuakeml(new TextEncoder().encode(text)))).toMatchObject({
      picks: 0,
      knownPicks: 48,
    });
  });

  test('picks of one creation time, in another order than their numbers, all come in', () => {
    const createdNs = epochNs(1_650_000_000_000_000_000n);
    const picks = extract.picks.map((pick, i) => ({
      ...pick,
      ...{ id: extract.picks.length - i, createdNs, publicId: undefined, eventId: undefined },
    }));
    const text = writeQuakeml({ events: [], picks, runs: [] }, options);
    const result = take(readQuakeml(new TextEncoder().encode(text)));
    expect(result).toMatchObject({ picks: picks.length, knownPicks: 0 });
  });

  test('marker files, which have no identifiers, are known by stream, phase and time', () => {
    const markers = markersFromCatalog(extract, { includeRejected: true });
    const { document } = catalogFromMarkers(markers);
    const first = take(document);
    expect(first.picks + first.knownPicks).toBe(document.picks.length);
    expect(first.events).toBe(5);
    expect(take(document)).toMatchObject({ picks: 0, events: 0, knownEvents: 5 });
  });
});

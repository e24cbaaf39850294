import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { epochNs, parseTime } from '../base/time.ts';
import type { PickContent } from '../domain/event/pick.ts';
import { Catalog } from './catalog.ts';
import { type Connection, checkNodeVersion, openForReading, openForWriting } from './db.ts';
import { MIGRATIONS, migrate } from './migrations/migrate.ts';

let folder = '';
let path = '';
const opened: { close(): void }[] = [];
const open = (at = path, options: { create?: boolean; maxPages?: number } = {}): Catalog => {
  const catalog = Catalog.open(at, { author: 'ana', now: () => T0, ...options });
  opened.push(catalog);
  return catalog;
};
const raw = (at: string): Connection => {
  const connection = openForWriting(at);
  opened.push(connection);
  return connection;
};
const T0 = parseTime('2026-11-21T12:05:00');
const pick: PickContent = {
  stream: { network: 'UW', station: 'HANS', location: '', channel: 'HHZ' },
  time: T0,
  lowerUncertaintyS: undefined,
  upperUncertaintyS: undefined,
  phase: 'P',
  polarity: undefined,
  onset: undefined,
  weight: undefined,
  probability: undefined,
  filter: undefined,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-project-'));
  path = join(folder, 'p.onset');
});
afterEach(() => {
  for (const item of opened.splice(0)) item.close();
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

test('an old Node is told in one sentence', () => {
  expect(() => checkNodeVersion('20.20.2')).toThrow(/needs Node 22\.14 or newer.*20\.20\.2/);
  expect(() => checkNodeVersion('22.13.1')).toThrow(/22\.14/);
  expect(() => checkNodeVersion('22.14.0')).not.toThrow();
  expect(() => checkNodeVersion('24.0.0')).not.toThrow();
});

describe('a second Onset', () => {
  test('is told who holds the project, reads along, and writes once the first is closed', () => {
    const first = open();
    const link = join(folder, 'link.onset');
    symlinkSync(path, link);
    const second = open(link);
    expect(second.readOnlyReason).toBe(
      `Another Onset is using this project: process ${process.pid} on ` +
        `${spawnSync('hostname').stdout.toString().trim()}, ana, since 2026-11-21 12:05:00 UTC; ` +
        'close it there to edit here',
    );
    first.addPick(pick);
    expect(second.picks.count({}).total).toBe(1);
    expect(() => second.addPick(pick)).toThrow(expect.objectContaining({ code: 'read-only' }));
    expect(() => second.settings.put('a', 1)).toThrow(/Another Onset is using/);
    first.close();
    expect(open().readOnly).toBe(false);
  });
});

describe('what cannot be opened or written is said with what, where and what to do', () => {
  const message = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return `${(error as { code?: string }).code}: ${(error as Error).message}`;
    }
    return 'nothing was thrown';
  };

  test('missing, folder, empty, foreign, other database, newer, test version, cut short', () => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('empty.onset'), '');
    writeFileSync(at('text.onset'), 'not a database at all, but long enough '.repeat(200));
    raw(at('other.onset')).exec('CREATE TABLE notes(a)');
    open().close();
    for (const name of ['newer.onset', 'odd.onset', 'cut.onset']) copyFileSync(path, at(name));
    raw(at('newer.onset')).pragma('user_version = 99');
    raw(at('odd.onset')).exec(`UPDATE migration SET sha256 = 'x'`);
    truncateSync(at('cut.onset'), 5000);
    for (const item of opened.splice(0)) item.close();
    const before = readFileSync(at('newer.onset'));
    const expected: [string, RegExp][] = [
      ['none/p.onset', /^not-found: There is no such folder .*none/],
      ['', /^unreadable-file: .*is a folder/],
      ['empty.onset', /^unreadable-file: .*empty \(0 bytes\).*empty\.onset/],
      ['text.onset', /^unreadable-file: This is not an Onset project.*text\.onset/],
      ['other.onset', /^unreadable-file: .*not an Onset project.*other\.onset/],
      ['newer.onset', /^unreadable-file: .*newer Onset.*99.*update Onset.*newer\.onset/],
      ['odd.onset', /^unreadable-file: .*test version.*odd\.onset/],
      ['cut.onset', /^unreadable-file: .*damaged or was cut short.*cut\.onset/],
    ];
    for (const [name, sentence] of expected) {
      expect(message(() => open(at(name)))).toMatch(sentence);
    }
    expect(message(() => open(at('new.onset'), { create: false }))).toMatch(/^not-found/);
    expect(readFileSync(at('newer.onset'))).toEqual(before);
  });

  test('a full disk costs the last change and nothing else', () => {
    const catalog = open(path, { maxPages: 60 });
    let stored = 0;
    const words = message(() => {
      for (;;) {
        catalog.addPick(pick);
        stored++;
      }
    });
    expect(words).toMatch(/^service: The disk is full.*nothing stored before is lost.*p\.onset/);
    expect(catalog.picks.count({}).total).toBe(stored);
    catalog.close();
    const again = open();
    expect(again.picks.count({}).total).toBe(stored);
    expect(again.addPick(pick).picks).toHaveLength(1);
  });

  test('a locked database', () => {
    const catalog = open();
    const script = raw(path);
    script.exec('BEGIN IMMEDIATE');
    expect(message(() => catalog.addPick(pick))).toMatch(/^service: Another program is writing/);
    script.exec('ROLLBACK');
    expect(catalog.addPick(pick).picks).toHaveLength(1);
  });

  test('a file without write permission is read, also from a folder that cannot be written', () => {
    open().addPick(pick);
    opened.pop()?.close();
    chmodSync(folder, 0o555);
    chmodSync(path, 0o444);
    const source = `
      import { Catalog } from ${JSON.stringify(new URL('catalog.ts', import.meta.url).href)};
      const catalog = Catalog.open(${JSON.stringify(path)}, { author: 'guest' });
      let refused = '';
      try { catalog.removePicks([1]); } catch (error) { refused = error.code; }
      let made = '';
      try { Catalog.open(${JSON.stringify(join(folder, 'new.onset'))}, { author: 'guest' }); }
      catch (error) { made = error.code; }
      console.log(JSON.stringify({ reason: catalog.readOnlyReason, picks: catalog.picks.count({}).total, refused, made }));`;
    // Permissions do not bind the superuser, so then it is done as nobody.
    const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', source], asNobody);
    expect(child.stderr.toString()).toBe('');
    expect(JSON.parse(child.stdout.toString())).toEqual({
      reason: `The folder ${folder} may not be written; copy the project elsewhere to edit it`,
      picks: 1,
      refused: 'read-only',
      made: 'read-only',
    });
  });
});

test('migrations are recorded, harmless to repeat, and applied to older files', () => {
  open().close();
  const connection = raw(path);
  const list = (): unknown[] => connection.prepare('SELECT number, name FROM migration').all();
  migrate(connection, T0);
  expect(list()).toEqual(MIGRATIONS.map(({ number, name }) => ({ number: BigInt(number), name })));
  const last = MIGRATIONS.length;
  const next = { number: last + 1, name: 'more', sql: 'CREATE TABLE more(a)' };
  migrate(connection, T0, [...MIGRATIONS, next]);
  expect(list()).toHaveLength(last + 1);
  const sql = 'CREATE TABLE half(a); CREATE TABLE half(a)';
  const broken = { number: last + 2, name: 'broken', sql };
  expect(() => migrate(connection, T0, [...MIGRATIONS, next, broken])).toThrow();
  expect(list()).toHaveLength(last + 1);
  expect(connection.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`).all()).toEqual([]);
});

test('integers above 2^53 are read exactly through every connection', () => {
  const catalog = open();
  const time = epochNs(1_696_817_277_123_456_789n);
  catalog.addPick({ ...pick, time });
  const reader = openForReading(path);
  opened.push(reader);
  expect(reader.prepare('SELECT time_ns FROM pick').get()).toEqual({ time_ns: time });
});

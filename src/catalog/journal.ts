// Every act of an analyst is one entry: who, when, what in words, and each row before and after.
// The same record serves undo and redo (across restarts), the audit, a pick's history and the
// question what changed since a revision. An undone entry stays, marked; a new act after an undo
// drops the undone ones from redo, not from the record.

import { assert, assertDefined } from '../base/assert.ts';
import type { EpochNs } from '../base/time.ts';
import type { Row, SqlValue } from './db.ts';
import type { ProjectFile } from './projectFile.ts';
import { decodeImage, encodeImage, integer, nanoseconds, optionalText, text } from './rows.ts';

/** The tables an analyst's acts touch. Key and columns; generated columns are not in images. */
const TABLES = {
  pick: {
    key: 'id',
    columns:
      'id network station location channel time_ns lower_uncertainty_s upper_uncertainty_s ' +
      'uncertainty_method phase phase_family polarity onset weight probability threshold ' +
      'filter_low_hz filter_high_hz filter_corners filter_zero_phase state evaluation_mode ' +
      'author method run_id public_id created_ns set_hash',
  },
  event: { key: 'id', columns: 'id public_id type comment preferred_origin_id author created_ns' },
  origin: {
    key: 'id',
    columns:
      'id event_id time_ns latitude_deg longitude_deg depth_m time_uncertainty_s method author created_ns',
  },
  arrival: { key: 'pick_id', columns: 'pick_id event_id' },
} as const;

export type JournalTable = keyof typeof TABLES;
const TABLE_NAMES = Object.keys(TABLES) as JournalTable[];

export interface RowChange {
  readonly table: JournalTable;
  readonly rowId: number;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

export interface JournalEntry {
  readonly entry: number;
  readonly revision: number;
  readonly atNs: EpochNs;
  readonly author: string;
  readonly command: string;
  readonly label: string;
  readonly undone: boolean;
  /** Undone, and out of reach of redo because something else was done since. */
  readonly dropped: boolean;
}

export interface Changed {
  readonly revision: number;
  readonly tables: readonly string[];
}

function columnsOf(table: JournalTable): readonly string[] {
  return TABLES[table].columns.split(' ');
}

/** Changes rows and notes each before and after. Lives for one act. */
export class RowEdits {
  readonly changes: RowChange[] = [];
  readonly #file: ProjectFile;

  constructor(file: ProjectFile) {
    this.#file = file;
  }

  get(table: JournalTable, rowId: number): Row | undefined {
    const { key, columns } = TABLES[table];
    const sql = `SELECT ${columns.replaceAll(' ', ', ')} FROM ${table} WHERE ${key} = ?`;
    return this.#file.prepare(sql).get(rowId) as Row | undefined;
  }

  /** Inserts and answers the row's id; `values` may leave out the key and what is null. */
  insert(table: JournalTable, values: Row): number {
    const names = columnsOf(table);
    const sql = `INSERT INTO ${table}(${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    const result = this.#file.prepare(sql).run(names.map((name) => values[name] ?? null));
    const rowId = Number(result.lastInsertRowid);
    this.#note(table, rowId, undefined, this.get(table, rowId));
    return rowId;
  }

  /** Changes the named columns; notes nothing when they hold these values already. */
  update(table: JournalTable, rowId: number, values: Row): void {
    const before = assertDefined(this.get(table, rowId), `${table} ${rowId}`);
    this.#write(table, rowId, { ...before, ...values });
    const after = assertDefined(this.get(table, rowId), `${table} ${rowId}`);
    if (columnsOf(table).some((name) => before[name] !== after[name])) {
      this.#note(table, rowId, before, after);
    }
  }

  remove(table: JournalTable, rowId: number): void {
    const before = assertDefined(this.get(table, rowId), `${table} ${rowId}`);
    this.#file.prepare(`DELETE FROM ${table} WHERE ${TABLES[table].key} = ?`).run(rowId);
    this.#note(table, rowId, before, undefined);
  }

  /** Makes a row as it was, or as it became, without noting it. */
  restore(table: JournalTable, rowId: number, image: Row | undefined): void {
    const present = this.get(table, rowId) !== undefined;
    if (image === undefined) this.remove(table, rowId);
    else if (present) this.#write(table, rowId, image);
    else this.insert(table, image);
  }

  #write(table: JournalTable, rowId: number, row: Row): void {
    const names = columnsOf(table);
    const sql = `UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE ${TABLES[table].key} = ?`;
    const values: SqlValue[] = names.map((name) => row[name] ?? null);
    const { changes } = this.#file.prepare(sql).run(...values, rowId);
    assert(changes === 1, `${table} ${rowId} was not there to change`);
  }

  #note(table: JournalTable, rowId: number, before: Row | undefined, after: Row | undefined): void {
    this.changes.push({ table, rowId, before, after });
  }
}

export class Journal {
  readonly #file: ProjectFile;
  readonly #now: () => EpochNs;
  /** Who makes the acts to come. */
  author: string;

  constructor(file: ProjectFile, author: string, now: () => EpochNs) {
    this.#file = file;
    this.author = author;
    this.#now = now;
  }

  /**
   * Does an act in one durable transaction. Its label is asked for afterwards, when what was done
   * is known. An act that changes nothing leaves no entry and answers undefined as its change.
   */
  record<T>(
    command: string,
    label: (result: T) => string,
    act: (edits: RowEdits) => T,
  ): { result: T; changed: Changed | undefined } {
    return this.#file.write('durable', () => {
      const edits = new RowEdits(this.#file);
      const result = act(edits);
      if (edits.changes.length === 0) return { result, changed: undefined };
      this.#file.prepare('UPDATE journal SET dropped = 1 WHERE undone = 1 AND dropped = 0').run();
      const tables = tablesOf(edits.changes);
      const revision = this.#file.nextRevision(tables);
      const inserted = this.#file
        .prepare(
          'INSERT INTO journal(revision, at_ns, author, command, label) VALUES (?, ?, ?, ?, ?)',
        )
        .run(revision, this.#now(), this.author, command, label(result));
      this.#store(inserted.lastInsertRowid, edits.changes);
      return { result, changed: { revision, tables } };
    });
  }

  #store(entry: number | bigint, changes: readonly RowChange[]): void {
    const insert = this.#file.prepare('INSERT INTO journal_change VALUES (?, ?, ?, ?, ?, ?)');
    changes.forEach(({ table, rowId, before, after }, index) => {
      const [old, young] = [before, after].map((row) => (row ? encodeImage(row) : null));
      insert.run(entry, index, table, rowId, old, young);
    });
  }

  get undoLabel(): string | undefined {
    return this.#lookAt(UNDO)?.label;
  }

  get redoLabel(): string | undefined {
    return this.#lookAt(REDO)?.label;
  }

  /** Takes back the last act in force; undefined when there is none. */
  undo(): (Changed & { changes: readonly RowChange[] }) | undefined {
    return this.#file.write('durable', () => {
      const next = this.#lookAt(UNDO);
      if (!next) return undefined;
      const changes = this.changesOf(next.entry).toReversed();
      const edits = new RowEdits(this.#file);
      for (const { table, rowId, before } of changes) edits.restore(table, rowId, before);
      return this.#mark(next.entry, true, changes);
    });
  }

  /** Does the first undone act again; undefined when there is none. */
  redo(): (Changed & { changes: readonly RowChange[] }) | undefined {
    return this.#file.write('durable', () => {
      const next = this.#lookAt(REDO);
      if (!next) return undefined;
      const changes = this.changesOf(next.entry);
      const edits = new RowEdits(this.#file);
      for (const { table, rowId, after } of changes) edits.restore(table, rowId, after);
      return this.#mark(next.entry, false, changes);
    });
  }

  #mark(
    entry: number,
    undone: boolean,
    changes: readonly RowChange[],
  ): Changed & { changes: readonly RowChange[] } {
    const tables = tablesOf(changes);
    const revision = this.#file.nextRevision(tables);
    this.#file
      .prepare('UPDATE journal SET undone = ?, revision = ? WHERE entry = ?')
      .run(undone ? 1 : 0, revision, entry);
    return { revision, tables, changes };
  }

  #lookAt(sql: string): { entry: number; label: string } | undefined {
    const row = this.#file.prepare(sql).get();
    return row === undefined
      ? undefined
      : { entry: integer(row, 'entry'), label: text(row, 'label') };
  }

  changesOf(entry: number): RowChange[] {
    const sql = 'SELECT * FROM journal_change WHERE entry = ? ORDER BY seq';
    return this.#file.prepare(sql).all(entry).map(toChange);
  }

  /** The changes in force of one row, oldest first, with the entries they belong to. */
  historyOf(table: JournalTable, rowId: number): { entry: JournalEntry; change: RowChange }[] {
    const sql = `SELECT j.*, c.table_name, c.row_id, c.before, c.after
      FROM journal_change c JOIN journal j ON j.entry = c.entry
      WHERE c.table_name = ? AND c.row_id = ? AND j.undone = 0 ORDER BY c.entry, c.seq`;
    const rows = this.#file.prepare(sql).all(table, rowId);
    return rows.map((row) => ({ entry: toEntry(row), change: toChange(row) }));
  }

  /** Entries done, undone or redone after a revision, oldest first: the audit, and what to fetch again. */
  since(revision: number): JournalEntry[] {
    const sql = 'SELECT * FROM journal WHERE revision > ? ORDER BY revision';
    return this.#file.prepare(sql).all(revision).map(toEntry);
  }
}

const UNDO = 'SELECT entry, label FROM journal WHERE undone = 0 ORDER BY entry DESC LIMIT 1';
const REDO =
  'SELECT entry, label FROM journal WHERE undone = 1 AND dropped = 0 ORDER BY entry LIMIT 1';

function tablesOf(changes: readonly RowChange[]): string[] {
  return [...new Set(changes.map((change) => change.table))];
}

function toChange(row: unknown): RowChange {
  const name = text(row, 'table_name');
  const table = assertDefined(
    TABLE_NAMES.find((known) => known === name),
    `journal table ${name}`,
  );
  const [before, after] = ['before', 'after'].map((side) => {
    const image = optionalText(row, side);
    return image === undefined ? undefined : decodeImage(image);
  });
  return { table, rowId: integer(row, 'row_id'), before, after };
}

function toEntry(row: unknown): JournalEntry {
  return {
    entry: integer(row, 'entry'),
    revision: integer(row, 'revision'),
    atNs: nanoseconds(row, 'at_ns'),
    author: text(row, 'author'),
    command: text(row, 'command'),
    label: text(row, 'label'),
    undone: integer(row, 'undone') === 1,
    dropped: integer(row, 'dropped') === 1,
  };
}

import type { EpochNs } from '../../base/time.ts';
import type { ScoreReport } from '../../domain/evaluation/score.ts';
import type { TestLook } from '../../domain/evaluation/testLock.ts';
import type { Changed } from '../journal.ts';
import type { ProjectFile } from '../projectFile.ts';
import { integer, nanoseconds, optionalText, orNull, text } from '../rows.ts';

/** A saved version of a parameter set. `json` is its file as it was saved or imported. */
export interface StoredSet {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly parent: string | undefined;
  readonly author: string;
  readonly note: string;
  readonly createdNs: EpochNs;
  readonly hash: string;
  readonly json: string;
}

/** Named parameter sets, what runs were made with, and the looks at the locked part. None of it can be undone. */
export class SetRepository {
  readonly #file: ProjectFile;
  readonly #told: (changed: Changed) => void;

  constructor(file: ProjectFile, told: (changed: Changed) => void) {
    this.#file = file;
    this.#told = told;
  }

  /** By name, then version. */
  list(): StoredSet[] {
    const sql = 'SELECT * FROM parameter_set ORDER BY name, version';
    return this.#file.read(() => this.#file.prepare(sql).all().map(toSet));
  }

  get(id: number): StoredSet | undefined {
    const row = this.#file.prepare('SELECT * FROM parameter_set WHERE id = ?').get(id);
    return row === undefined ? undefined : toSet(row);
  }

  add(set: Omit<StoredSet, 'id'>): StoredSet {
    const id = this.#write(['parameter_set'], () => {
      const inserted = this.#file
        .prepare(
          `INSERT INTO parameter_set(name, version, parent, author, note, created_ns, hash, json)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          ...[set.name, set.version, orNull(set.parent), set.author],
          ...[set.note, set.createdNs, set.hash, set.json],
        );
      return Number(inserted.lastInsertRowid);
    });
    return { ...set, id };
  }

  remove(id: number): void {
    this.#write(['parameter_set'], () => {
      this.#file.prepare('DELETE FROM parameter_set WHERE id = ?').run(id);
    });
  }

  /** What was hashed, as canonical JSON. */
  content(hash: string): string | undefined {
    const row = this.#file.prepare('SELECT content FROM set_content WHERE hash = ?').get(hash);
    return row === undefined ? undefined : text(row, 'content');
  }

  /** Says what a run is made with. */
  assign(runId: number, hash: string, content: string): void {
    this.#write(['model_run'], () => {
      this.#file.prepare('INSERT OR IGNORE INTO set_content VALUES (?, ?)').run(hash, content);
      this.#file.prepare('UPDATE model_run SET set_hash = ? WHERE id = ?').run(hash, runId);
    });
  }

  /** Oldest first. */
  looks(): TestLook[] {
    const sql = 'SELECT * FROM test_look ORDER BY at_ns';
    return this.#file.read(() => this.#file.prepare(sql).all().map(toLook));
  }

  addLook(look: TestLook): void {
    this.#write(['test_look'], () => {
      this.#file
        .prepare('INSERT OR IGNORE INTO test_look VALUES (?, ?, ?, ?, ?)')
        .run(look.setHash, look.setName, look.atNs, look.author, JSON.stringify(look.report));
    });
  }

  #write<T>(tables: readonly string[], act: () => T): T {
    const [result, revision] = this.#file.write('durable', () => {
      const done = act();
      return [done, this.#file.nextRevision(tables)] as const;
    });
    this.#told({ revision, tables });
    return result;
  }
}

function toSet(row: unknown): StoredSet {
  return {
    id: integer(row, 'id'),
    name: text(row, 'name'),
    version: integer(row, 'version'),
    parent: optionalText(row, 'parent'),
    author: text(row, 'author'),
    note: text(row, 'note'),
    createdNs: nanoseconds(row, 'created_ns'),
    hash: text(row, 'hash'),
    json: text(row, 'json'),
  };
}

function toLook(row: unknown): TestLook {
  return {
    setHash: text(row, 'set_hash'),
    setName: text(row, 'set_name'),
    atNs: nanoseconds(row, 'at_ns'),
    author: text(row, 'author'),
    report: JSON.parse(text(row, 'report')) as ScoreReport,
  };
}

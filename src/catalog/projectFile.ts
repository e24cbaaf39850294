// One project file: its connection, its lock, its revision, and the two ways of writing to it.

import {
  accessSync,
  constants,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { EpochNs } from '../base/time.ts';
import { type Connection, type Statement, explain, openForReading, openForWriting } from './db.ts';
import { MIGRATIONS, checkSchema, migrate, schemaVersion } from './migrations/migrate.ts';
import { type ProjectLock, describeHolder, takeLock } from './projectLock.ts';
import { integer, text } from './rows.ts';

export interface ProjectOptions {
  /** Who makes the edits. */
  readonly author: string;
  readonly now: () => EpochNs;
  /** False: a missing file is an error instead of a new project. */
  readonly create: boolean;
  /** The most pages of 4 096 bytes the file may grow to, as a quota; undefined: what the disk has. */
  readonly maxPages: number | undefined;
}

/** durable: on the disk before the call returns. bulk: safe against a killed process, not a power cut. */
export type Durability = 'durable' | 'bulk';

/** Opens a project, making it when it is not there; read-only when it is held or may not be written. */
export function openProjectFile(givenPath: string, options: ProjectOptions): ProjectFile {
  const path = resolvedPath(givenPath);
  try {
    const exists = existsSync(path);
    if (!exists && !options.create) {
      throw new AppError('not-found', `There is no project here; check the path: ${path}`);
    }
    if (exists) refuseNonFile(path);
    const obstacle = writeObstacle(path, exists);
    if (obstacle !== undefined) return openReadOnly(path, obstacle, exists);
    const attempt = takeLock(path, options.author, options.now());
    if (attempt.kind === 'taken') {
      return openReadOnly(path, describeHolder(attempt.holder), existsSync(path));
    }
    try {
      return openWritable(path, attempt.lock, options);
    } catch (error) {
      attempt.lock.release();
      throw error;
    }
  } catch (error) {
    throw explain(error, path);
  }
}

/** The lock is beside the real file, so that two links to one project share it. */
function resolvedPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  if (!existsSync(folder)) {
    throw new AppError(
      'not-found',
      `There is no such folder for the project; make it first: ${folder}`,
    );
  }
  return join(realpathSync(folder), basename(path));
}

function refuseNonFile(path: string): void {
  const status = statSync(path);
  if (!status.isFile()) {
    throw new AppError('unreadable-file', `A project is a file, and this is a folder: ${path}`);
  }
  if (status.size === 0) {
    throw new AppError(
      'unreadable-file',
      `The project file is empty (0 bytes); restore it from a backup, or delete it to start anew: ${path}`,
    );
  }
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function writeObstacle(path: string, exists: boolean): string | undefined {
  if (!writable(dirname(path))) {
    return `The folder ${dirname(path)} may not be written; copy the project elsewhere to edit it`;
  }
  if (exists && !writable(path)) {
    return `The file ${path} may not be written; change its permissions or copy it to edit it`;
  }
  return undefined;
}

function openReadOnly(path: string, reason: string, exists: boolean): ProjectFile {
  if (!exists) {
    throw new AppError('read-only', `The project ${path} cannot be made here. ${reason}`);
  }
  const connection = openForReading(path);
  try {
    checkSchema(connection, path);
    if (schemaVersion(connection) < (MIGRATIONS.at(-1)?.number ?? 0)) {
      throw new AppError(
        'read-only',
        `This project is of an older Onset and must be brought up to date first, which needs to write it. ${reason}`,
      );
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  return new ProjectFile({ path, connection, readOnlyReason: reason, release: () => undefined });
}

/** A new project is made under another name and renamed, so that a half-made one never has its name. */
function createFile(path: string, now: EpochNs): void {
  const unfinished = `${path}-new`;
  rmSync(unfinished, { force: true });
  const connection = openForWriting(unfinished);
  try {
    migrate(connection, now);
    connection.close();
    renameSync(unfinished, path);
  } catch (error) {
    connection.close();
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function openWritable(path: string, lock: ProjectLock, options: ProjectOptions): ProjectFile {
  if (!existsSync(path)) createFile(path, options.now());
  const connection = openForWriting(path);
  try {
    checkSchema(connection, path);
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma('cache_size = -65536');
    if (options.maxPages !== undefined) connection.pragma(`max_page_count = ${options.maxPages}`);
    migrate(connection, options.now());
  } catch (error) {
    connection.close();
    throw error;
  }
  return new ProjectFile({
    path,
    connection,
    readOnlyReason: undefined,
    release: () => lock.release(),
  });
}

interface OpenedProject {
  readonly path: string;
  readonly connection: Connection;
  readonly readOnlyReason: string | undefined;
  readonly release: () => void;
}

export class ProjectFile {
  readonly path: string;
  readonly readOnlyReason: string | undefined;
  readonly #connection: Connection;
  readonly #release: () => void;
  readonly #statements = new Map<string, Statement>();
  #durability: Durability = 'durable';

  constructor(opened: OpenedProject) {
    this.path = opened.path;
    this.readOnlyReason = opened.readOnlyReason;
    this.#connection = opened.connection;
    this.#release = opened.release;
  }

  /** A prepared statement, made once per text. */
  prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  get revision(): number {
    return this.read(() =>
      integer(this.prepare(`SELECT value FROM meta WHERE key = 'revision'`).get(), 'value'),
    );
  }

  /** The next revision, which touched these tables; call it inside `write`. */
  nextRevision(tables: readonly string[]): number {
    const next = `UPDATE meta SET value = value + 1 WHERE key = 'revision' RETURNING value`;
    const revision = integer(this.prepare(next).get(), 'value');
    const stamp = this.prepare('INSERT OR REPLACE INTO table_revision VALUES (?, ?)');
    for (const table of tables) stamp.run(table, revision);
    return revision;
  }

  /** The tables touched after a revision: what a client that missed events asks for again. */
  tablesChangedSince(revision: number): string[] {
    const sql = 'SELECT table_name FROM table_revision WHERE revision > ? ORDER BY table_name';
    return this.read(() =>
      this.prepare(sql)
        .all(revision)
        .map((row) => text(row, 'table_name')),
    );
  }

  /** Reads several things of one state. */
  read<T>(act: () => T): T {
    try {
      return this.#connection.inTransaction ? act() : this.#connection.transaction(act)();
    } catch (error) {
      throw explain(error, this.path);
    }
  }

  /** Everything or nothing. Throws `read-only`, or a sentence about disk, lock or file. */
  write<T>(durability: Durability, act: () => T): T {
    this.assertWritable();
    try {
      if (durability !== this.#durability) {
        this.#connection.pragma(`synchronous = ${durability === 'durable' ? 'FULL' : 'NORMAL'}`);
        this.#durability = durability;
      }
      return this.#connection.transaction(act).immediate();
    } catch (error) {
      throw explain(error, this.path);
    }
  }

  assertWritable(): void {
    if (this.readOnlyReason !== undefined) {
      throw new AppError('read-only', `Nothing was changed: ${this.readOnlyReason}.`);
    }
  }

  close(): void {
    if (!this.#connection.open) return;
    this.#statements.clear();
    if (this.readOnlyReason === undefined) {
      try {
        this.#connection.pragma('optimize');
      } catch {
        // Statistics for the query planner; a full disk or a lock must not keep a project open.
      }
    }
    this.#connection.close();
    this.#release();
  }
}

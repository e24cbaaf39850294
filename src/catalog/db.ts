// The only file that knows better-sqlite3. What SQLite says is turned into sentences here.

import { existsSync, readFileSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { AppError } from '../base/appError.ts';

export type Connection = Sqlite.Database;
export type Statement = Sqlite.Statement;
export type SqlValue = bigint | number | string | null;
/** A row as read: integers are bigint, because safe integers are on for the whole connection. */
export type Row = Readonly<Record<string, SqlValue>>;

/** How long a writer waits for another program's lock before it says so. */
const BUSY_MS = 2000;
const OLDEST_NODE: readonly [number, number] = [22, 14];

/**
 * Throws a sentence under a Node too old for the native module, which would otherwise end the
 * process without a word. The native part is loaded by the first connection, so this comes first.
 */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (enough) return;
  throw new AppError(
    'service',
    `Onset needs Node ${OLDEST_NODE.join('.')} or newer to keep its catalog, and this is Node ` +
      `${version}; start it with "npm start" or "npm run onset", which bring their own`,
  );
}

/** A connection that may write; makes the file when it is not there. */
export function openForWriting(path: string): Connection {
  checkNodeVersion();
  return safeIntegersOn(new Sqlite(path, { timeout: BUSY_MS }));
}

/**
 * A connection that only reads. A folder without write permission gives SQLite no place for its
 * shared-memory file; then, and only when no unsaved log lies beside the file, a copy of it in
 * memory is read.
 */
export function openForReading(path: string): Connection {
  checkNodeVersion();
  try {
    return probed(new Sqlite(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS }));
  } catch (error) {
    if (!isCode(error, 'SQLITE_CANTOPEN', 'SQLITE_READONLY') || hasLog(path)) throw error;
    return probed(new Sqlite(withoutLog(path), { readonly: true }));
  }
}

/** The file's bytes, marked as using no log (format version 1 in the header), as a copy in memory must be. */
function withoutLog(path: string): Buffer {
  const bytes = readFileSync(path);
  bytes.fill(1, 18, 20);
  return bytes;
}

function safeIntegersOn(connection: Connection): Connection {
  connection.defaultSafeIntegers(true);
  return connection;
}

/** Reads one page, since opening alone touches nothing. */
function probed(connection: Connection): Connection {
  try {
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
    return safeIntegersOn(connection);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function hasLog(path: string): boolean {
  const log = `${path}-wal`;
  return existsSync(log) && statSync(log).size > 0;
}

/** Whether SQLite failed with one of these codes or an extended form of it. */
export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  if (!(error instanceof Sqlite.SqliteError)) return false;
  const { code } = error;
  return codes.some((wanted) => code === wanted || code.startsWith(`${wanted}_`));
}

/** What an error of SQLite means for the person, or the error itself when it is none of SQLite's. */
export function explain(error: unknown, path: string): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const say = (code: ConstructorParameters<typeof AppError>[0], sentence: string): AppError =>
    new AppError(code, `${sentence}: ${path}`, { cause: error });
  if (isCode(error, 'SQLITE_FULL')) {
    return say(
      'service',
      'The disk is full, so the last change was not stored; nothing stored before is lost. ' +
        'Free some space and do it again. The project is at',
    );
  }
  if (isCode(error, 'SQLITE_BUSY', 'SQLITE_LOCKED')) {
    return say(
      'service',
      'Another program is writing to the project, so the change was not stored. ' +
        'Close that program or wait for it, then do it again. The project is at',
    );
  }
  if (isCode(error, 'SQLITE_NOTADB')) {
    return say(
      'unreadable-file',
      'This is not an Onset project but some other kind of file; open a file that Onset made',
    );
  }
  if (isCode(error, 'SQLITE_CORRUPT')) {
    return say(
      'unreadable-file',
      'The project file is damaged or was cut short; restore it from a backup',
    );
  }
  if (isCode(error, 'SQLITE_READONLY', 'SQLITE_PERM', 'SQLITE_AUTH')) {
    return say('read-only', 'The project cannot be written; check its permissions');
  }
  if (isCode(error, 'SQLITE_CANTOPEN')) {
    return say(
      'unreadable-file',
      'The project cannot be opened; check that file and folder exist and may be read',
    );
  }
  if (isCode(error, 'SQLITE_IOERR')) {
    return say(
      'service',
      'The disk failed while the project was used; check the disk and try again',
    );
  }
  return error;
}

// Who may write a project. The lock is one that the operating system holds for a process and drops
// when the process ends, however it ends: a write transaction kept open on a small file beside the
// project. Readers may still read that file, which is how the second Onset learns who holds it.

import { hostname } from 'node:os';
import { type Connection, isCode, openForWriting } from './db.ts';
import { integer, nanoseconds, text } from './rows.ts';
import { type EpochNs, formatIso } from '../base/time.ts';

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly author: string;
  readonly sinceNs: EpochNs;
}

/** The lock, or who has it. */
export type LockAttempt =
  | { readonly kind: 'held'; readonly lock: ProjectLock }
  | { readonly kind: 'taken'; readonly holder: LockHolder | undefined };

export interface ProjectLock {
  release(): void;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS holder(
  id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, host TEXT NOT NULL,
  author TEXT NOT NULL, since_ns INTEGER NOT NULL)`;

export function lockPath(projectPath: string): string {
  return `${projectPath}-lock`;
}

/**
 * Takes the lock of a project. The file stays when the lock is released: removing it would let two
 * processes lock two files of the same name.
 */
export function takeLock(projectPath: string, author: string, now: EpochNs): LockAttempt {
  const connection = openForWriting(lockPath(projectPath));
  try {
    connection.pragma('busy_timeout = 200');
    connection.exec('BEGIN IMMEDIATE');
    connection.exec(SCHEMA);
    connection
      .prepare('INSERT OR REPLACE INTO holder VALUES (1, ?, ?, ?, ?)')
      .run(process.pid, hostname(), author, now);
    connection.exec('COMMIT');
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const busy = isCode(error, 'SQLITE_BUSY');
    const holder = busy ? readHolder(connection) : undefined;
    connection.close();
    if (!busy) throw error;
    return { kind: 'taken', holder };
  }
  return { kind: 'held', lock: { release: () => connection.close() } };
}

function readHolder(connection: Connection): LockHolder | undefined {
  try {
    const row = connection.prepare('SELECT * FROM holder').get();
    if (row === undefined) return undefined;
    return {
      pid: integer(row, 'pid'),
      host: text(row, 'host'),
      author: text(row, 'author'),
      sinceNs: nanoseconds(row, 'since_ns'),
    };
  } catch {
    // The holder is just writing its name; that it is held is all that matters.
    return undefined;
  }
}

/** Why the project is read-only, and what to do. */
export function describeHolder(holder: LockHolder | undefined): string {
  if (!holder) return 'Another Onset is using this project; close it there to edit here';
  const since = formatIso(holder.sinceNs, 0, ' ', ' UTC');
  return (
    `Another Onset is using this project: process ${holder.pid} on ${holder.host}, ` +
    `${holder.author}, since ${since}; close it there to edit here`
  );
}

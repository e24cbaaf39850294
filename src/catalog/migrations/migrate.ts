import { createHash } from 'node:crypto';
import { AppError } from '../../base/appError.ts';
import type { EpochNs } from '../../base/time.ts';
import type { Connection } from '../db.ts';
import { integer, text } from '../rows.ts';
import { initial } from './m0001Initial.ts';
import { runPicks } from './m0002RunPicks.ts';
import { parameterSets } from './m0003ParameterSets.ts';
import { runProgress } from './m0004RunProgress.ts';
import { votes } from './m0005Votes.ts';
import { importedSets } from './m0006ImportedSets.ts';
import { detections } from './m0007Detections.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** In order, forward only. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'initial', sql: initial },
  { number: 2, name: 'run picks', sql: runPicks },
  { number: 3, name: 'parameter sets', sql: parameterSets },
  { number: 4, name: 'run progress', sql: runProgress },
  { number: 5, name: 'votes', sql: votes },
  { number: 6, name: 'imported sets', sql: importedSets },
  { number: 7, name: 'detections', sql: detections },
];

/** Marks the file as ours, for `file` and for us: "Onst". */
export const APPLICATION_ID = 0x4f6e7374;

const RECORDS = `CREATE TABLE IF NOT EXISTS migration(
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL,
  applied_ns INTEGER NOT NULL) STRICT`;

export function schemaVersion(connection: Connection): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

function hashOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

/** Brings a file up to date, each migration in a transaction of its own. Harmless to repeat. */
export function migrate(
  connection: Connection,
  now: EpochNs,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  for (const migration of migrations) {
    if (migration.number <= schemaVersion(connection)) continue;
    connection
      .transaction(() => {
        connection.exec(RECORDS);
        connection.exec(migration.sql);
        connection
          .prepare('INSERT INTO migration VALUES (?, ?, ?, ?)')
          .run(migration.number, migration.name, hashOf(migration), now);
        connection.pragma(`user_version = ${migration.number}`);
        connection.pragma(`application_id = ${APPLICATION_ID}`);
      })
      .immediate();
  }
}

/** Throws `unreadable-file` unless this is a project of ours with a schema this program knows. */
export function checkSchema(connection: Connection, path: string): void {
  const latest = MIGRATIONS.at(-1)?.number ?? 0;
  const applicationId = Number(connection.pragma('application_id', { simple: true }));
  const version = schemaVersion(connection);
  if (applicationId !== APPLICATION_ID) {
    throw new AppError(
      'unreadable-file',
      `This is not an Onset project (empty, or a database of another program); open a file that Onset made: ${path}`,
    );
  }
  if (version > latest) {
    throw new AppError(
      'unreadable-file',
      `This project was made by a newer Onset (its schema is ${version}, this program knows ` +
        `${latest}); update Onset and open it again, it was left untouched: ${path}`,
    );
  }
  const known = new Map(MIGRATIONS.map((migration) => [migration.number, hashOf(migration)]));
  for (const row of connection.prepare('SELECT number, name, sha256 FROM migration').all()) {
    if (known.get(integer(row, 'number')) === text(row, 'sha256')) continue;
    throw new AppError(
      'unreadable-file',
      `This project was made by a test version of Onset (migration "${text(row, 'name')}" differs); ` +
        `export it with that version and import the result here: ${path}`,
    );
  }
}

// Files a browser was given by dropping: it cannot say where they lie, so it sends them. They are put into a folder
// of their own, for the backend to read, and removed with the program.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { FileRef, ReceivedFile } from '../contract/messages/session.ts';
import type { FileGrants } from './grants.ts';

/** Weights of pickers are a few megabytes; whole records belong into a data folder. */
const MOST_BYTES = 512e6;
const MOST_FILES = 200;
const MOST_SEGMENTS = 6;

let cleaned = false;
const folders: string[] = [];

/** References of what was dropped: each file, or the folder it came in. */
export function receiveFiles(grants: FileGrants, files: readonly ReceivedFile[]): FileRef[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (files.length === 0 || files.length > MOST_FILES || bytes > MOST_BYTES) {
    throw new AppError(
      'bad-input',
      `These are ${files.length} files of ${Math.round(bytes / 1e6)} MB; at most ${MOST_FILES} of ${MOST_BYTES / 1e6} MB together can be dropped. Put them into a folder given to onset serve --data`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'onset-dropped-'));
  removeAtExit(folder);
  const tops = new Set<string>();
  for (const { name, bytes: content } of files) {
    const segments = segmentsOf(name);
    tops.add(segments[0] ?? name);
    const path = join(folder, ...segments);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return [...tops].map((top) => grants.grant(join(folder, top)));
}

function segmentsOf(name: string): string[] {
  const segments = name.split('/').filter((segment) => segment !== '');
  const bad = segments.some((segment) => /^\.\.?$|[\\\0:]/.test(segment));
  if (bad || segments.length === 0 || segments.length > MOST_SEGMENTS) {
    throw new AppError('bad-input', `"${name}" is not the name of a file; rename it and drop it again`); // prettier-ignore
  }
  return segments;
}

function removeAtExit(folder: string): void {
  folders.push(folder);
  if (cleaned) return;
  cleaned = true;
  process.on('exit', () => {
    for (const each of folders) rmSync(each, { recursive: true, force: true });
  });
}

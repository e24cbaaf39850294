import { randomBytes } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../base/appError.ts';

const BATCH_LETTERS = 1 << 20;

/**
 * Writes a file whole or not at all: under another name in the same folder, onto the disk, then renamed.
 * A file that was there stays as it was until then. Answers the number of bytes.
 * Throws `read-only` where nothing may be written, `service` for a full disk, `cancelled` on abort.
 */
export async function writeWhole(
  path: string,
  chunks: Iterable<string>,
  signal?: AbortSignal,
): Promise<number> {
  await refuseOddTargets(path);
  const unfinished = join(dirname(path), `.onset-export-${randomBytes(6).toString('hex')}.tmp`);
  try {
    const sizeBytes = await writeChunks(unfinished, chunks, signal);
    await rename(unfinished, path);
    return sizeBytes;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw writeError(error, path);
  }
}

async function refuseOddTargets(path: string): Promise<void> {
  const status = await lstat(path).catch(() => undefined);
  if (status && !status.isFile()) {
    const what = status.isDirectory() ? 'a folder' : 'no plain file';
    throw new AppError('bad-input', `${basename(path)} is ${what}; choose another name (${path})`);
  }
}

async function writeChunks(
  path: string,
  chunks: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const handle = await open(path, 'wx');
  try {
    let sizeBytes = 0;
    for (const batch of batches(chunks)) {
      if (signal?.aborted) throw new AppError('cancelled', 'the export was cancelled');
      const bytes = Buffer.from(batch, 'utf8');
      // One call may write less than it was given, as on a disk that is filling up.
      for (let from = 0; from < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, from);
        from += bytesWritten;
      }
      sizeBytes += bytes.length;
    }
    await handle.sync();
    return sizeBytes;
  } finally {
    await handle.close();
  }
}

/** Pieces of about a megabyte, between which other work gets its turn. */
export function* batches(chunks: Iterable<string>): Generator<string> {
  let parts: string[] = [];
  let letters = 0;
  for (const chunk of chunks) {
    parts.push(chunk);
    letters += chunk.length;
    if (letters < BATCH_LETTERS) continue;
    yield parts.join('');
    parts = [];
    letters = 0;
  }
  if (parts.length > 0) yield parts.join('');
}

/** The error of the system in words, with what to do; one that is not the system's as it is. */
export function writeError(error: unknown, path: string, left = 'nothing is left behind'): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = basename(path);
  const failed = (kind: 'read-only' | 'service' | 'not-found' | 'bad-input', why: string) =>
    new AppError(kind, `${name} was not written: ${why} (${path})`, { cause: error });
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return failed('service', `the disk is full; ${left}. Make room and try again`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failed('read-only', 'the folder may not be written; choose another folder');
    case 'ENOENT':
    case 'ENOTDIR':
      return failed('not-found', 'there is no such folder any more; choose another folder');
    case 'ENAMETOOLONG':
      return failed('bad-input', 'its name is too long; choose a shorter one');
    default:
      return code === '' ? error : failed('service', `the system says ${code}; try another place`);
  }
}

import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { TaskReply } from '../../jobs/task.ts';
import { refuseProjectFile } from '../files.ts';
import { readDocument, type ReadDocument } from '../exchange/readDocument.ts';

/** Catalogs above this are not read whole into memory. */
const MAX_BYTES = 1_500_000_000;

/** The catalog in a file, read away from the thread that answers. */
export async function readDocumentTask(args: { path: string }): Promise<TaskReply<ReadDocument>> {
  refuseProjectFile(args.path);
  const name = basename(args.path);
  const refuse = (why: string, cause?: unknown) =>
    new AppError('unreadable-file', `${name} cannot be imported: ${why} (${args.path})`, { cause });
  try {
    const status = await stat(args.path);
    if (!status.isFile()) throw refuse('it is a folder; name the file inside');
    if (status.size > MAX_BYTES) {
      throw refuse(`it has ${(status.size / 1e9).toFixed(1)} GB, too much at once; split it`);
    }
    return { value: readDocument(await readFile(args.path), name) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    const why =
      code === 'ENOENT'
        ? 'it is not there any more'
        : code === 'EACCES' || code === 'EPERM'
          ? 'you may not read it; check its permissions'
          : `the system says ${code}`;
    throw refuse(why, error);
  }
}

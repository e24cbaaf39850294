import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../base/appError.ts';

export interface ListedFile {
  readonly file: string;
  /** Whether a person named the file itself, not a folder around it. */
  readonly named: boolean;
}

/** The file, or every file below the folder in order of their names, hidden ones left out. Throws `not-found`. */
export async function listFiles(path: string): Promise<ListedFile[]> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => Promise.reject(fileError(error, path)),
  );
  if (!isFolder) return [{ file: path, named: true }];
  const files: ListedFile[] = [];
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) =>
    Promise.reject(fileError(error, path)),
  );
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const place = join(path, entry.name);
    if (entry.isDirectory()) files.push(...(await listFiles(place)));
    else if (entry.isFile()) files.push({ file: place, named: false });
    // A link to a file counts as the file; one to a folder may lead round in a circle.
    else if (entry.isSymbolicLink() && (await isPlainFile(place))) {
      files.push({ file: place, named: false });
    }
  }
  return files;
}

async function isPlainFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; check the path',
  EACCES: 'may not be read by you; ask for the permission',
  EPERM: 'may not be read by you; ask for the permission',
  EMFILE: 'could not be opened: too many files are open; close some programs and try again',
  EIO: 'could not be read from its disk; check the disk and fetch it again',
};

export function fileError(error: unknown, path: string): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  const reason = REASONS[code] ?? `could not be read (${code}); check it and try again`;
  const kind = code === 'ENOENT' ? 'not-found' : 'unreadable-file';
  return new AppError(kind, `${basename(path)} ${reason} (${path})`, { cause: error });
}

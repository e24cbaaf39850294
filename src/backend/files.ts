import { realpathSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../base/appError.ts';

export interface ListedFile {
  readonly file: string;
  /** Whether a person named the file itself, not a folder around it. */
  readonly named: boolean;
}

/**
 * A project and what lies beside it. None of them may be read as a file: closing one would drop the locks
 * that SQLite holds on it in this process.
 */
const PROJECT_FILES = /\.onset(-(lock|wal|shm|journal|cache))?$/i;

/** Throws `bad-input` for a file of a project, also behind a link, with how it is opened. */
export function refuseProjectFile(path: string): void {
  const place = [path, realPathOr(path)].find((each) => PROJECT_FILES.test(each));
  if (place === undefined) return;
  const project = basename(place).replace(/(\.onset)-\w+$/i, '$1');
  const text = `${basename(path)} belongs to the project ${project} and holds no waveforms; open the project itself: onset open ${project}, or Open project in the menu (${path})`;
  throw new AppError('bad-input', text);
}

function realPathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * The file, or every file below the folder in order of their names; hidden ones and those of projects left out.
 * Throws `not-found`, and `bad-input` when a project itself is named.
 */
export async function listFiles(path: string): Promise<ListedFile[]> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => Promise.reject(fileError(error, path)),
  );
  if (!isFolder) {
    refuseProjectFile(path);
    return [{ file: path, named: true }];
  }
  const files: ListedFile[] = [];
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) =>
    Promise.reject(fileError(error, path)),
  );
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || PROJECT_FILES.test(entry.name)) continue;
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

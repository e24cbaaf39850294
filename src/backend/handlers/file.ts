import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { Handlers, Reply } from '../../contract/api.ts';
import type { FileEntry, FileRef } from '../../contract/messages/session.ts';
import type { BackendContext } from '../context.ts';
import type { FileGrants } from '../grants.ts';
import { receiveFiles } from '../receivedFiles.ts';

/** Files are looked at so many at a time: a disk over the network answers each in its own time. */
const AT_ONCE = 64;

export function fileHandlers({
  grants,
}: BackendContext): Pick<Handlers, 'file.list' | 'file.create' | 'file.receive'> {
  return {
    'file.receive': async ({ files }) => ({ files: receiveFiles(grants, files) }),
    'file.create': async ({ folder, name }) => {
      const file = grants.child(folder, name);
      if (existsSync(grants.resolve(file, 'write'))) {
        throw new AppError('bad-input', `${name} is there already; take another name`);
      }
      return { file };
    },
    'file.list': async ({ folder }) => {
      if (folder !== undefined) return listFolder(grants, folder);
      const [first, ...more] = grants.dataFolders;
      if (first !== undefined && more.length === 0) return listFolder(grants, grants.dataRef(0));
      return {
        folder: 'Data folders',
        ref: undefined,
        parent: undefined,
        entries: dataFolders(grants),
      };
    },
  };
}

function dataFolders(grants: FileGrants): FileEntry[] {
  return grants.dataFolders.map((folder, index) => ({
    name: folder,
    ref: grants.dataRef(index),
    kind: 'folder',
    sizeBytes: 0,
  }));
}

async function listFolder(grants: FileGrants, ref: FileRef): Promise<Reply<'file.list'>> {
  const path = grants.resolve(ref, 'read');
  let names: string[];
  try {
    names = await readdir(path);
  } catch (error) {
    throw new AppError(
      'not-found',
      `${basename(path)} cannot be listed; check that it is a folder that you may read (${path})`,
      { cause: error },
    );
  }
  const visible = names.filter((name) => !name.startsWith('.'));
  const entries: FileEntry[] = [];
  for (let from = 0; from < visible.length; from += AT_ONCE) {
    const some = visible.slice(from, from + AT_ONCE);
    const looked = await Promise.all(some.map((name) => entryOf(grants, ref, path, name)));
    entries.push(...looked.filter((entry) => entry !== undefined));
  }
  const byNumber = new Intl.Collator('en', { numeric: true });
  entries.sort((a, b) =>
    a.kind === b.kind ? byNumber.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1,
  );
  return { folder: path, ref, parent: grants.parent(ref), entries };
}

/** Undefined for what may not be named: a link out of the folder, a socket, a name of unusual letters. */
async function entryOf(
  grants: FileGrants,
  folder: FileRef,
  path: string,
  name: string,
): Promise<FileEntry | undefined> {
  const ref = grants.child(folder, name);
  try {
    grants.resolve(ref, 'read');
    const stats = await stat(join(path, name));
    if (stats.isDirectory()) return { name, ref, kind: 'folder', sizeBytes: 0 };
    return stats.isFile() ? { name, ref, kind: 'file', sizeBytes: stats.size } : undefined;
  } catch {
    return undefined;
  }
}

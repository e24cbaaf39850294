// Which files a page may name. It never says a path: it hands back a reference that the backend made,
// for a path that a person picked or for a place under a data folder. Everything else is refused here.

import { randomBytes } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { FileRef } from '../contract/messages/session.ts';

export type FileAccess = 'read' | 'write';

const MAX_REF_LENGTH = 4096;
const MAX_NAME_BYTES = 255;

export class FileGrants {
  readonly dataFolders: readonly string[];
  readonly #grants = new Map<string, string>();
  readonly #refs = new Map<string, FileRef>();

  constructor(dataFolders: readonly string[] = []) {
    this.dataFolders = dataFolders.map((folder) => resolve(folder));
  }

  /** A reference for a path that a person picked, on this machine. The same path gets the same reference. */
  grant(path: string): FileRef {
    const absolute = resolve(path);
    const known = this.#refs.get(absolute);
    if (known !== undefined) return known;
    const id = randomBytes(18).toString('base64url');
    this.#grants.set(id, absolute);
    this.#refs.set(absolute, `grant:${id}`);
    return `grant:${id}`;
  }

  /** The reference of a data folder. */
  dataRef(index: number): FileRef {
    return `data:${index}`;
  }

  /** The reference of something inside a folder that has one. */
  child(folder: FileRef, name: string): FileRef {
    return `${folder}/${name}`;
  }

  /** The folder around a reference; undefined at the top of what was granted. */
  parent(ref: FileRef): FileRef | undefined {
    const cut = ref.lastIndexOf('/');
    return cut < 0 ? undefined : ref.slice(0, cut);
  }

  /**
   * The path behind a reference, every link followed. `write` also takes a file that does not exist yet.
   * Throws `bad-input` for a reference that tries to lead out, `not-found` for one that leads nowhere.
   */
  resolve(ref: FileRef, access: FileAccess): string {
    const { root, segments } = this.#parse(ref);
    const name = segments.at(-1) ?? basename(root);
    if (segments.length === 0 && access === 'read') return real(root, name);
    if (segments.length === 0) return writable(root, undefined);
    const realRoot = real(root, basename(root));
    const path = join(realRoot, ...segments);
    return access === 'write' ? writable(path, realRoot) : inside(real(path, name), realRoot, name);
  }

  #parse(ref: FileRef): { root: string; segments: readonly string[] } {
    if (typeof ref !== 'string' || ref.length > MAX_REF_LENGTH || ref.includes('\0')) {
      throw refused('its name is too long or holds a zero byte');
    }
    const [head, ...segments] = ref.split('/');
    for (const segment of segments) checkSegment(segment);
    const root = this.#root(head ?? '');
    if (root === undefined) {
      throw new AppError(
        'bad-input',
        'this file was not picked here, or Onset was started anew since; pick it again',
      );
    }
    return { root, segments };
  }

  #root(head: string): string | undefined {
    if (head.startsWith('grant:')) return this.#grants.get(head.slice('grant:'.length));
    const index = /^data:(\d{1,4})$/.exec(head)?.[1];
    return index === undefined ? undefined : this.dataFolders[Number(index)];
  }
}

const refused = (why: string): AppError =>
  new AppError('bad-input', `the file is refused: ${why}; pick it again`);

function checkSegment(segment: string): void {
  const leadsAway =
    segment === '' ||
    segment === '.' ||
    segment === '..' ||
    segment.includes('\\') ||
    isAbsolute(segment) ||
    /^[A-Za-z]:/.test(segment);
  if (leadsAway) throw refused('its name leads out of the folder');
  if (Buffer.byteLength(segment) > MAX_NAME_BYTES) throw refused('its name is too long');
}

/** The path with links followed. */
function real(path: string, name: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw unreachable(error, name, path);
  }
}

function inside(path: string, realRoot: string, name: string): string {
  const prefix = realRoot.endsWith(sep) ? realRoot : realRoot + sep;
  if (path === realRoot || path.startsWith(prefix)) return path;
  throw refused(`${name} is a link that leads out of the folder`);
}

/** A path to write: its folder exists, and neither folder nor file is a link out of `realRoot`. */
function writable(path: string, realRoot: string | undefined): string {
  const name = basename(path);
  const folder = realFolder(dirname(path), name);
  if (realRoot !== undefined) inside(folder, realRoot, name);
  const target = join(folder, name);
  if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return target;
  const linked = real(target, name);
  return realRoot === undefined ? linked : inside(linked, realRoot, name);
}

function realFolder(path: string, name: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!gone) throw unreachable(error, basename(path), path);
    const text = `${name} cannot be written: there is no folder ${path}; make it, or choose another`;
    throw new AppError('not-found', text, { cause: error });
  }
}

function unreachable(error: unknown, name: string, path: string): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'does not exist'
      : code === 'EACCES' || code === 'EPERM'
        ? 'may not be read by you'
        : `cannot be reached (${String(code)})`;
  return new AppError('not-found', `${name} ${why}; check the path (${path})`, {
    cause: error,
  });
}

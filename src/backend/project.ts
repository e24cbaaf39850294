// Which project is opened, and where its file is.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { AppError, messageOf } from '../base/appError.ts';

export type ProjectChoice =
  /** A project file; `create` makes it when it is not there. */
  | { readonly kind: 'file'; readonly path: string; readonly create?: boolean }
  /** The project that is kept for these waveforms; `add` reads them in. */
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly add: boolean }
  | { readonly kind: 'sample' }
  /** One that is gone when it is closed. */
  | { readonly kind: 'temporary' };

/** What a person names to open: one project, or waveforms, or nothing for the sample. Throws `bad-input`. */
export function chooseProject(paths: readonly string[]): ProjectChoice {
  const [first] = paths;
  if (first === undefined) return { kind: 'sample' };
  if (!paths.some(isProjectPath)) return { kind: 'files', paths, add: true };
  if (paths.length > 1) {
    throw new AppError('bad-input', 'open one project, or waveform files without a project');
  }
  return { kind: 'file', path: first };
}

export function isProjectPath(path: string): boolean {
  return extname(path).toLowerCase() === '.onset';
}

/** Where the project of a choice is, and whether it may be made there. */
export interface ProjectPlace {
  readonly path: string;
  readonly create: boolean;
  /** Removed with all in it when the project is closed. */
  readonly temporaryFolder: string | undefined;
  /** Waveforms that belong to it and are read in when it knows none. */
  readonly waveforms?: readonly string[];
}

/** Throws `service` when the folder for it cannot be made. */
export async function placeOf(
  choice: Exclude<ProjectChoice, { kind: 'sample' }>,
  userFolder: string,
): Promise<ProjectPlace> {
  if (choice.kind === 'file') {
    const create = choice.create ?? false;
    return { path: resolve(choice.path), create, temporaryFolder: undefined };
  }
  if (choice.kind === 'temporary') {
    const folder = await mkdtemp(join(tmpdir(), 'onset-'));
    return { path: join(folder, 'scan.onset'), create: true, temporaryFolder: folder };
  }
  const folder = join(userFolder, 'projects');
  await makeFolder(folder);
  const path = join(folder, projectName(choice.paths));
  return { path, create: true, temporaryFolder: undefined };
}

/** The same waveforms always lead to the same project, whatever their order. */
function projectName(paths: readonly string[]): string {
  const absolute = paths.map((path) => resolve(path)).sort();
  const digest = createHash('sha256').update(absolute.join('\0')).digest('hex').slice(0, 10);
  const name = basename(absolute[0] ?? '').replace(/[^\w.-]+/g, '_');
  return `${name.slice(0, 80)}-${digest}.onset`;
}

/** What a project is called on the page: the name of its file; of its waveforms where Onset has named it after them. */
export function projectTitle(path: string): string {
  return basename(path, '.onset').replace(
    /(\.(mseed|miniseed|msd|ms|seed)\d?)?-[0-9a-f]{10}$/i,
    '',
  );
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new AppError(
      'service',
      `the folder ${folder} cannot be made: ${messageOf(error)}; check its permissions`,
      { cause: error },
    );
  }
}

/** Where what can be made again is kept: beside the project. */
export function cacheFolderOf(projectPath: string): string {
  return `${projectPath}-cache`;
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

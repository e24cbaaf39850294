import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { FileRef, SourceFile } from '../contract/messages/session.ts';
import { hull, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import { say } from './output.ts';
import type { Session } from './session.ts';
import { UsageError } from './usage.ts';

/** Which part of a project a run is to look at; all of it when undefined. */
export interface Part {
  readonly streamKeys: readonly string[] | undefined;
  readonly window: TimeWindow | undefined;
}

/**
 * Reads what the files hold; answers how many of them could not be read, and what they are of the project. Throws
 * UsageError where one of `outs`, which will be written, is one of them.
 */
export async function addWaveforms(
  session: Session,
  paths: readonly string[],
  outs: readonly (string | undefined)[] = [],
): Promise<{ unreadable: number; part: Part }> {
  const { client } = session;
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0) {
    const text = `there is no file or folder ${missing.join(', ')}; check the path`;
    throw new AppError('not-found', text);
  }
  const files = paths.map((path) => session.grant(path));
  await readFiles(session, files);
  const sources = await client.call('source.list', {});
  for (const out of outs) if (out !== undefined) refuseOver(sources.files, out);
  const roots = paths.map(realPath);
  const asked = sources.files.filter(({ path }) => roots.some((root) => isBelow(path, root)));
  let unreadable = 0;
  for (const { path, error, warnings } of asked) {
    if (error !== undefined) unreadable += 1;
    // Why a file cannot be read has been said while it was.
    if (error === undefined) for (const text of warnings) say(`${path}: ${text}`);
  }
  if (!asked.some(({ streamKeys }) => streamKeys.length > 0)) {
    throw new AppError(
      'not-found',
      `there are no waveforms that can be read in ${paths.join(', ')}; onset inspect says more`,
    );
  }
  return { unreadable, part: partOf(asked, sources.files) };
}

/** Throws `cancelled` when it is interrupted: what follows would be made of a part. */
export async function readFiles(session: Session, files: readonly FileRef[]): Promise<void> {
  const { state } = await session.follow(() => session.client.call('source.add', { files }));
  if (state === 'cancelled') {
    throw new AppError('cancelled', 'stopped while the files were read; nothing was run');
  }
}

function refuseOver(files: readonly SourceFile[], out: string): void {
  const place = realPath(out);
  if (!files.some(({ path }) => path === place)) return;
  throw new UsageError(`${out} holds waveforms, which would be lost; write to another file`);
}

/** What the project held before is left as it is. */
function partOf(asked: readonly SourceFile[], all: readonly SourceFile[]): Part {
  const others = all.some((file) => file.streamKeys.length > 0 && !asked.includes(file));
  if (!others) return { streamKeys: undefined, window: undefined };
  return {
    streamKeys: [...new Set(asked.flatMap(({ streamKeys }) => streamKeys))],
    window: asked
      .flatMap(({ window }) => window ?? [])
      .reduce<TimeWindow | undefined>((a, b) => (a ? hull(a, b) : b), undefined),
  };
}

/** As the backend names it: without links. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

function isBelow(path: string, root: string): boolean {
  const place = realPath(path);
  return place === root || place.startsWith(`${root}/`) || place.startsWith(`${root}\\`);
}

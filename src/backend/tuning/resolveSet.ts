// The parameter set that a call names.

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, messageOf } from '../../base/appError.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { StoredSet } from '../../catalog/repositories/setRepository.ts';
import type { SetRef } from '../../contract/messages/comparison.ts';
import {
  makeSet,
  type ParameterSet,
  parseSet,
  readContent,
  type SetContent,
} from '../../domain/parameterSet/parameterSet.ts';
import { changedContent } from '../../domain/parameterSet/setChanges.ts';
import type { SetInfo } from '../../domain/parameterSet/setInfo.ts';
import type { RunPlace } from '../../domain/parameterSet/verifySet.ts';
import type { BackendContext } from '../context.ts';
import { providersOf } from '../inference/openProviders.ts';
import { contentOfRun, PROVIDER, sha256 } from './runContent.ts';

type SetContext = Pick<BackendContext, 'catalog' | 'grants' | 'author'>;

/** What a set that is made of a run is called. */
export interface SetNaming {
  readonly name?: string | undefined;
  readonly note?: string | undefined;
}

/** Throws `not-found`, and `bad-input` for a file that is no set or changes that do not fit. */
export async function resolveSet(
  context: SetContext,
  ref: SetRef,
  naming: SetNaming = {},
): Promise<ParameterSet> {
  switch (ref.kind) {
    case 'saved':
      return parseSet(storedSet(context, ref.setId).json);
    case 'file':
      return readSetFile(context.grants.resolve(ref.file, 'read'));
    case 'run': {
      const run = context.catalog.runs.get(ref.runId);
      if (run === undefined) throw new AppError('not-found', `there is no run ${ref.runId}`);
      const whole = contentOfRun(context.catalog, run);
      const content =
        ref.changes === undefined ? whole : changedContent(whole, ref.changes, run.modelId);
      const { name = `${run.modelId}, run ${run.id}`, note = '' } = naming;
      return makeSet({ name, note, author: context.author, createdNs: now(), content }, sha256);
    }
  }
}

/** Throws `not-found`. */
export function storedSet({ catalog }: Pick<BackendContext, 'catalog'>, setId: number): StoredSet {
  const stored = catalog.sets.get(setId);
  if (stored === undefined) throw new AppError('not-found', `there is no parameter set ${setId}`);
  return stored;
}

async function readSetFile(path: string): Promise<ParameterSet> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('unreadable-file', `${basename(path)} cannot be read (${path})`, { cause });
  });
  try {
    return parseSet(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${basename(path)}: ${messageOf(error)}`, { cause: error });
  }
}

export function infoOf({ catalog }: Pick<BackendContext, 'catalog'>, stored: StoredSet): SetInfo {
  const { json, ...info } = stored;
  const { models } = readContent(parseSet(json).content);
  return {
    ...info,
    modelIds: models.map(({ id }) => id),
    runIds: runsWith({ catalog }, stored.hash),
  };
}

/** The runs that were made with just this set. */
export function runsWith({ catalog }: Pick<BackendContext, 'catalog'>, hash: string): number[] {
  return catalog.runs.list().flatMap(({ id, setHash }) => (setHash === hash ? [id] : []));
}

type PlaceContext = Pick<BackendContext, 'models' | 'programVersion' | 'inference'>;

/** What a set is run with here: with its own provider where that can run its models. */
export async function runPlace(context: PlaceContext, content: SetContent): Promise<RunPlace> {
  const models = await context.models.list();
  return {
    programVersion: context.programVersion,
    provider: (await canRun(context, content)) ? content.provider : PROVIDER,
    models: models.map(({ id, version, sha256: own, problem }) => {
      return { id, version, sha256: own, problem };
    }),
  };
}

async function canRun(context: PlaceContext, { models, provider }: SetContent): Promise<boolean> {
  if (provider === PROVIDER) return true;
  try {
    for (const { id } of models) {
      await providersOf(context).assertUsable(await context.models.open(id), provider);
    }
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

export function now(): EpochNs {
  return epochNs(BigInt(Date.now()) * 1_000_000n);
}

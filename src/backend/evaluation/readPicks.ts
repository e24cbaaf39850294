import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { PickSetRef } from '../../contract/messages/comparison.ts';
import { Catalog } from '../../catalog/catalog.ts';
import type { TestLock } from '../../domain/evaluation/testLock.ts';
import { PICK_STATES } from '../../domain/event/pick.ts';
import { parseNslc, stationKey } from '../../domain/waveform/nslc.ts';
import { stationOfKey } from '../../evaluation/selectPicks.ts';
import type { BackendContext } from '../context.ts';
import { isProjectPath } from '../project.ts';
import { lockOf } from '../tuning/lockedPart.ts';
import { EVERYTHING, listed, type PickSet } from './pickSet.ts';

export interface ReadPicks {
  readonly set: PickSet;
  /** A run's picks as the model made them, all picks of a project as they are now, or those of a file. */
  readonly kind: 'run' | 'catalog' | 'file';
  /** What another project than the open one keeps for its test. */
  readonly lock?: TestLock;
}

type Role = 'reference' | 'picks';

/** The picks a call names. */
export async function readPicks(
  context: BackendContext,
  ref: PickSetRef,
  role: Role,
  signal: AbortSignal,
): Promise<ReadPicks> {
  if (ref.kind === 'run') return runSet(context.catalog, ref.runId);
  if (ref.kind === 'reviewed') return catalogSet(context.catalog);
  const path = context.grants.resolve(ref.file, 'read');
  if (isProjectPath(path)) return projectSet(context, path, ref.runId, role);
  if (ref.runId !== undefined) {
    throw new AppError('bad-input', `${basename(path)} is no project and has no runs to choose`);
  }
  const set = await context.pool.run('readPickSet', { path }, { signal });
  const name = basename(path);
  const warnings = set.warnings.map((warning) => `${name}: ${warning}`);
  return { set: { ...set, warnings }, kind: 'file' };
}

/** A project that is open already is not opened a second time. */
function projectSet(
  context: BackendContext,
  path: string,
  runId: number | undefined,
  role: Role,
): ReadPicks {
  if (realpathSync(path) === realpathSync(context.catalog.path)) {
    return chosenSet(context.catalog, runId, role);
  }
  const catalog = Catalog.open(path, { author: context.author, create: false });
  try {
    const { set, kind } = chosenSet(catalog, runId, role);
    // Its numbers are not those of the open project.
    const picks = set.picks.map((pick) => ({ ...pick, pickId: undefined }));
    return { set: { ...set, picks }, kind, lock: lockOf(catalog) };
  } finally {
    catalog.close();
  }
}

/** The named run; of a reference the analyst's picks; of the picks the newest run, or all picks without one. */
function chosenSet(catalog: Catalog, runId: number | undefined, role: Role): ReadPicks {
  if (runId !== undefined) return runSet(catalog, runId);
  if (role === 'reference') return catalogSet(catalog);
  const newest = catalog.runs.list().findLast(({ state }) => state !== 'running');
  if (newest) return runSet(catalog, newest.id);
  const { set } = catalogSet(catalog);
  return { set, kind: 'file' };
}

/** What a run found, with the span and the stations it looked at. */
export function runPicks(catalog: Catalog, runId: number): PickSet {
  const run = catalog.runs.get(runId);
  if (!run) {
    const known = catalog.runs.list().map(({ id, modelId }) => `${id} (${modelId})`);
    throw new AppError(
      'not-found',
      `${basename(catalog.path)} has no run ${runId}; it has ${known.join(', ') || 'none'}`,
    );
  }
  const picks = catalog.runs.picksOf(runId).map(({ stream, ...pick }) => {
    return { ...pick, station: stationKey(parseNslc(stream)), state: PICK_STATES[0] };
  });
  // What it had to skip it was asked to pick: those references are missed, not left out.
  const looked = [
    ...catalog.runs.finishedSensors(runId),
    ...run.skipped.map((each) => each.stream),
  ];
  const stations = [...new Set(looked.map(stationOfKey))];
  const reach = { ...EVERYTHING, window: run.parameters.window, stations };
  const { filter } = run.parameters.settings;
  return { picks, unreadable: 0, warnings: [], reach, filter };
}

function catalogSet(catalog: Catalog): ReadPicks {
  const picks = [...catalog.picks.each()].map((pick) => ({ ...listed(pick), pickId: pick.id }));
  return { set: { picks, unreadable: 0, warnings: [], reach: EVERYTHING }, kind: 'catalog' };
}

function runSet(catalog: Catalog, runId: number): ReadPicks {
  return { set: runPicks(catalog, runId), kind: 'run' };
}

import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { Args, Handlers, PickSetRef } from '../../contract/api.ts';
import { Catalog } from '../../catalog/catalog.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import { PICK_STATES } from '../../domain/event/pick.ts';
import { parseNslc, stationKey } from '../../domain/waveform/nslc.ts';
import { coverageOf, stationOfKey } from '../../evaluation/selectPicks.ts';
import type { BackendContext } from '../context.ts';
import { EVERYTHING, listed, type PickSet } from '../evaluation/pickSet.ts';
import type { ScoreRequest } from '../evaluation/scoreSets.ts';
import { isProjectPath } from '../project.ts';

type EvaluationHandlers = Pick<Handlers, 'evaluation.score' | 'evaluation.report'>;
type ScoreArgs = Args<'evaluation.score'>;

/** Picks against a reference. */
export function evaluationHandlers(context: BackendContext): EvaluationHandlers {
  return {
    'evaluation.score': async (args, signal) => {
      const { request, warnings } = await requestOf(context, args, signal);
      return { report: await context.pool.run('score', request, { signal }), warnings };
    },
    'evaluation.report': async (args, signal) => {
      const { request, warnings } = await requestOf(context, args, signal);
      return { report: await context.pool.run('evaluate', request, { signal }), warnings };
    },
  };
}

async function requestOf(
  context: BackendContext,
  { reference, picks, tolerance, withinData }: ScoreArgs,
  signal: AbortSignal,
): Promise<{ request: ScoreRequest; warnings: readonly string[] }> {
  const checked = checkTolerance(tolerance);
  const references = await readSet(context, reference, 'reference', signal);
  const found = await readSet(context, picks, 'picks', signal);
  const request = {
    ...{ reference: references.set, picks: found.set, tolerance: checked },
    reviewedOnly: references.kind === 'catalog',
    withRejected: found.kind === 'run',
    coverage: withinData ? coverageOf(context.sources.streams()) : undefined,
  };
  return { request, warnings: [...references.set.warnings, ...found.set.warnings] };
}

interface ReadSet {
  readonly set: PickSet;
  /** A run's picks as the model made them, all picks of a project as they are now, or those of a file. */
  readonly kind: 'run' | 'catalog' | 'file';
}

type Role = 'reference' | 'picks';

async function readSet(
  context: BackendContext,
  ref: PickSetRef,
  role: Role,
  signal: AbortSignal,
): Promise<ReadSet> {
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
): ReadSet {
  if (realpathSync(path) === realpathSync(context.catalog.path)) {
    return chosenSet(context.catalog, runId, role);
  }
  const catalog = Catalog.open(path, { author: context.author, create: false });
  try {
    const { set, kind } = chosenSet(catalog, runId, role);
    // Its numbers are not those of the open project.
    const picks = set.picks.map((pick) => ({ ...pick, pickId: undefined }));
    return { set: { ...set, picks }, kind };
  } finally {
    catalog.close();
  }
}

/** The named run; of a reference the analyst's picks; of the picks the newest run, or all picks without one. */
function chosenSet(catalog: Catalog, runId: number | undefined, role: Role): ReadSet {
  if (runId !== undefined) return runSet(catalog, runId);
  if (role === 'reference') return catalogSet(catalog);
  const newest = catalog.runs.list().findLast(({ state }) => state !== 'running');
  if (newest) return runSet(catalog, newest.id);
  const { set } = catalogSet(catalog);
  return { set, kind: 'file' };
}

function runSet(catalog: Catalog, runId: number): ReadSet {
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
  return { set: { picks, unreadable: 0, warnings: [], reach }, kind: 'run' };
}

function catalogSet(catalog: Catalog): ReadSet {
  const picks = [...catalog.picks.each()].map((pick) => ({ ...listed(pick), pickId: pick.id }));
  return { set: { picks, unreadable: 0, warnings: [], reach: EVERYTHING }, kind: 'catalog' };
}

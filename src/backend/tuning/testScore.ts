import { AppError } from '../../base/appError.ts';
import type { Args, Reply } from '../../contract/api.ts';
import type { TestLook } from '../../domain/evaluation/testLock.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import {
  contentJson,
  hashContent,
  type SetContent,
} from '../../domain/parameterSet/parameterSet.ts';
import { changedContent } from '../../domain/parameterSet/setChanges.ts';
import { coverageOf } from '../../evaluation/selectPicks.ts';
import type { BackendContext } from '../context.ts';
import type { Repicker } from '../curves/repick.ts';
import type { PickSet } from '../evaluation/pickSet.ts';
import { readPicks, runPicks } from '../evaluation/readPicks.ts';
import { repickedAs } from './applySet.ts';
import { isLocking, leakOf, lockOf, testPart } from './lockedPart.ts';
import { repickedPicks } from './repickedPicks.ts';
import { now } from './resolveSet.ts';
import { contentOfRun, sha256 } from './runContent.ts';

/**
 * How a set does on the locked part: scored and written down the first time, afterwards only read. Throws `bad-input`
 * where nothing is locked and for changes that need the network.
 */
export async function testScore(
  context: BackendContext,
  repicker: Repicker,
  args: Args<'tuning.testScore'>,
  signal: AbortSignal,
): Promise<Reply<'tuning.testScore'>> {
  const { catalog } = context;
  const run = catalog.runs.get(args.runId);
  if (run === undefined) throw new AppError('not-found', `there is no run ${args.runId}`);
  const lock = lockOf(catalog);
  if (!isLocking(lock)) {
    throw new AppError(
      'bad-input',
      'nothing is locked for the test; lock a span or stations first',
    );
  }
  const content = changedContent(contentOfRun(catalog, run), args.changes ?? {}, run.modelId);
  const setHash = hashContent(contentJson(content), sha256);
  const before = lookAt(catalog, setHash);
  if (before) return before;
  catalog.assertWritable();
  const references = await readPicks(context, args.reference, 'reference', signal);
  const request = {
    reference: references.set,
    picks: await picksWith(context, repicker, run, args.changes && content),
    tolerance: checkTolerance(args.tolerance),
    reviewedOnly: references.kind === 'catalog',
    withRejected: true,
    coverage: args.withinData ? coverageOf(context.sources.streams()) : undefined,
  };
  const report = await context.pool.run('score', testPart(request, lock), { signal });
  // Another page may have looked meanwhile: what was seen first is what counts, and no second score is shown.
  const meanwhile = lookAt(catalog, setHash);
  if (meanwhile) return meanwhile;
  const look: TestLook = {
    ...{ setHash, setName: args.name ?? `${run.modelId}, run ${run.id}` },
    ...{ atNs: now(), author: context.author, report },
  };
  catalog.sets.addLook(look);
  return { look, first: true, leakText: leakOf(catalog) };
}

/** What was seen of the set before. */
function lookAt(
  catalog: BackendContext['catalog'],
  setHash: string,
): Reply<'tuning.testScore'> | undefined {
  const look = catalog.sets.looks().find((each) => each.setHash === setHash);
  return look && { look, first: false, leakText: leakOf(catalog) };
}

/** What the run found; with changed content what its kept curves give: all of them, for it is scored once. */
async function picksWith(
  { catalog }: BackendContext,
  repicker: Repicker,
  run: ModelRun,
  changed: SetContent | undefined,
): Promise<PickSet> {
  const found = runPicks(catalog, run.id);
  if (changed === undefined) return found;
  const picked = await repicker.repick(run, { settings: repickedAs(run, changed) });
  if (picked.warnings.length > 0) throw new AppError('not-found', picked.warnings.join(' '));
  return { ...found, picks: repickedPicks(picked) };
}

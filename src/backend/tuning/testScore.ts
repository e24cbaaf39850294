import { AppError } from '../../base/appError.ts';
import { assertDefined } from '../../base/assert.ts';
import type { Args, Reply } from '../../contract/api.ts';
import { leakText, type TestLook } from '../../domain/evaluation/testLock.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import { contentJson, hashContent } from '../../domain/parameterSet/parameterSet.ts';
import { changedContent } from '../../domain/parameterSet/setChanges.ts';
import { coverageOf } from '../../evaluation/selectPicks.ts';
import type { BackendContext } from '../context.ts';
import type { Repicker } from '../curves/repick.ts';
import { readPicks, runPicks } from '../evaluation/readPicks.ts';
import { inferenceKey, pickSettingsOf } from './applySet.ts';
import { isLocking, lockOf, testPart } from './lockedPart.ts';
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
  const before = catalog.sets.looks().find((look) => look.setHash === setHash);
  if (before) return { look: before, first: false, leakText: leakText(catalog.sets.looks()) };
  catalog.assertWritable();
  const model = assertDefined(
    content.models.find(({ id }) => id === run.modelId),
    run.modelId,
  );
  if (inferenceKey(model.settings) !== inferenceKey(run.parameters.settings)) {
    throw new AppError(
      'bad-input',
      'these settings need the network; run the set, then score that run',
    );
  }
  const references = await readPicks(context, args.reference, 'reference', signal);
  const picked = await repicker.repick(run, { settings: pickSettingsOf(model) });
  const request = {
    reference: references.set,
    picks: { ...runPicks(catalog, run.id), picks: repickedPicks(picked) },
    tolerance: checkTolerance(args.tolerance),
    reviewedOnly: references.kind === 'catalog',
    withRejected: true,
    coverage: args.withinData ? coverageOf(context.sources.streams()) : undefined,
  };
  const report = await context.pool.run('score', testPart(request, lock), { signal });
  const look: TestLook = {
    ...{ setHash, setName: args.name ?? `${run.modelId}, run ${run.id}` },
    ...{ atNs: now(), author: context.author, report },
  };
  catalog.sets.addLook(look);
  return { look, first: true, leakText: leakText(catalog.sets.looks()) };
}

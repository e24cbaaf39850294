// A parameter set run again by `onset scan --set`.

import { AppError } from '../base/appError.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import { say } from './output.ts';
import type { Session } from './session.ts';
import { readSetFile } from './set/showSets.ts';
import { UsageError } from './usage.ts';

/** Runs every model of the set. Throws UsageError with all that is missing here. */
export async function runSetFile(
  session: Session,
  path: string,
  allowTestModel: boolean,
): Promise<{ runs: ModelRun[]; cancelled: boolean }> {
  const { client } = session;
  const { name } = await readSetFile(path);
  const set = { kind: 'file', file: session.grant(path) } as const;
  const { check } = await client.call('set.get', { set });
  if (check.obstacles.length > 0) {
    throw new UsageError(`${name} (${path}) cannot be run here. ${check.obstacles.join(' ')}`);
  }
  const started = await client.call('set.run', { set, allowTestModel });
  for (const text of started.differences) say(text);
  let cancelled = false;
  for (const { jobId } of started.runs) {
    const job = await session.follow(() => Promise.resolve({ jobId }));
    cancelled ||= job.state === 'cancelled';
  }
  const known = await client.call('run.list', {});
  const runs = started.runs.map(({ runId }) => {
    const run = known.find(({ id }) => id === runId);
    if (run) return run;
    throw new AppError('bug', `run ${runId} is not in the project`);
  });
  return { runs, cancelled };
}

import type { ModelRun } from '../../src/domain/event/modelRun.ts';

/**
 * What has to be said of runs that ended since `before` was known: a run goes on past stations it cannot read or
 * run, and ends as done though it has nothing of them.
 */
export function runFailures(before: readonly ModelRun[], now: readonly ModelRun[]): string[] {
  const states = new Map(before.map(({ id, state }) => [id, state]));
  return now.flatMap((run) => {
    const isNew = run.state === 'done' && (states.get(run.id) ?? 'running') === 'running';
    const [first, ...others] = run.skipped.filter(({ failed }) => failed);
    if (!isNew || !first) return [];
    const where =
      others.length === 0 ? first.stream : `${others.length + 1} stations, as ${first.stream}`;
    const more = others.length === 0 ? '' : '. The report of the run names each';
    return [`Run ${run.id} (${run.modelId}) could not pick ${where}: ${first.reason}${more}`];
  });
}

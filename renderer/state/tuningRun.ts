// From tuned settings to a new run: what needs the network, and what it will take.

import { AppError } from '../../src/base/appError.ts';
import type { App } from './app.svelte.ts';

/** Queues what was tuned, and what needs a new run, over what the tuned run looked at. */
export async function runTuned(app: App): Promise<void> {
  const { run, draft, rerun } = app.tuning;
  if (!run || !draft) return;
  const changes = { ...draft, settings: rerun };
  const ids = run.parameters.ensemble?.members.map(({ modelId }) => modelId) ?? [run.modelId];
  // A person has let them run before.
  const test = app.models.some(({ id, use }) => ids.includes(id) && use !== 'picking');
  const { runs } = await app.client.call('set.run', {
    set: { kind: 'run', runId: run.id, changes },
    ...(test && { allowTestModel: true }),
  });
  const [started] = runs;
  if (!started) throw new AppError('bad-input', `run ${run.id} has nothing to run`);
  app.tuning.chosenRunId = started.runId;
  app.tuning.rerun = {};
}

// From tuned settings to a new run: what needs the network, and what it will take.

import type { RunSettings } from '../../src/domain/event/runSettings.ts';
import type { App } from './app.svelte.ts';

/** The settings of the tuned run with what was turned, and with what needs a new run. */
function tunedSettings(app: App): RunSettings | undefined {
  const { run, draft } = app.tuning;
  if (!run || !draft) return undefined;
  const { thresholds, pickRule } = draft;
  return { ...run.parameters.settings, ...app.tuning.rerun, thresholds, pickRule };
}

/** Queues the model over what the tuned run looked at. */
export async function runTuned(app: App): Promise<void> {
  const { run } = app.tuning;
  const settings = tunedSettings(app);
  if (!run || !settings) return;
  const { streams, window } = run.parameters;
  const model = app.models.find(({ id }) => id === run.modelId);
  const { runId } = await app.client.call('model.run', {
    ...{ modelId: run.modelId, streamKeys: streams, window, settings },
    // A person has let it run before.
    ...(model && model.use !== 'picking' ? { allowTestModel: true } : {}),
  });
  app.tuning.chosenRunId = runId;
  app.tuning.rerun = {};
}

import type { Handlers, ProbabilityTrace } from '../../contract/api.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { BackendContext } from '../context.ts';
import { CurveCache } from '../curveCache.ts';
import { startScan } from '../scan.ts';

type ModelCalls = 'model.list' | 'model.run' | 'run.list' | 'probability.window';

export function modelHandlers(context: BackendContext): Pick<Handlers, ModelCalls> {
  const curves = new CurveCache(context.cacheFolder);

  /** The run asked for, or the latest one that kept curves of the sensor. */
  async function runOf(
    runs: readonly ModelRun[],
    sensorKey: string,
    runId: number | undefined,
  ): Promise<ModelRun | undefined> {
    for (const run of runs) {
      if (runId !== undefined && run.id !== runId) continue;
      if (await curves.has(run, sensorKey)) return run;
    }
    return undefined;
  }

  return {
    'model.list': () => context.models.list(),

    'model.run': (args) => startScan(context, args),

    'run.list': () => Promise.resolve([...context.catalog.runs.list()]),

    'probability.window': async ({ sensorKeys, window, widthPx, runId }, signal) => {
      const runs = context.catalog.runs.list().toSorted((a, b) => b.id - a.id);
      const traces: ProbabilityTrace[] = [];
      for (const sensorKey of sensorKeys) {
        signal.throwIfAborted();
        const run = await runOf(runs, sensorKey, runId);
        if (run === undefined) continue;
        for (const [phase, threshold] of Object.entries(run.parameters.thresholds)) {
          const parts = await curves.read(run, sensorKey, phase, window, widthPx);
          traces.push({ sensorKey, runId: run.id, phase, threshold, parts });
        }
      }
      return traces;
    },
  };
}

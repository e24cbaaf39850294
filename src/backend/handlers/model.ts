import type { Args, Handlers, ProbabilityTrace } from '../../contract/api.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { BackendContext } from '../context.ts';
import { CurveCache } from '../curveCache.ts';
import { startScan } from '../scan.ts';

type ModelCalls = 'model.list' | 'model.run' | 'run.list' | 'probability.window';

export function modelHandlers(context: BackendContext): Pick<Handlers, ModelCalls> {
  const curves = new CurveCache(context.cacheFolder);

  /** The curves of the run asked for, or of the latest one that kept any of the sensor in the window. */
  async function tracesOf(
    sensorKey: string,
    runs: readonly ModelRun[],
    { window, widthPx }: Args<'probability.window'>,
  ): Promise<ProbabilityTrace[]> {
    let none: ProbabilityTrace[] | undefined;
    for (const run of runs) {
      if (!(await curves.has(run, sensorKey))) continue;
      const phases = Object.entries(run.parameters.thresholds).map(async ([phase, threshold]) => {
        const parts = await curves.read(run, sensorKey, phase, window, widthPx);
        return { sensorKey, runId: run.id, phase, threshold, parts };
      });
      const traces = await Promise.all(phases);
      // A run over another window says nothing about this one.
      if (traces.some(({ parts }) => parts.length > 0)) return traces;
      none = none ?? traces;
    }
    return none ?? [];
  }

  return {
    'model.list': () => context.models.list(),

    'model.run': (args) => startScan(context, args),

    'run.list': () => Promise.resolve([...context.catalog.runs.list()]),

    'probability.window': async (args) => {
      const runs = context.catalog.runs
        .list()
        .filter(({ id }) => args.runId === undefined || id === args.runId)
        .toSorted((a, b) => b.id - a.id);
      const traces = args.sensorKeys.map((sensorKey) => tracesOf(sensorKey, runs, args));
      return (await Promise.all(traces)).flat();
    },
  };
}

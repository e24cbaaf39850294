import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { BackendContext } from '../context.ts';
import { CurveStore } from '../curves/curveStore.ts';
import { Repicker } from '../curves/repick.ts';
import { scoreRun } from '../tuning/scoreRun.ts';

/** Runs tuned without the network. */
export function tuningHandlers(
  context: BackendContext,
  curves: CurveStore = new CurveStore(context.cacheFolder),
): Pick<Handlers, 'tuning.repick' | 'tuning.score'> {
  const repicker = new Repicker(curves);
  return {
    'tuning.repick': async ({ runId, ...request }) => {
      const run = context.catalog.runs.get(runId);
      if (run === undefined) throw new AppError('not-found', `there is no run ${runId}`);
      return repicker.repick(run, request);
    },
    'tuning.score': (args, signal) => scoreRun(context, repicker, args, signal),
  };
}

import type { Handlers } from '../../contract/api.ts';
import type { BackendContext } from '../context.ts';
import { startEnsemble } from '../ensembles/startEnsemble.ts';

export function ensembleHandlers(
  context: BackendContext,
): Pick<Handlers, 'model.runEnsemble' | 'run.scatter'> {
  return {
    'model.runEnsemble': (args) => startEnsemble(context, args),
    'run.scatter': ({ runId, pickId }) =>
      Promise.resolve(context.catalog.runs.scatter(runId, pickId)),
  };
}

import type { Handlers } from '../../contract/api.ts';
import { compare } from '../comparison.ts';
import type { BackendContext } from '../context.ts';

export function compareHandlers(context: BackendContext): Pick<Handlers, 'run.compare'> {
  return {
    'run.compare': async (args) => compare(context.catalog, args, context.sources.streams()),
  };
}

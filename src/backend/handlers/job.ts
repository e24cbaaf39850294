import type { Handlers } from '../../contract/api.ts';
import type { BackendContext } from '../context.ts';

export function jobHandlers(context: BackendContext): Pick<Handlers, 'job.list' | 'job.cancel'> {
  return {
    'job.list': async () => context.jobs.list(),
    'job.cancel': async ({ jobId }) => context.jobs.cancel(jobId),
  };
}

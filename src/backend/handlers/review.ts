import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import type { BackendContext } from '../context.ts';
import { reviewRecord } from '../review/reviewRecord.ts';
import { ValueQueue } from '../review/valueQueue.ts';
import { checkId, checkPickIds, checkQuery } from './catalogArguments.ts';

/** What review teaches: which pick to look at next, and what to think of the machine afterwards. */
export function reviewHandlers(
  context: BackendContext,
): Pick<Handlers, 'review.queue' | 'review.summary'> {
  const { catalog } = context;
  const queue = new ValueQueue(catalog);
  return {
    'review.queue': async ({ kept = [], ...query }) => {
      checkQuery(query);
      checkPickIds(kept, 0);
      return queue.page(query, kept);
    },
    'review.summary': async ({ runId, tolerance }, signal) => {
      if (runId !== undefined) {
        checkId(runId, 'Run');
        if (!catalog.runs.get(runId)) {
          throw new AppError('not-found', `There is no run ${runId}; choose one from the list`);
        }
      }
      const record = reviewRecord(catalog, runId, tolerance && checkTolerance(tolerance));
      return context.pool.run('summariseReview', record, { signal });
    },
  };
}

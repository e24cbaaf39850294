import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { AnnotateReport } from '../../contract/messages/models.ts';
import { annotateToFile } from '../annotate/annotateJob.ts';
import { curveFormatOf } from '../annotate/curveFiles.ts';
import type { BackendContext } from '../context.ts';
import { openRun } from '../openRun.ts';

type AnnotateCalls = 'model.annotate' | 'model.annotateReport' | 'model.describe';

const REPORTS_KEPT = 20;

/** Probability curves as files. */
export function annotateHandlers(context: BackendContext): Pick<Handlers, AnnotateCalls> {
  const reports = new Map<string, AnnotateReport>();
  return {
    'model.annotate': async (args) => {
      const path = context.grants.resolve(args.target, 'write');
      const format = curveFormatOf(path);
      const run = await openRun(context, args);
      const { id } = context.jobs.start(
        `Curves of ${run.model.spec.id}`,
        async (job) => {
          reports.set(job.id, await annotateToFile(context, { ...run, path, format }, job));
          for (const old of [...reports.keys()].slice(0, -REPORTS_KEPT)) reports.delete(old);
        },
        { lane: 'model' },
      );
      return { jobId: id };
    },

    'model.annotateReport': ({ jobId }) => {
      const report = reports.get(jobId);
      if (report) return Promise.resolve(report);
      throw new AppError(
        'not-found',
        `job ${jobId} has no report; it has not ended or is long past`,
      );
    },

    'model.describe': ({ folder }) =>
      context.models.describeFolder(context.grants.resolve(folder, 'read')),
  };
}

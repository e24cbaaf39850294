import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { AnnotateReport, DenoiseReport } from '../../contract/messages/models.ts';
import { formatNslc } from '../../domain/waveform/nslc.ts';
import { annotateToFile } from '../annotate/annotateJob.ts';
import { checkLocation, denoiseToFile } from '../annotate/denoiseJob.ts';
import { curveFormatOf } from '../annotate/curveFiles.ts';
import type { BackendContext } from '../context.ts';
import { openRun } from '../openRun.ts';
import { refuseWaveforms } from '../outFile.ts';
import type { ScanPlan } from '../scan/scanPlan.ts';

type AnnotateCalls =
  | 'model.annotate'
  | 'model.annotateReport'
  | 'model.denoise'
  | 'model.denoiseReport'
  | 'model.describe';

const REPORTS_KEPT = 20;

/** Probability curves and denoised waveforms as files. */
export function annotateHandlers(context: BackendContext): Pick<Handlers, AnnotateCalls> {
  const reports = new Map<string, AnnotateReport>();
  const denoised = new Map<string, DenoiseReport>();
  return {
    'model.annotate': async (args) => {
      const path = context.grants.resolve(args.target, 'write');
      const format = curveFormatOf(path);
      const run = await openRun(context, args);
      const read = streamsRead(run.plan);
      const labels = run.model.spec.labels;
      refuseWaveforms(context, path, (stream) => {
        const isCurve = labels.some((label) => stream.channel.endsWith(`_${label}`));
        return isCurve && !read.has(formatNslc(stream));
      });
      const { id } = context.jobs.start(
        `Curves of ${run.model.spec.id}`,
        async (job) => {
          keep(reports, job.id, await annotateToFile(context, { ...run, path, format }, job));
        },
        { lane: 'model' },
      );
      return { jobId: id };
    },

    'model.annotateReport': ({ jobId }) => Promise.resolve(reportOf(reports, jobId)),

    'model.denoise': async (args) => {
      const path = context.grants.resolve(args.target, 'write');
      const { location } = args;
      checkLocation(location);
      const run = await openRun(context, args, 'waveforms');
      const read = streamsRead(run.plan);
      refuseWaveforms(
        context,
        path,
        (stream) => stream.location === location && !read.has(formatNslc(stream)),
      );
      const { id } = context.jobs.start(
        `Denoise with ${run.model.spec.id}`,
        async (job) => {
          keep(denoised, job.id, await denoiseToFile(context, { ...run, path, location }, job));
        },
        { lane: 'model' },
      );
      return { jobId: id };
    },

    'model.denoiseReport': ({ jobId }) => Promise.resolve(reportOf(denoised, jobId)),

    'model.describe': ({ folder }) =>
      context.models.describeFolder(context.grants.resolve(folder, 'read')),
  };
}

function streamsRead({ sensors }: ScanPlan): ReadonlySet<string> {
  const channels = sensors.flatMap(({ sensor }) => sensor.channels);
  return new Set(channels.map(({ stream }) => formatNslc(stream)));
}

function keep<T>(reports: Map<string, T>, jobId: string, report: T): void {
  reports.set(jobId, report);
  for (const old of [...reports.keys()].slice(0, -REPORTS_KEPT)) reports.delete(old);
}

function reportOf<T>(reports: ReadonlyMap<string, T>, jobId: string): T {
  const report = reports.get(jobId);
  if (report !== undefined) return report;
  throw new AppError('not-found', `job ${jobId} has no report; it has not ended or is long past`);
}

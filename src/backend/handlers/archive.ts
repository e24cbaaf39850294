import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { ArchiveScanReport } from '../../contract/messages/models.ts';
import { startArchiveScan } from '../archiveScan.ts';
import type { BackendContext } from '../context.ts';

const REPORTS_KEPT = 20;

/** Scans of archives into prediction texts. */
export function archiveHandlers(
  context: BackendContext,
): Pick<Handlers, 'archive.scan' | 'archive.report'> {
  const reports = new Map<string, ArchiveScanReport>();
  const keep = (jobId: string, report: ArchiveScanReport): void => {
    reports.set(jobId, report);
    for (const old of [...reports.keys()].slice(0, -REPORTS_KEPT)) reports.delete(old);
  };
  return {
    'archive.scan': (request) => startArchiveScan(context, request, keep),

    'archive.report': ({ jobId }) => {
      const report = reports.get(jobId);
      if (report) return Promise.resolve(report);
      throw new AppError(
        'not-found',
        `job ${jobId} has no report; it has not ended or is long past`,
      );
    },
  };
}

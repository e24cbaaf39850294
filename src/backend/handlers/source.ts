import type { Handlers } from '../../contract/api.ts';
import type { JobControl } from '../../jobs/jobQueue.ts';
import type { BackendContext } from '../context.ts';
import type { AddProgress, AddReport } from '../sources.ts';

type SourceHandlers = Pick<Handlers, 'source.add' | 'source.rescan' | 'source.list'>;

/** Files are read one job after another: two at once would only share the disk. */
const LANE = 'sources';

export function sourceHandlers(context: BackendContext): SourceHandlers {
  const { jobs, sources, grants } = context;
  return {
    'source.add': ({ files }) => {
      const paths = files.map((file) => grants.resolve(file, 'read'));
      const label = paths.length === 1 ? `Open ${paths[0]}` : `Open ${paths.length} files`;
      const { id } = jobs.start(
        label,
        async (job) => sayRead(job, await sources.add(paths, progressOf(context, job))),
        { lane: LANE, cancelLabel: 'Cancel, keep what was read' },
      );
      return Promise.resolve({ jobId: id });
    },
    'source.rescan': () => {
      const { id } = jobs.start(
        'Look at all files again',
        async (job) => sayRead(job, await sources.rescan(progressOf(context, job))),
        { lane: LANE, cancelLabel: 'Cancel, keep what was read' },
      );
      return Promise.resolve({ jobId: id });
    },
    'source.list': () =>
      Promise.resolve({
        files: sources.list(),
        streams: sources.streams(),
        revision: sources.revision,
      }),
  };
}

/** Ties reading of files to a job: its progress, its cancel, its notices to the page. */
export function progressOf(context: BackendContext, job: JobControl): AddProgress {
  return {
    signal: job.signal,
    onProgress: (done, total, detail) => job.update({ done, total, detail }),
    onNotice: (notice) => context.emit('session.noticed', notice),
  };
}

/** What was read, as the last words of the job. */
export function sayRead(job: JobControl, { added, failed, skipped }: AddReport): void {
  const parts = [
    added > 0 || failed > 0 ? `${added} ${added === 1 ? 'file' : 'files'} read` : 'no waveforms',
    failed > 0 ? `${failed} could not be read` : '',
    skipped > 0 ? `${skipped} of other kinds left out` : '',
  ];
  job.update({ detail: parts.filter((part) => part !== '').join(', ') });
}

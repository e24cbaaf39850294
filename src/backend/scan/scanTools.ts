import { release } from '../../base/release.ts';
import { transferable } from '../../jobs/task.ts';
import type { BackendContext } from '../context.ts';
import type { StretchTools } from './scanStretches.ts';

/** Reading from the open sources, and the rest on the worker pool. */
export function stretchTools({
  sources,
  pool,
}: Pick<BackendContext, 'sources' | 'pool'>): StretchTools {
  return {
    readSegments: (keys, window, signal) => sources.readSegments(keys, window, signal),
    resample: (samples, fromHz, toHz, signal, method) => {
      // A copy of just these samples moves; posting a view would copy all of the buffer behind it.
      const own = samples.slice();
      const transfer = transferable([own]);
      return pool.run('resample', { samples: own, fromHz, toHz, method }, { signal, transfer });
    },
    prepareRecord: (samples, sampleRateHz, preparation, signal) => {
      const own = samples.slice();
      const transfer = transferable([own]);
      const args = { samples: own, sampleRateHz, preparation };
      return pool.run('prepareRecord', args, { signal, transfer });
    },
    scaleRows: (rows, scale, signal) => {
      const own = rows.map((row) => row?.slice());
      const transfer = transferable(own.flatMap((row) => row ?? []));
      return pool.run('scaleRows', { rows: own, scale }, { signal, transfer });
    },
    cutLocation: (streamId, traces, spec, settings, signal) => {
      const own = traces.map((trace) => ({ ...trace, samples: trace.samples.slice() }));
      const transfer = transferable(own.map(({ samples }) => samples));
      const args = { streamId, traces: own, spec, settings };
      return pool.run('cutLocation', args, { signal, transfer });
    },
    takeBack: release,
  };
}

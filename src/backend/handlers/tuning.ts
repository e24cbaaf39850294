import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { BackendContext } from '../context.ts';
import { CurveStore } from '../curves/curveStore.ts';
import { Repicker } from '../curves/repick.ts';
import { SnrMeter } from '../evaluation/snrMeter.ts';
import { leakOf, lockChanges, lockOf, storeLock } from '../tuning/lockedPart.ts';
import { now } from '../tuning/resolveSet.ts';
import { scoreRun } from '../tuning/scoreRun.ts';
import { Sweep } from '../tuning/sweep.ts';
import { testScore } from '../tuning/testScore.ts';

type TuningCalls =
  | 'tuning.repick'
  | 'tuning.score'
  | 'tuning.sweep'
  | 'tuning.sweepReport'
  | 'tuning.getLock'
  | 'tuning.setLock'
  | 'tuning.testScore';

const SWEEPS_KEPT = 10;

/** Runs tuned without the network. */
export function tuningHandlers(
  context: BackendContext,
  curves: CurveStore = new CurveStore(context.cacheFolder),
): Pick<Handlers, TuningCalls> {
  const { catalog, author } = context;
  const repicker = new Repicker(curves);
  const snrMeter = new SnrMeter(context);
  /** By the job, the last ones. */
  const sweeps = new Map<string, Sweep>();
  return {
    'tuning.repick': async ({ runId, ...request }) => {
      const run = context.catalog.runs.get(runId);
      if (run === undefined) throw new AppError('not-found', `there is no run ${runId}`);
      return repicker.repick(run, request);
    },
    'tuning.score': (args, signal) => scoreRun(context, { repicker, snrMeter }, args, signal),
    'tuning.sweep': async (args, signal) => {
      const sweep = await Sweep.prepare(context, repicker, args, signal);
      const started = sweep.start();
      sweeps.set(started.jobId, sweep);
      for (const old of [...sweeps.keys()].slice(0, -SWEEPS_KEPT)) sweeps.delete(old);
      return started;
    },
    'tuning.sweepReport': ({ jobId, offset = 0, limit = 1000 }) => {
      const sweep = sweeps.get(jobId);
      if (sweep) return Promise.resolve(sweep.report(offset, limit));
      throw new AppError('not-found', `job ${jobId} is no sweep, or one long past`);
    },
    'tuning.getLock': () => {
      const looks = catalog.sets.looks();
      const changes = lockChanges(catalog);
      return Promise.resolve({ lock: lockOf(catalog), looks, changes, leakText: leakOf(catalog) });
    },
    'tuning.setLock': ({ lock, before }) => {
      storeLock(catalog, lock, { atNs: now(), author, before });
      return Promise.resolve();
    },
    'tuning.testScore': (args, signal) => testScore(context, repicker, args, signal),
  };
}

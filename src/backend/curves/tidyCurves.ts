import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { BackendContext } from '../context.ts';
import { CurveStore } from './curveStore.ts';

/**
 * Removes the curves nobody will see again: of runs that are not in the catalog any more, and of runs that have
 * no pick left and whose every station a later run has gone over. Never fails: what stays only takes room.
 */
export async function tidyCurves({
  catalog,
  cacheFolder,
}: Pick<BackendContext, 'catalog' | 'cacheFolder'>): Promise<void> {
  const cache = new CurveStore(cacheFolder);
  try {
    const kept = await cache.kept();
    const runs = new Map(catalog.runs.list().map((run) => [run.id, run]));
    for (const { run: identity, sensorKeys } of kept) {
      const run = runs.get(identity.id);
      const gone = run?.startedNs !== identity.startedNs;
      const later = kept.filter((other) => {
        const after = runs.get(other.run.id);
        return run !== undefined && after !== undefined && comesAfter(run, after);
      });
      const superseded = sensorKeys.every((key) =>
        later.some((other) => other.sensorKeys.includes(key)),
      );
      const left = run && catalog.picks.list({ runId: run.id, limit: 1 }).total > 0;
      const busy = run?.state === 'running';
      if (gone || (superseded && !left && !busy)) await cache.remove(identity);
      else await cache.removeOutdated(identity);
    }
  } catch {
    // The project was closed meanwhile, or the disk says no.
  }
}

function comesAfter(run: ModelRun, after: ModelRun): boolean {
  const { window } = after.parameters;
  const own = run.parameters.window;
  const covers =
    window === undefined ||
    (own !== undefined && window.startNs <= own.startNs && window.endNs >= own.endNs);
  return after.id > run.id && covers;
}

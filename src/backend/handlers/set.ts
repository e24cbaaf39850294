import type { Handlers } from '../../contract/api.ts';
import { diffSets } from '../../domain/parameterSet/diffSets.ts';
import { readContent } from '../../domain/parameterSet/parameterSet.ts';
import { verifySet } from '../../domain/parameterSet/verifySet.ts';
import type { BackendContext } from '../context.ts';
import { CurveStore } from '../curves/curveStore.ts';
import { writeWhole } from '../exchange/atomicWrite.ts';
import { refuseWaveforms } from '../outFile.ts';
import { applySet } from '../tuning/applySet.ts';
import { infoOf, resolveSet, runPlace, runsWith, storedSet } from '../tuning/resolveSet.ts';
import { sha256 } from '../tuning/runContent.ts';
import { runSet } from '../tuning/runSet.ts';
import { importSet, saveSet, setText } from '../tuning/saveSet.ts';

type SetCalls =
  | 'set.list'
  | 'set.get'
  | 'set.diff'
  | 'set.save'
  | 'set.remove'
  | 'set.render'
  | 'set.export'
  | 'set.import'
  | 'set.apply'
  | 'set.run';

/** Parameter sets: named, compared, carried about and run again. */
export function setHandlers(
  context: BackendContext,
  curves: CurveStore = new CurveStore(context.cacheFolder),
): Pick<Handlers, SetCalls> {
  return {
    'set.list': () =>
      Promise.resolve(context.catalog.sets.list().map((stored) => infoOf(context, stored))),
    'set.get': async ({ set: ref }) => {
      const { content, ...set } = await resolveSet(context, ref);
      const read = readContent(content);
      const check = verifySet({ content, ...set }, await runPlace(context, read), sha256);
      const runIds = runsWith(context, check.hash);
      return { ...set, content: read, check, runIds };
    },
    'set.diff': async ({ a, b }) =>
      diffSets(await resolveSet(context, a), await resolveSet(context, b)),
    'set.save': async (args) => infoOf(context, await saveSet(context, args)),
    'set.remove': ({ setId }) => {
      context.catalog.sets.remove(storedSet(context, setId).id);
      return Promise.resolve();
    },
    'set.render': async ({ set: ref }) => {
      const set = await resolveSet(context, ref);
      const name = `${set.name} ${set.version}`.replaceAll(/[^\w.-]+/g, '-');
      return { fileName: `${name}.json`, text: setText(set) };
    },
    'set.export': async ({ set: ref, target, name, note }, signal) => {
      const set = await resolveSet(context, ref, { name, note });
      const path = context.grants.resolve(target, 'write');
      refuseWaveforms(context, path);
      return { path, sizeBytes: await writeWhole(path, [setText(set)], signal) };
    },
    'set.import': async ({ file }) =>
      infoOf(context, await importSet(context, { kind: 'file', file })),
    'set.apply': async ({ set: ref }) => applySet(context, curves, await resolveSet(context, ref)),
    'set.run': (args) => runSet(context, args),
  };
}

import type { Handlers } from '../../contract/api.ts';
import { assertMayPick } from '../../models/library/permission.ts';
import { mergeSettings } from '../../models/settings.ts';
import type { BackendContext } from '../context.ts';
import { FollowedRuns } from '../follow/followedRuns.ts';

type FollowCalls = 'follow.begin' | 'follow.store' | 'follow.finish';

/** Picks of records that somebody else follows. */
export function followHandlers(context: BackendContext): Pick<Handlers, FollowCalls> {
  const runs = new FollowedRuns(context);
  return {
    'follow.begin': async ({ modelId, folder, settings, allowTestModel }) => {
      const { spec } =
        folder === undefined
          ? await context.models.open(modelId)
          : await context.models.openFolder(context.grants.resolve(folder, 'read'));
      assertMayPick(spec, allowTestModel);
      return { runId: runs.begin(spec, mergeSettings(spec, settings)) };
    },
    'follow.store': ({ runId, picks }) => Promise.resolve({ added: runs.store(runId, picks) }),
    'follow.finish': ({ runId, state, skipped, notes }) => {
      runs.finish(runId, state, skipped, notes);
      return Promise.resolve();
    },
  };
}

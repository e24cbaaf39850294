import type { App } from '../../state/app.svelte.ts';
import { runTuned } from '../../state/tuningRun.ts';
import { type ActionBody, canEdit, hasData } from '../body.ts';
import { focusTraces } from '../regions.ts';
import type { TUNE_TABLE } from '../tables/tuneTable.ts';

const tunes = (app: App): boolean => app.space === 'tune' && app.tuning.run !== undefined;

const open = (space: App['space']): ActionBody => ({
  enabled: hasData,
  run: (app) => {
    app.space = space;
    requestAnimationFrame(focusTraces);
  },
});

export const TUNE_BODIES = {
  'space.review': open('review'),
  'space.tune': open('tune'),
  'tune.left': {
    enabled: tunes,
    run: ({ tuning }) => {
      tuning.left = tuning.left === 'changes' ? 'queue' : 'changes';
    },
  },
  'tune.revert': {
    enabled: (app) => tunes(app) && app.tuning.isChanged,
    run: (app) => app.tuning.revert(),
  },
  'tune.saveSet': {
    enabled: (app) => tunes(app) && canEdit(app),
    run: (app) => app.dialogs.show('saveSet'),
  },
  'tune.sets': { enabled: hasData, run: (app) => app.dialogs.show('sets') },
  'tune.sweep': { enabled: tunes, run: (app) => app.dialogs.show('sweep') },
  'tune.run': { enabled: (app) => tunes(app) && canEdit(app), run: runTuned },
} satisfies Record<(typeof TUNE_TABLE)[number]['id'], ActionBody>;

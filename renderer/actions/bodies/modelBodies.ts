import { askWhyHere } from '../../state/askWhy.ts';
import { stepDisagreement } from '../../state/comparisonMoves.ts';
import { stepChange } from '../../state/tuningMoves.ts';
import type { App } from '../../state/app.svelte.ts';
import { type ActionBody, canEdit, hasData } from '../body.ts';
import type { MODEL_TABLE } from '../tables/modelTable.ts';

/** In Tune the same keys walk the changes of the tuned run. */
const tunes = (app: App): boolean => app.space === 'tune';

const compares: Pick<ActionBody, 'enabled' | 'whyNot'> = {
  enabled: (app) =>
    tunes(app)
      ? app.tuning.diff !== undefined
      : app.comparison.open && app.comparison.result !== undefined,
  whyNot: (app) => (tunes(app) ? 'turn a setting first' : 'compare two runs first'),
};

const step = (by: 1 | -1): ActionBody => ({
  ...compares,
  run: (app) => (tunes(app) ? stepChange(app, by) : stepDisagreement(app, by)),
});

export const MODEL_BODIES = {
  'compare.toggle': {
    run: (app) => {
      const { comparison } = app;
      comparison.open = !comparison.open;
      comparison.shown = 'both';
      const { pickIds } = app.queue.filter;
      if (!comparison.open && pickIds) return app.queue.setFilter({ pickIds: undefined, pickWords: '' }); // prettier-ignore
    },
  },
  'compare.next': step(1),
  'compare.previous': step(-1),
  'compare.blink': {
    ...compares,
    run: (app) => (tunes(app) ? app.tuning.blink() : app.comparison.blink()),
  },
  'compare.both': {
    ...compares,
    run: (app) => {
      app.comparison.shown = 'both';
      app.tuning.shown = 'new';
    },
  },
  'models.show': { run: (app) => app.dialogs.show('models') },
  'model.denoise': {
    enabled: (app) => hasData(app) && canEdit(app),
    run: (app) => app.dialogs.show('denoise'),
  },
  'runs.show': { enabled: (app) => app.runs.length > 0, run: (app) => app.dialogs.show('runs') },
  'input.show': {
    enabled: (app) => hasData(app) && app.selection.currentStreamKey !== undefined,
    whyNot: (app) => (hasData(app) ? 'choose a trace first' : 'open waveforms first'),
    run: (app) => app.dialogs.show('input'),
  },
  'explain.show': {
    enabled: (app) => app.selection.currentStreamKey !== undefined && app.runs.length > 0,
    whyNot: (app) => (app.runs.length > 0 ? 'choose a trace first' : 'run the model first'),
    run: askWhyHere,
  },
} satisfies Record<(typeof MODEL_TABLE)[number]['id'], ActionBody>;

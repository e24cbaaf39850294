import { stepDisagreement } from '../../state/comparisonMoves.ts';
import { type ActionBody, hasData } from '../body.ts';
import type { MODEL_TABLE } from '../tables/modelTable.ts';

const compares: Pick<ActionBody, 'enabled'> = {
  enabled: (app) => app.comparison.open && app.comparison.result !== undefined,
};

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
  'compare.next': { ...compares, run: (app) => stepDisagreement(app, 1) },
  'compare.previous': { ...compares, run: (app) => stepDisagreement(app, -1) },
  'compare.blink': { ...compares, run: (app) => app.comparison.blink() },
  'compare.both': {
    ...compares,
    run: (app) => {
      app.comparison.shown = 'both';
    },
  },
  'models.show': { run: (app) => app.dialogs.show('models') },
  'runs.show': { enabled: (app) => app.runs.length > 0, run: (app) => app.dialogs.show('runs') },
  'input.show': {
    enabled: (app) => hasData(app) && app.selection.currentStreamKey !== undefined,
    run: (app) => app.dialogs.show('input'),
  },
  'explain.show': {
    enabled: (app) => app.selection.currentStreamKey !== undefined && app.runs.length > 0,
    run: (app) => app.explanation.ask(app),
  },
} satisfies Record<(typeof MODEL_TABLE)[number]['id'], ActionBody>;

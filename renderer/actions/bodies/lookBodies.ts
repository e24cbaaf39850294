import type { App } from '../../state/app.svelte.ts';
import type { ScaleMode } from '../../state/traceRows.svelte.ts';
import { type ActionBody, hasData } from '../body.ts';
import type { LOOK_TABLE } from '../tables/lookTable.ts';

const scale = (mode: ScaleMode): ActionBody => ({
  run: (app) => {
    app.rows.scale = mode;
  },
});

function hideTrace(app: App): void {
  const { selection, rows } = app;
  const key = selection.currentStreamKey;
  if (key === undefined) return;
  selection.currentStreamKey = rows.hide(key);
}

export const LOOK_BODIES = {
  'filter.toggle': {
    run: (app) => {
      app.filter.on = !app.filter.on;
    },
  },
  'filter.previous': { run: (app) => app.filter.cyclePreset(-1) },
  'filter.next': { run: (app) => app.filter.cyclePreset(1) },
  'filter.panel': {
    run: (app) => {
      app.dialogs.filterPanel = !app.dialogs.filterPanel;
    },
  },
  'filter.zeroPhase': {
    run: (app) => {
      app.filter.band = { ...app.filter.band, zeroPhase: !app.filter.band.zeroPhase };
      app.filter.on = true;
    },
  },
  'demean.toggle': {
    run: (app) => {
      app.filter.demean = !app.filter.demean;
      app.remark = app.filter.demean ? 'mean taken off' : 'mean left in';
    },
  },
  'components.toggle': {
    run: (app) => {
      app.rows.allComponents = !app.rows.allComponents;
    },
  },
  'strips.toggle': {
    run: (app) => {
      app.strips = !app.strips;
    },
  },
  'strips.runs': {
    enabled: (app) => app.strips && app.space === 'review' && app.runs.length > 0,
    run: (app) => {
      app.dialogs.curveChooser = !app.dialogs.curveChooser;
    },
  },
  'gain.reset': {
    run: (app) => {
      app.rows.gain = 1;
    },
  },
  'trace.hide': { enabled: (app) => app.selection.currentStreamKey !== undefined, run: hideTrace },
  'trace.showAll': {
    enabled: (app) => app.rows.hiddenKeys.size > 0,
    run: (app) => app.rows.restoreHidden(),
  },
  'picks.showRejected': {
    run: (app) => {
      app.picks.showRejected = !app.picks.showRejected;
    },
  },
  'scale.trace': scale('trace'),
  'scale.common': scale('common'),
  'scale.station': scale('station'),
  'scale.component': scale('component'),
  'sort.name': {
    enabled: hasData,
    run: (app) => {
      app.rows.sort = 'name';
    },
  },
  'align.none': {
    run: (app) => {
      app.remark = 'traces are aligned on time';
    },
  },
  'theme.toggle': {
    run: (app) => app.settings.setTheme(app.theme === 'dark' ? 'light' : 'dark'),
  },
} satisfies Record<(typeof LOOK_TABLE)[number]['id'], ActionBody>;

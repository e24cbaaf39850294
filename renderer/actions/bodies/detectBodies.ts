import type { App } from '../../state/app.svelte.ts';
import { goToPlace } from '../../state/tuningMoves.ts';
import { type ActionBody, canEdit, hasData } from '../body.ts';
import { focusTraces } from '../regions.ts';
import type { DETECT_TABLE } from '../tables/detectTable.ts';

/** The panel has the focus once it is there, so that keys alone will do; closed, the traces have it again. */
function focusPanel(open: boolean): void {
  if (!open) return focusTraces();
  const place = '[data-region="detect"] [data-region-focus]';
  document.querySelector<HTMLElement>(place)?.focus({ preventScroll: true });
}

const hasChanges = ({ detector }: App): boolean =>
  detector.open && (detector.again.changes?.list.length ?? 0) > 0;

function stepTrigger(app: App, by: 1 | -1): void {
  const { again, settings } = app.detector;
  const change = again.step(by);
  if (change) goToPlace(app, { ...change, phase: settings.phase, time: change.onNs });
}

export const DETECT_BODIES = {
  'detect.toggle': {
    enabled: hasData,
    run: ({ detector }) => {
      detector.toggle();
      requestAnimationFrame(() => focusPanel(detector.open));
    },
  },
  'detect.run': {
    enabled: (app) => canEdit(app) && app.detector.open && app.detector.problem === '',
    run: ({ detector }) => detector.run(),
  },
  'detect.again': {
    enabled: ({ detector }) => detector.again.runs.length > 0,
    run: ({ detector }) => {
      if (!detector.open) detector.toggle();
      const { again } = detector;
      detector.againWith(again.runId === undefined ? again.runs[0]?.id : undefined);
    },
  },
  'detect.nextChange': { enabled: hasChanges, run: (app) => stepTrigger(app, 1) },
  'detect.previousChange': { enabled: hasChanges, run: (app) => stepTrigger(app, -1) },
  'detect.reset': {
    enabled: ({ detector }) => detector.open,
    run: ({ detector }) => detector.reset(),
  },
} satisfies Record<(typeof DETECT_TABLE)[number]['id'], ActionBody>;

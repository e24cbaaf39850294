import { type ActionBody, canEdit, hasData } from '../body.ts';
import { focusTraces } from '../regions.ts';
import type { DETECT_TABLE } from '../tables/detectTable.ts';

/** The panel has the focus once it is there, so that keys alone will do; closed, the traces have it again. */
function focusPanel(open: boolean): void {
  if (!open) return focusTraces();
  const place = '[data-region="detect"] [data-region-focus]';
  document.querySelector<HTMLElement>(place)?.focus({ preventScroll: true });
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
  'detect.reset': {
    enabled: ({ detector }) => detector.open,
    run: ({ detector }) => detector.reset(),
  },
} satisfies Record<(typeof DETECT_TABLE)[number]['id'], ActionBody>;

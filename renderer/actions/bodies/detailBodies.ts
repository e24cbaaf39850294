import {
  type Onset,
  ONSETS,
  type Polarity,
  type WeightClass,
} from '../../../src/domain/event/pick.ts';
import type { App } from '../../state/app.svelte.ts';
import { type ActionBody, hasTargets } from '../body.ts';
import type { DETAIL_TABLE } from '../tables/pickTable.ts';
import { UNCERTAINTY_PRESETS } from '../uncertaintyPresets.ts';
import { targetPicks } from '../targets.ts';

/** The same again takes it away. */
const polarity = (wanted: Polarity): ActionBody => ({
  enabled: hasTargets,
  run: (app) => {
    const same = targetPicks(app).every((pick) => pick.polarity === wanted);
    return app.picks.change(app.selection.targets(), { polarity: same ? undefined : wanted });
  },
});

const weight = (wanted: WeightClass): ActionBody => ({
  enabled: hasTargets,
  run: (app) => app.picks.change(app.selection.targets(), { weight: wanted }),
});

const uncertainty = (preset: number): ActionBody => ({
  enabled: hasTargets,
  run: (app) => {
    const [lowerUncertaintyS, upperUncertaintyS] = UNCERTAINTY_PRESETS[preset] ?? [];
    return app.picks.change(app.selection.targets(), { lowerUncertaintyS, upperUncertaintyS });
  },
});

function cycleOnset(app: App): Promise<void> {
  const order: readonly (Onset | undefined)[] = [...ONSETS, undefined];
  const at = order.indexOf(targetPicks(app)[0]?.onset);
  return app.picks.change(app.selection.targets(), { onset: order[(at + 1) % order.length] });
}

export const DETAIL_BODIES = {
  'polarity.up': polarity('up'),
  'polarity.down': polarity('down'),
  'polarity.undecidable': polarity('undecidable'),
  'onset.cycle': { enabled: hasTargets, run: cycleOnset },
  'weight.0': weight(0),
  'weight.1': weight(1),
  'weight.2': weight(2),
  'weight.3': weight(3),
  'weight.4': weight(4),
  'uncertainty.1': uncertainty(0),
  'uncertainty.2': uncertainty(1),
  'uncertainty.3': uncertainty(2),
  'uncertainty.4': uncertainty(3),
  'uncertainty.5': uncertainty(4),
  'uncertainty.unset': {
    enabled: hasTargets,
    run: (app) =>
      app.picks.change(app.selection.targets(), {
        lowerUncertaintyS: undefined,
        upperUncertaintyS: undefined,
      }),
  },
} satisfies Record<(typeof DETAIL_TABLE)[number]['id'], ActionBody>;

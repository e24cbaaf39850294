import type { DetectorSettings } from '../../domain/event/detectorSettings.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';

/** A trigger is kept whole, as is every one that half of the on level would make. */
const KEPT_SHARE = 0.5;

/** The lowest on level a run can be triggered again with. */
export function keptFrom({ onLevel }: DetectorSettings): number {
  return KEPT_SHARE * onLevel;
}

/** Triggers as a rule on the function's curve: from the first value at the on level to the last at the off level. */
export function triggerRule({ offLevel }: Pick<DetectorSettings, 'offLevel'>) {
  return { kind: 'trigger', off: { level: offLevel }, minimumWidthSamples: 1 } as const;
}

/** A detector's run in the words of a model's, for all that lists and compares runs; what counts is `RunParameters.detector`. */
export function asRunSettings(settings: DetectorSettings): RunSettings {
  return {
    policy: 'onset',
    filter: settings.band,
    detrendRecords: false,
    preparation: { demean: false, detrend: false, scale: undefined, taperSamples: 0 },
    overlap: 0,
    strideSamples: 1,
    stacking: 'max',
    blindingSamples: [0, 0],
    strict: false,
    flexibleHorizontals: true,
    zeroPhaseResample: false,
    batchSize: 1,
    thresholds: { [settings.phase]: settings.onLevel },
    pickRule: triggerRule(settings),
  };
}

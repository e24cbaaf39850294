// Named settings that follow from what a network is, whoever made it.

import type { PickRule, RunSettings, WindowPreparation } from '../domain/event/runSettings.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import { DETECTION_LABEL, pickedLabels, type RunnerSpec, type RunPreset } from './spec.ts';

type TriggerRule = Extract<PickRule, { kind: 'trigger' }>;

/** Lengths are multiples of all strides that U-Nets have, so that windows are sampled like the whole record. */
export const LONG_WINDOWS: Partial<RunSettings> = {
  windowSamples: 59_392,
  overlap: 6_144,
  blindingSamples: [2_560, 2_560],
  stacking: 'avg',
  batchSize: 1,
};

/** Records of up to an hour at 100 Hz go through whole; longer ones in pieces that are sampled alike. */
export const WHOLE_RECORDS: Partial<RunSettings> = { ...LONG_WINDOWS, windowSamples: 360_448 };

/** Presets of networks with detections, with one answer a window, and of any length. */
export function usualPresets(spec: RunnerSpec): Record<string, RunPreset> {
  const detects = spec.labels.includes(DETECTION_LABEL);
  const presets: Record<string, RunPreset> = {};
  if (detects) presets['original'] = detectionPreset(spec);
  if (spec.output.kind === 'point' && spec.pickRule.kind === 'trigger') {
    const { strideSamples } = spec.output;
    presets['original'] = triggerPreset(spec.pickRule, strideSamples);
  }
  if (spec.anyLength && spec.output.kind === 'samples') {
    presets['long windows'] = {
      text: 'Windows of nearly ten minutes: each sample goes through the network once and not twice, at little more than half the time. Each window is scaled by its own deviation, so that small events near large ones score lower: on four hours of one station PhaseNet’s P differs by 0.0003 in the mean and 0.36 at most; picks above 0.36 were the same within 0.17 s.',
      settings: LONG_WINDOWS,
    };
  }
  if (spec.output.kind === 'samples' && (detects || spec.anyLength)) {
    presets['pnsn'] = pnsnPreset(spec);
  }
  return presets;
}

/** EQTransformer, `mseed_predictor`. */
function detectionPreset(spec: RunnerSpec): RunPreset {
  return {
    text: 'As EQTransformer’s own program: records less their mean, band 1 to 45 Hz both ways, tapered, other rates drawn by straight lines; windows that overlap by 30 %, each component over its standard deviation; each window picked by itself: P and S inside detections only, the first S of each and the highest P before it; events that begin within 2 s of one before are left out. Unlike the program it looks at the end of a file too. Its uncertainties come of dropout while it answers, which a network of a pack no longer has.',
    settings: {
      recordTreatment: { demean: true, taperS: 2, resampling: 'linear' },
      filter: { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true },
      preparation: {
        demean: true,
        detrend: false,
        scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 0 },
        taperSamples: 0,
      },
      overlap: 0.3,
      blindingSamples: [0, 0],
      stacking: 'max',
      thresholds: thresholdsOf(spec, { P: 0.1, S: 0.1, [DETECTION_LABEL]: 0.3 }),
      pickRule: {
        kind: 'detection-gated',
        minimumDistanceSamples: 1,
        off: { ratio: 1 },
        perWindow: true,
      },
    },
  };
}

/** GPD, `gpd_predict.py`. */
function triggerPreset(rule: TriggerRule, strideSamples: number): RunPreset {
  return {
    text: 'Picks as GPD’s own program: from above the threshold to below the off level, triggers of a single window left out.',
    settings: {
      pickRule: {
        ...rule,
        minimumWidthSamples: 2 * strideSamples,
        convention: 'trigger_onset',
      },
    },
  };
}

/** Corners that are not given would leave the spec's filter in place. */
const NO_FILTER: BandFilter = {
  lowHz: undefined,
  highHz: undefined,
  corners: 2,
  zeroPhase: false,
};

const PNSN_PREPARATION: WindowPreparation = {
  demean: true,
  centre: 'mean',
  detrend: false,
  scale: { by: 'peak', scope: 'component', epsilon: 0 },
  taperSamples: 6,
};

/** PNSN ml_prediction: window, preprocess, predict, stack, and a normal curve fitted to each trigger. */
function pnsnPreset(spec: RunnerSpec): RunPreset {
  const blinded = Math.floor(spec.windowSamples / 12);
  const labels = spec.labels.includes(DETECTION_LABEL)
    ? [DETECTION_LABEL, ...pickedLabels(spec)]
    : pickedLabels(spec);
  return {
    text: 'As PNSN’s ml_prediction: no filter, each component over its largest value, tapered; windows that overlap by 70 %, the highest answer where they do; picks from triggers at 0.1, their uncertainty sigma of a normal curve fitted to the probability. Networks that were trained on windows over their deviation answer lower on this scale.',
    settings: {
      filter: NO_FILTER,
      detrendRecords: false,
      preparation: PNSN_PREPARATION,
      // Windows of 6000 samples begin each 1800.
      overlap: 0.7,
      blindingSamples: [blinded, blinded],
      stacking: 'max',
      thresholds: Object.fromEntries(labels.map((label) => [label, 0.1])),
      pickRule: { kind: 'trigger', off: { ratio: 1 }, minimumWidthSamples: 0 },
      uncertainty: 'normal fit',
    },
  };
}

/** Those of labels the network has. */
function thresholdsOf(
  spec: RunnerSpec,
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(given).filter(([label]) => spec.labels.includes(label)));
}

// What each setting of a run does, for the run panel, and settings in words.

import type {
  PickRule,
  RecordTreatment,
  RunningScale,
  RunSettings,
  WindowPreparation,
} from '../../../src/domain/event/runSettings.ts';
import { describeFilter } from '../../../src/domain/waveform/bandFilter.ts';
import { counted, probability } from '../words.ts';

export const SETTING_HELP = {
  policy:
    'onset: sensors by band and instrument code, offsets rounded to a sample, only what disagrees is masked, an anti-alias filter before every down-sampling. seisbench: the same numbers as SeisBench 0.12.',
  overlap:
    'Part of a window that it shares with the next. More costs time in proportion and misses less near edges.',
  stride:
    'Samples from one window to the next. Fewer cost time in proportion and time onsets finer.',
  windowSamples:
    'This network takes windows of any length. Longer ones are faster; probabilities then differ a little from those of the trained length.',
  stacking:
    'Where windows overlap: the mean of their probabilities, or the highest. Mean is steadier, highest finds more.',
  blinding:
    'Samples at the start and the end of each window that are not used: onsets there are seen without what comes before or after.',
  batch:
    'Windows that go through the network at once. Larger needs more memory; speed depends on the machine.',
  filter: 'Applied to whole records before windows are cut. Most networks were trained without.',
  detrend: 'Takes the straight line off whole records, before the filter.',
  demean: 'Takes the mean off each window.',
  detrendWindow: 'Takes the straight line off each window.',
  scale: 'What each window is divided by. It has to be what the network was trained with.',
  taper: 'Samples at both ends of a window that are faded in and out.',
  strict:
    'Picks only where every component is there. Without it an absent one is fed as zeros, with a warning on its picks.',
  horizontals: 'Channels 1 and 2 stand for N and E where those are absent.',
  zeroPhase:
    'The filter of resampling runs forward and backward: no delay, and a little energy before onsets.',
  uncertainty:
    'The times to where the curve has fallen to 0.61 of the peak, or the width of a normal curve through it.',
  absent: 'What stands in for a component that a station lacks; its picks carry a warning.',
  everyWindow:
    "Each window through the network's own file, also where a faster way answers the same within rounding.",
  instruments:
    'Where a station has a seismometer and an accelerometer: of two picks of one onset the one that is not clipped, then the likelier.',
  rule: 'How the probability curve becomes picks.',
  distance: 'Of two peaks closer than this the higher one stays.',
  width: 'Shorter spans above the threshold are not picks.',
  off: 'Where a span that began at the threshold ends.',
  perWindow:
    'Picks each window’s own answers, as EQTransformer’s program does, and not their common curve. Such a run cannot be tuned without the network.',
  dominance: 'Around the peak no other phase may be likelier on average, within so many samples.',
} as const;

export const RULE_NAMES: Readonly<Record<PickRule['kind'], string>> = {
  peaks: 'highest peaks',
  trigger: 'trigger on and off',
  dominance: 'peaks where the phase dominates',
  'detection-gated': 'peaks inside detections',
};

/** What is done to whole records besides filtering them. */
export function treatmentWords(treatment: RecordTreatment): string {
  const { demean, taperS, resampling, integrateFromHz } = treatment;
  return [
    ...(demean ? ['less their mean'] : []),
    ...(taperS === undefined ? [] : [`tapered over ${taperS} s`]),
    ...(resampling === undefined ? [] : ['other rates by straight lines']),
    ...(integrateFromHz === undefined
      ? []
      : [`accelerometers integrated, high-passed at ${integrateFromHz} Hz`]),
  ].join(', ');
}

/** The rule of another kind, with what it needs. */
export function ruleOf(kind: PickRule['kind'], before: PickRule): PickRule {
  const minimumDistanceSamples =
    'minimumDistanceSamples' in before ? before.minimumDistanceSamples : 100;
  const off = 'off' in before ? before.off : { ratio: 0.5 };
  if (kind === 'peaks') return { kind, minimumDistanceSamples };
  if (kind === 'trigger') return { kind, off, minimumWidthSamples: 1 };
  if (kind === 'dominance') return { kind, minimumDistanceSamples, windowSamples: 200 };
  return { kind, minimumDistanceSamples, off };
}

/** `mean off, each component / std (n−1), taper 6 samples`. */
export function preparationWords(preparation: WindowPreparation): string {
  const { demean, centre, detrend, scale, taperSamples } = preparation;
  const parts = [
    demean ? `${centre ?? 'mean'} off` : '',
    detrend ? 'line off' : '',
    scale
      ? `${scale.scope === 'component' ? 'each component' : 'the whole window'} / ${
          scale.by === 'peak' ? 'largest value' : `std (${scale.divisor.replace('-', '−')})`
        }`
      : 'not scaled: the network does it itself',
    taperSamples > 0 ? `taper ${taperSamples} samples` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** `running mean and std over 3000 samples`: what is done to whole records. */
export function runningWords({ windowSamples, stepSamples }: RunningScale): string {
  return `less the running mean, by the running std over ${windowSamples} samples each ${stepSamples}`;
}

/** `P .30, S .30, overlap 50 %, mean of windows, 250 + 250 samples blinded, policy onset`: a run in a line. */
export function settingsWords(settings: RunSettings, isPoint: boolean): string {
  const thresholds = Object.entries(settings.thresholds).map(
    ([label, value]) => `${label} ${probability(value)}`,
  );
  const { overlap, blindingSamples: [before, after] } = settings; // prettier-ignore
  return [
    ...thresholds,
    isPoint
      ? `stride ${counted(settings.strideSamples, 'sample')}`
      : overlap < 1
        ? `overlap ${Math.round(100 * overlap)} %`
        : `overlap ${overlap} samples`,
    settings.stacking === 'max' ? 'highest of windows' : 'mean of windows',
    before + after > 0 ? `${before} + ${after} samples blinded` : '',
    settings.filter ? describeFilter(settings.filter) : '',
    `policy ${settings.policy}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

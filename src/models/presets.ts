// Named settings that follow from what a network is, whoever made it.

import type { RunSettings } from '../domain/event/runSettings.ts';
import { DETECTION_LABEL, type RunnerSpec, type RunPreset } from './spec.ts';

/** Lengths are multiples of all strides that U-Nets have, so that windows are sampled like the whole record. */
export const LONG_WINDOWS: Partial<RunSettings> = {
  windowSamples: 59_392,
  overlap: 6_144,
  blindingSamples: [2_560, 2_560],
  stacking: 'avg',
  batchSize: 1,
};

/** Presets of networks with detections, with one answer a window, and of any length. */
export function usualPresets(spec: RunnerSpec): Record<string, RunPreset> {
  const presets: Record<string, RunPreset> = {};
  if (spec.labels.includes(DETECTION_LABEL)) {
    presets['original picker'] = {
      text: 'Picks as EQTransformer’s own program: P and S inside detections only, the first S of each and the highest P before it.',
      settings: {
        pickRule: { kind: 'detection-gated', minimumDistanceSamples: 1, off: { ratio: 1 } },
      },
    };
  }
  if (spec.output.kind === 'point' && spec.pickRule.kind === 'trigger') {
    presets['original picker'] = {
      text: 'Picks as GPD’s own program: from above the threshold to below the off level, triggers of a single window left out.',
      settings: {
        pickRule: {
          ...spec.pickRule,
          minimumWidthSamples: 2 * spec.output.strideSamples,
          convention: 'trigger_onset',
        },
      },
    };
  }
  if (spec.anyLength && spec.output.kind === 'samples') {
    presets['long windows'] = {
      text: 'Windows of nearly ten minutes: each sample goes through the network once and not twice, at little more than half the time. Each window is scaled by its own deviation, so that small events near large ones score lower.',
      settings: LONG_WINDOWS,
    };
  }
  return presets;
}

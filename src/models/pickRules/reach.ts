// How far below the threshold a rule looks, and so what has to be kept of a curve to pick it again later.

import { assertUnreachable } from '../../base/assert.ts';
import type { PickRule, UncertaintyMethod } from '../../domain/event/runSettings.ts';
import { FIT_LEVEL, WIDTH_LEVEL } from './uncertainty.ts';

/**
 * What is kept of a curve: runs of samples at or above `tail` that reach `floor` somewhere, and one more sample on
 * each side. A floor of 0 keeps everything.
 */
export interface KeepLevels {
  readonly floor: number;
  readonly tail: number;
}

/** Default of the lowest threshold a run can be picked again with. */
export const DEFAULT_FLOOR = 0.02;

export const KEEP_EVERYTHING: KeepLevels = { floor: 0, tail: 0 };

/** Low enough for the width of a pick and for SeisBench's off level, whatever the run's own rule. */
const TAIL_RATIO = 0.5;

/** What to keep so that every threshold from `floor` on can be applied with this rule. */
export function keepLevels(rule: PickRule, floor: number = DEFAULT_FLOOR): KeepLevels {
  switch (rule.kind) {
    case 'peaks':
      return { floor, tail: TAIL_RATIO * floor };
    case 'trigger':
    case 'detection-gated':
      return {
        floor,
        tail:
          'ratio' in rule.off
            ? Math.min(TAIL_RATIO, rule.off.ratio) * floor
            : Math.min(TAIL_RATIO * floor, rule.off.level),
      };
    case 'dominance':
      return KEEP_EVERYTHING;
    default:
      return assertUnreachable(rule);
  }
}

/** Whether a rule compares labels, so that noise has to be kept too. */
export function needsEveryLabel(rule: PickRule): boolean {
  return rule.kind === 'dominance';
}

/**
 * The lowest threshold at which picks of a kept curve are those of the whole one; infinite where no threshold gives
 * them. All comparisons are with float32 values, none is rounded.
 */
export function lowestExactThreshold(
  rule: PickRule,
  { floor, tail }: KeepLevels,
  uncertainty: UncertaintyMethod = 'width',
): number {
  if (floor <= 0) return 0;
  const lowest = Math.max(floor, uncertainty === 'width' ? tail / WIDTH_LEVEL : floor / FIT_LEVEL);
  switch (rule.kind) {
    case 'peaks':
      return lowest;
    case 'trigger':
    case 'detection-gated':
      // Windows are no longer there once their answers have been stacked.
      if (rule.kind === 'detection-gated' && rule.perWindow) return Infinity;
      if ('level' in rule.off) return rule.off.level >= tail ? lowest : Infinity;
      return rule.off.ratio > 0 ? Math.max(lowest, tail / Math.min(1, rule.off.ratio)) : Infinity;
    case 'dominance':
      return Infinity;
    default:
      return assertUnreachable(rule);
  }
}

/**
 * Samples that must lie between two candidates of a curve for neither to have a say about the other: stretches that
 * are so far apart can be picked one after another.
 */
export function independentSamples(rule: PickRule, sampleRateHz: number): number {
  const width = Math.ceil(sampleRateHz) + 2;
  switch (rule.kind) {
    case 'peaks':
      return Math.max(rule.minimumDistanceSamples + 1, width);
    case 'trigger':
      return width;
    case 'dominance':
      return Math.max(rule.minimumDistanceSamples, rule.windowSamples + 1, width);
    case 'detection-gated':
      // 2 s between events, 1 s that P may lie before one, and the width of a pick.
      return Math.max(rule.minimumDistanceSamples + 1, 4 * width);
    default:
      return assertUnreachable(rule);
  }
}

// From probability curves to picks: one entry for every rule a pack or a person can ask for.

import { assertUnreachable } from '../../base/assert.ts';
import type { PickRule } from '../../domain/event/runSettings.ts';
import { NOISE_LABEL } from '../spec.ts';
import { gatedPicks } from './detectionGated.ts';
import { isDominant } from './dominance.ts';
import { type Found, foundPeaks } from './found.ts';
import { findPeaks, keepHighest, type PeakConvention, type Peaks, selectPeaks } from './peaks.ts';
import { findRuns } from './runs.ts';
import {
  type Curve,
  denseCurve,
  pieceFrom,
  pieceValues,
  type SparseCurve,
  type SparseCurves,
} from './sparseCurve.ts';
import { fitUncertainty, measureWidth, type UncertaintyMethod } from './uncertainty.ts';

/** A pick as samples of its curve; of the label `Detection` a span, its probability as the rule has it. */
export interface RulePick {
  readonly label: string;
  readonly sample: number;
  /** From the first sample at or above the rule's level to the last one. */
  readonly startSample: number;
  readonly endSample: number;
  readonly probability: number;
  readonly lowerUncertaintyS: number;
  readonly upperUncertaintyS: number;
}

export interface PickOptions {
  /** Default `width`. */
  readonly uncertainty?: UncertaintyMethod;
}

/** Thresholds by label; a label without one is not picked. */
export type Thresholds = Readonly<Record<string, number>>;

/**
 * Picks of curves by label, in order of time and, at one time, of the thresholds' labels. All curves begin at one time
 * and have one rate. Throws `bad-input` when a rule misses a label it cannot do without.
 */
export function pickCurves(
  rule: PickRule,
  thresholds: Thresholds,
  curvesByLabel: Readonly<Record<string, Curve>>,
  sampleRateHz: number,
  options: PickOptions = {},
): RulePick[] {
  const curves = Object.fromEntries(
    Object.entries(curvesByLabel).map(([label, values]) => [label, denseCurve(values)]),
  );
  return pickSparse(rule, thresholds, curves, sampleRateHz, options);
}

/**
 * Picks of curves of which only pieces are known. The same as of the whole curves for thresholds from
 * `lowestExactThreshold` on.
 */
export function pickSparse(
  rule: PickRule,
  thresholds: Thresholds,
  curves: SparseCurves,
  sampleRateHz: number,
  options: PickOptions = {},
): RulePick[] {
  const labels = pickedLabels(thresholds).filter((label) => curves[label] !== undefined);
  const picks = findPicks(rule, thresholds, curves, labels, sampleRateHz).map((found) =>
    withUncertainty(found, curves[found.label] as SparseCurve, sampleRateHz, options),
  );
  const rank = new Map(labels.map((label, k) => [label, k]));
  return picks.sort(
    (a, b) => a.sample - b.sample || (rank.get(a.label) ?? 0) - (rank.get(b.label) ?? 0),
  );
}

/** Labels that have a threshold, without noise. */
export function pickedLabels(thresholds: Thresholds): string[] {
  return Object.keys(thresholds).filter((label) => label !== NOISE_LABEL);
}

/** Picks without their uncertainties, label by label; of a label or rule in order of time. */
export function findPicks(
  rule: PickRule,
  thresholds: Thresholds,
  curves: SparseCurves,
  labels: readonly string[],
  sampleRateHz: number,
): Found[] {
  switch (rule.kind) {
    case 'peaks':
    case 'dominance':
      return labels.flatMap((label) => {
        const threshold = thresholds[label] as number;
        const peaks = candidatePeaks(rule, threshold, curves, label);
        return foundPeaks(label, peaks, curves[label] as SparseCurve, threshold);
      });
    case 'trigger':
      return labels.flatMap((label) =>
        triggerPicks(rule, label, thresholds[label] as number, curves[label] as SparseCurve),
      );
    case 'detection-gated':
      return gatedPicks(rule, thresholds, curves, sampleRateHz);
    default:
      return assertUnreachable(rule);
  }
}

/** Rules whose picks at a threshold are those at a lower one, less what lies below it. */
export type PeakRule = Extract<PickRule, { kind: 'peaks' | 'dominance' }>;

/**
 * The picks a label has at a threshold. What stays does not depend on lower peaks: candidates found once, at the lowest
 * threshold, give those of every higher one by leaving out what lies below it.
 */
export function candidatePeaks(
  rule: PeakRule,
  threshold: number,
  curves: SparseCurves,
  label: string,
): Peaks {
  const curve = curves[label] as SparseCurve;
  const distance = rule.minimumDistanceSamples;
  if (rule.kind === 'peaks') {
    const asPhaseNet = rule.convention === 'detect_peaks';
    const peaks = findPeaks(curve, threshold, peakConvention(rule));
    // `detect_peaks` looks at distances only from two samples on.
    if (asPhaseNet && distance <= 1) return peaks;
    return keepHighest(peaks, {
      distance,
      inclusive: asPhaseNet,
      ofEquals: asPhaseNet ? 'later' : 'earlier',
    });
  }
  const kept = findPeaksUpToOne(curve, threshold, distance);
  return selectPeaks(kept, (k) =>
    isDominant(curves, label, kept.samples[k] as number, rule.windowSamples),
  );
}

/** The peaks of SciPy's `find_peaks` with heights from the threshold up to 1, and its distance. */
export function findPeaksUpToOne(curve: SparseCurve, threshold: number, distance: number): Peaks {
  const all = findPeaks(curve, threshold, 'middle');
  const upToOne = selectPeaks(all, (k) => (all.heights[k] as number) <= 1);
  return keepHighest(upToOne, { distance, inclusive: false, ofEquals: 'later' });
}

export function peakConvention(rule: PickRule): PeakConvention {
  const rising = rule.kind === 'peaks' && rule.convention === 'detect_peaks';
  return rising || rule.kind === 'detection-gated' ? 'rising' : 'middle';
}

/** Where a run ends for a threshold: never above it. */
export function offLevel(
  off: { readonly ratio: number } | { readonly level: number },
  threshold: number,
): number {
  return 'ratio' in off ? Math.min(1, off.ratio) * threshold : Math.min(off.level, threshold);
}

function triggerPicks(
  rule: Extract<PickRule, { kind: 'trigger' }>,
  label: string,
  threshold: number,
  curve: SparseCurve,
): Found[] {
  const asGpd = rule.convention === 'trigger_onset';
  const runs = findRuns(
    curve,
    threshold,
    offLevel(rule.off, threshold),
    asGpd ? 'exceeded' : 'reached',
  );
  return runs
    .filter(({ first, last }) => last - first + 1 >= rule.minimumWidthSamples)
    .map(({ first, peak, last, piece }) => {
      const from = pieceFrom(curve, piece);
      const values = pieceValues(curve, piece);
      const sample =
        asGpd && peak === last && last > first
          ? from + highest(values, first - from, last - from)
          : peak;
      const probability = values[sample - from] as number;
      return { label, piece, sample, startSample: first, endSample: last, probability };
    });
}

/** The highest of `values[from … to)`, the first of equals. */
function highest(values: Curve, from: number, to: number): number {
  let peak = from;
  for (let i = from + 1; i < to; i += 1) {
    if ((values[i] as number) > (values[peak] as number)) peak = i;
  }
  return peak;
}

function withUncertainty(
  { piece, ...found }: Found,
  curve: SparseCurve,
  sampleRateHz: number,
  { uncertainty = 'width' }: PickOptions,
): RulePick {
  const measured =
    uncertainty === 'width'
      ? measureWidth(
          pieceValues(curve, piece),
          found.sample - pieceFrom(curve, piece),
          sampleRateHz,
        )
      : fitUncertainty(curve, piece, found.sample, sampleRateHz);
  return { ...found, ...measured };
}

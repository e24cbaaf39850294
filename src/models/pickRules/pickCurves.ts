// From probability curves to picks: one entry for every rule a pack or a person can ask for.

import { assertUnreachable } from '../../base/assert.ts';
import type { PickFit } from '../../domain/event/pickFit.ts';
import type { PickRule, UncertaintyMethod } from '../../domain/event/runSettings.ts';
import { NOISE_LABEL } from '../spec.ts';
import { gatedPicks } from './detectionGated.ts';
import { isDominant } from './dominance.ts';
import { type Found, foundPeaks } from './found.ts';
import {
  findPeaks,
  keepHighest,
  type PeakConvention,
  type PeakDistance,
  type Peaks,
  selectPeaks,
} from './peaks.ts';
import { eachRun } from './runs.ts';
import {
  type Curve,
  denseCurve,
  pieceFrom,
  pieceValues,
  type SparseCurve,
  type SparseCurves,
} from './sparseCurve.ts';
import { fitUncertainty, measureWidth } from './uncertainty.ts';

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
  /** Of a detection: the samples of the picks that belong to it, by label. */
  readonly arrivals?: Readonly<Record<string, number>>;
  /** The normal curve the uncertainties are sigma of, where one was fitted. */
  readonly fit?: PickFit;
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
  const labels = thresholdLabels(thresholds).filter((label) => curves[label] !== undefined);
  const picks = findPicks(rule, thresholds, curves, labels, sampleRateHz).map((found) =>
    withUncertainty(found, curves[found.label] as SparseCurve, sampleRateHz, options),
  );
  const rank = new Map(labels.map((label, k) => [label, k]));
  return picks.sort(
    (a, b) => a.sample - b.sample || (rank.get(a.label) ?? 0) - (rank.get(b.label) ?? 0),
  );
}

/** Labels that have a threshold, without noise. */
export function thresholdLabels(thresholds: Thresholds): string[] {
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
  return keptPeaks(rule, peaksAtAll(rule, threshold, curves[label] as SparseCurve), curves, label);
}

/** The peaks of a curve before their distance is looked at. */
export function peaksAtAll(rule: PeakRule, threshold: number, curve: SparseCurve): Peaks {
  const peaks = findPeaks(curve, threshold, peakConvention(rule));
  // SciPy's heights go up to 1.
  return rule.kind === 'peaks' ? peaks : upToOne(peaks);
}

/** Which of equally high peaks stays. */
export function keptOfEquals(rule: PeakRule): PeakDistance['ofEquals'] {
  return rule.kind === 'peaks' && rule.convention === undefined ? 'earlier' : 'later';
}

/** Those of `peaksAtAll` that stay; `order` is their `heightOrder`, where it is known. */
export function keptPeaks(
  rule: PeakRule,
  peaks: Peaks,
  curves: SparseCurves,
  label: string,
  order?: Uint32Array,
): Peaks {
  const distance = rule.minimumDistanceSamples;
  const asPhaseNet = rule.kind === 'peaks' && rule.convention === 'detect_peaks';
  // `detect_peaks` looks at distances only from two samples on.
  if (asPhaseNet && distance <= 1) return peaks;
  const ofEquals = keptOfEquals(rule);
  const kept = keepHighest(peaks, { distance, inclusive: asPhaseNet, ofEquals }, order);
  if (rule.kind === 'peaks') return kept;
  return selectPeaks(kept, (k) =>
    isDominant(curves, label, kept.samples[k] as number, rule.windowSamples),
  );
}

/** The peaks of SciPy's `find_peaks` with heights from the threshold up to 1, and its distance. */
export function findPeaksUpToOne(curve: SparseCurve, threshold: number, distance: number): Peaks {
  const peaks = upToOne(findPeaks(curve, threshold, 'middle'));
  return keepHighest(peaks, { distance, inclusive: false, ofEquals: 'later' });
}

function upToOne(peaks: Peaks): Peaks {
  return selectPeaks(peaks, (k) => (peaks.heights[k] as number) <= 1);
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

export type TriggerRule = Extract<PickRule, { kind: 'trigger' }>;

function triggerPicks(
  rule: TriggerRule,
  label: string,
  threshold: number,
  curve: SparseCurve,
): Found[] {
  const found: Found[] = [];
  eachTrigger(rule, threshold, curve, (sample, probability, startSample, endSample, piece) => {
    found.push({ label, piece, sample, startSample, endSample, probability });
  });
  return found;
}

/** Gives `take` the picks of a trigger rule, in order of time. */
export function eachTrigger(
  rule: TriggerRule,
  threshold: number,
  curve: SparseCurve,
  take: (sample: number, probability: number, first: number, last: number, piece: number) => void,
): void {
  const asGpd = rule.convention === 'trigger_onset';
  const off = offLevel(rule.off, threshold);
  eachRun(curve, threshold, off, asGpd ? 'exceeded' : 'reached', (first, peak, last, piece) => {
    if (
      last - first + 1 <
      (asGpd ? Math.max(2, rule.minimumWidthSamples) : rule.minimumWidthSamples)
    )
      return;
    const from = pieceFrom(curve, piece);
    const at = curve.at[piece] as number;
    const mayMove = asGpd && peak === last && last > first;
    const values = mayMove ? pieceValues(curve, piece) : undefined;
    const sample = values ? from + highest(values, first - from, last - from) : peak;
    take(sample, curve.values[at + sample - from] as number, first, last, piece);
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

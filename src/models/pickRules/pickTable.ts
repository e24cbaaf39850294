// Kept curves of one stretch, ready to be picked again and again while a threshold is dragged.

import type { PickRule } from '../../domain/event/runSettings.ts';
import {
  eachTrigger,
  findPicks,
  keptOfEquals,
  keptPeaks,
  peakConvention,
  peaksAtAll,
  type PeakRule,
  thresholdLabels,
  type Thresholds,
} from './pickCurves.ts';
import { findPeaks, heightOrder, type Peaks } from './peaks.ts';
import { DEFAULT_FLOOR } from './reach.ts';
import { piecesBetween, type SparseCurve, type SparseCurves, withMaxima } from './sparseCurve.ts';

/** Takes one pick; `label` is its place among the labels asked for. */
export type TakePick = (sample: number, label: number, probability: number) => void;

interface Candidates {
  readonly key: string;
  readonly threshold: number;
  readonly peaks: Peaks;
}

interface Ordered extends Candidates {
  /** The highest first. */
  readonly order: Uint32Array;
}

/**
 * Answers the same picks as `pickSparse`. Candidates of peak rules are found once for each distance: a threshold only
 * leaves out those below it.
 */
export class PickTable {
  readonly #curves: SparseCurves;
  readonly #sampleRateHz: number;
  readonly #candidates = new Map<string, Candidates>();
  readonly #orders = new Map<string, Ordered>();
  #whole: { key: string; peaks: ReadonlyMap<string, Peaks> } | undefined;

  constructor(curves: SparseCurves, sampleRateHz: number) {
    this.#curves = Object.fromEntries(
      Object.entries(curves).map(([label, curve]) => [label, withMaxima(curve)]),
    );
    this.#sampleRateHz = sampleRateHz;
  }

  get curves(): SparseCurves {
    return this.#curves;
  }

  /** Gives `take` the picks at samples `[from, to)` of the labels that have a threshold; of each label in order of time. */
  eachPick(
    rule: PickRule,
    thresholds: Thresholds,
    { labels, from, to }: { labels: readonly string[]; from: number; to: number },
    take: TakePick,
  ): void {
    if (rule.kind === 'peaks' || rule.kind === 'dominance') {
      for (const [k, label] of labels.entries()) {
        const threshold = thresholds[label];
        if (threshold === undefined || this.#curves[label] === undefined) continue;
        const { samples, heights } = this.#peaksOf(rule, label, threshold);
        for (let i = lowerBound(samples, from); i < samples.length; i += 1) {
          const sample = samples[i] as number;
          if (sample >= to) break;
          const height = heights[i] as number;
          if (height >= threshold) take(sample, k, height);
        }
      }
      return;
    }
    if (rule.kind === 'trigger') {
      for (const [k, label] of labels.entries()) {
        const curve = this.#curves[label];
        const threshold = thresholds[label];
        if (threshold === undefined || curve === undefined) continue;
        // A trigger knows only its own piece.
        eachTrigger(rule, threshold, piecesBetween(curve, from, to), (sample, probability) => {
          if (sample >= from && sample < to) take(sample, k, probability);
        });
      }
      return;
    }
    const picked = thresholdLabels(thresholds).filter((label) => this.#curves[label] !== undefined);
    for (const pick of findPicks(rule, thresholds, this.#curves, picked, this.#sampleRateHz)) {
      const k = labels.indexOf(pick.label);
      if (k >= 0 && pick.sample >= from && pick.sample < to) {
        take(pick.sample, k, pick.probability);
      }
    }
  }

  /** Heights of all peaks a label could have with the rule, whatever its threshold. */
  peakHeights(rule: PickRule, label: string): Float64Array {
    const curve = this.#curves[label];
    if (curve === undefined) return new Float64Array(0);
    if (rule.kind === 'peaks' || rule.kind === 'dominance') {
      return this.#peaksOf(rule, label, DEFAULT_FLOOR).heights;
    }
    return this.#allPeaks(peakConvention(rule), label, curve).heights;
  }

  #peaksOf(rule: PeakRule, label: string, threshold: number): Peaks {
    const key = JSON.stringify(rule);
    const known = this.#candidates.get(label);
    if (known?.key === key && known.threshold <= threshold) return known.peaks;
    const lowest = Math.min(threshold, DEFAULT_FLOOR);
    const { peaks, order } = this.#ordered(rule, label, lowest);
    const kept = keptPeaks(rule, peaks, this.#curves, label, order);
    this.#candidates.set(label, { key, threshold: lowest, peaks: kept });
    return kept;
  }

  /** The same for all distances. */
  #ordered(rule: PeakRule, label: string, threshold: number): Ordered {
    const key = JSON.stringify({ ...rule, minimumDistanceSamples: 0 });
    const known = this.#orders.get(label);
    if (known?.key === key && known.threshold <= threshold) return known;
    const peaks = peaksAtAll(rule, threshold, this.#curves[label] as SparseCurve);
    const ordered = { key, threshold, peaks, order: heightOrder(peaks, keptOfEquals(rule)) };
    this.#orders.set(label, ordered);
    return ordered;
  }

  #allPeaks(
    convention: ReturnType<typeof peakConvention>,
    label: string,
    curve: SparseCurve,
  ): Peaks {
    const known = this.#whole?.key === convention ? this.#whole.peaks : new Map<string, Peaks>();
    const peaks = known.get(label) ?? findPeaks(curve, DEFAULT_FLOOR, convention);
    this.#whole = { key: convention, peaks: new Map([...known, [label, peaks]]) };
    return peaks;
  }
}

/** The first place whose value is not below `wanted`. */
function lowerBound(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { type PhaseFamily } from '../../../src/domain/event/pick.ts';
import { PEAK_BIN } from '../../../src/domain/event/repick.ts';
import { phaseColours } from '../palette.ts';
import type { Pen } from '../pen.ts';

/** Half the thumb of a slider below: there its ends lie. */
export const HISTOGRAM_INSET_PX = 8;
export const HISTOGRAM_BINS = 50;

export interface PeakHistogramFacts {
  /** All peaks, `HISTOGRAM_BINS` from 0 to 1. */
  readonly counts: Float64Array;
  /** Those the reference has. */
  readonly matched: Float64Array;
  /** Of the run's picks those an analyst kept, and those rejected. */
  readonly accepted: Float64Array;
  readonly rejected: Float64Array;
  readonly threshold: number;
  readonly savedThreshold: number | undefined;
  readonly family: PhaseFamily;
  readonly scale: 'log' | 'linear';
}

/** Counts of `PeakHistogram` in fewer, wider bins. */
export function widerBins(counts: Uint32Array, bins = HISTOGRAM_BINS): Float64Array {
  const wider = new Float64Array(bins);
  const each = 1 / PEAK_BIN / bins;
  for (let i = 0; i < counts.length; i += 1) {
    const bin = Math.min(bins - 1, Math.floor(i / each));
    wider[bin] = (wider[bin] as number) + (counts[i] as number);
  }
  return wider;
}

export function countHeights(heights: readonly number[], bins = HISTOGRAM_BINS): Float64Array {
  const counts = new Float64Array(bins);
  for (const height of heights) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(height * bins + 1e-6)));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

/**
 * Bars grey below the threshold, in the phase's hue from it on. Of each bar the share that an analyst kept is filled
 * from below, above it the share that was rejected; a tick across it: so many the reference has.
 */
export function paintPeakHistogram(pen: Pen, facts: PeakHistogramFacts): void {
  const { counts, matched, accepted, rejected, threshold, savedThreshold, family, scale } = facts;
  const { palette, widthPx, heightPx } = pen;
  const inner = widthPx - 2 * HISTOGRAM_INSET_PX;
  const xOf = (value: number): number => HISTOGRAM_INSET_PX + value * inner;
  const most = Math.max(1, ...counts);
  const share = (n: number): number =>
    scale === 'log' ? Math.log1p(n) / Math.log1p(most) : n / most;
  const pitch = inner / counts.length;
  const hue = phaseColours(palette, family).line;
  counts.forEach((n, i) => {
    if (n === 0) return;
    const height = Math.max(1, share(n) * (heightPx - 3));
    const [left, right] = [
      xOf(i / counts.length),
      xOf((i + 1) / counts.length) - (pitch > 3 ? 1 : 0),
    ];
    const cut = Math.min(right, Math.max(left, xOf(threshold)));
    if (cut > left) pen.rect(left, heightPx - height, cut - left, height, palette['chart-bar']);
    if (right > cut) pen.rect(cut, heightPx - height, right - cut, height, hue);
    const kept = (height * Math.min(n, accepted[i] ?? 0)) / n;
    const struck = Math.min(height - kept, (height * (rejected[i] ?? 0)) / n);
    if (kept > 0) pen.rect(left, heightPx - kept, right - left, kept, palette.ink);
    if (struck > 0) {
      pen.rect(left, heightPx - kept - struck, right - left, struck, palette['state-rejected']);
    }
    const has = matched[i] ?? 0;
    if (has > 0)
      pen.horizontal(left, right, heightPx - share(has) * (heightPx - 3), palette['text-1']);
  });
  pen.horizontal(0, widthPx, heightPx - 1, palette['chart-axis']);
  if (savedThreshold !== undefined) {
    pen.verticalDashed(xOf(savedThreshold), [0, heightPx], palette['text-3'], [2, 2]);
  }
  pen.vertical(xOf(threshold), 0, heightPx, palette.ink);
}

/** Counts in a row of bars, for how many there are from hour to hour. */
export function paintSparkline(pen: Pen, counts: Uint32Array, family: PhaseFamily): void {
  const { palette, widthPx, heightPx } = pen;
  const most = Math.max(1, ...counts);
  const pitch = widthPx / counts.length;
  counts.forEach((n, i) => {
    const height = n === 0 ? 0 : Math.max(1, (n / most) * (heightPx - 1));
    pen.rect(i * pitch, heightPx - 1 - height, Math.max(1, pitch - 1), height, phaseColours(palette, family).line); // prettier-ignore
  });
  pen.horizontal(0, widthPx, heightPx - 1, palette['chart-axis']);
}

// 95 % intervals of recall, precision and F1.

import type { Interval } from '../domain/evaluation/score.ts';
import { Random } from './random.ts';

/** What was found in one block of time. */
export interface BlockCounts {
  matched: number;
  missed: number;
  extra: number;
}

export interface BootstrapOptions {
  readonly seed: number;
  readonly resamples: number;
}

export const BOOTSTRAP: BootstrapOptions = { seed: 1, resamples: 1000 };

/** Quantile of the standard normal for 95 %. */
const Z = 1.959963984540054;
/** With fewer outcomes than this the blocks are too few to be drawn from. */
const FEWEST_OUTCOMES = 10;

export interface RateIntervals {
  readonly recall: Interval | null;
  readonly precision: Interval | null;
  readonly f1: Interval | null;
}

/**
 * Percentile intervals of a block bootstrap: blocks of time are drawn with replacement, all stations of a block
 * together, because the picks of one event are found or missed together (Künsch 1989). Where that says nothing
 * (fewer than 10 outcomes, fewer than two blocks, all or none found) it is Wilson's interval of the proportion
 * (Wilson 1927); for F1 that of J = matched / (matched + missed + extra), as F1 = 2J / (1 + J). Null where the
 * rate itself is.
 */
export function rateIntervals(
  blocks: readonly BlockCounts[],
  options: BootstrapOptions = BOOTSTRAP,
): RateIntervals {
  const total = sumOf(blocks);
  if (total.matched + total.missed === 0) return { recall: null, precision: null, f1: null };
  let drawn: BlockCounts[] | undefined;
  const interval = (
    of: (counts: BlockCounts) => number,
    rate: (share: number) => number = (share) => share,
  ): Interval | null => {
    const outcomes = of(total);
    if (outcomes === 0) return null;
    const { matched } = total;
    const few = blocks.length < 2 || outcomes < FEWEST_OUTCOMES;
    if (few || matched === 0 || matched === outcomes) {
      const [low, high] = wilson(matched, outcomes);
      return [rate(low), rate(high)];
    }
    drawn ??= drawTotals(blocks, options);
    const rates = drawn.flatMap((counts) => (of(counts) > 0 ? [counts.matched / of(counts)] : []));
    return [rate(quantile(rates, 0.025)), rate(quantile(rates, 0.975))];
  };
  const recall = interval((counts) => counts.matched + counts.missed);
  const precision = interval((counts) => counts.matched + counts.extra);
  const f1 =
    recall === null || precision === null
      ? null
      : interval(
          (counts) => counts.matched + counts.missed + counts.extra,
          (share) => (2 * share) / (1 + share),
        );
  return { recall, precision, f1 };
}

export function sumOf(blocks: readonly BlockCounts[]): BlockCounts {
  const total = { matched: 0, missed: 0, extra: 0 };
  for (const { matched, missed, extra } of blocks) {
    total.matched += matched;
    total.missed += missed;
    total.extra += extra;
  }
  return total;
}

function drawTotals(
  blocks: readonly BlockCounts[],
  { seed, resamples }: BootstrapOptions,
): BlockCounts[] {
  const random = new Random(seed);
  return Array.from({ length: resamples }, () => {
    const total = { matched: 0, missed: 0, extra: 0 };
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[random.below(blocks.length)];
      total.matched += block?.matched ?? 0;
      total.missed += block?.missed ?? 0;
      total.extra += block?.extra ?? 0;
    }
    return total;
  });
}

/** Wilson's 95 % score interval of a proportion; [0, 1] of nothing. */
export function wilson(successes: number, trials: number): Interval {
  if (trials === 0) return [0, 1];
  const share = successes / trials;
  const scale = 1 + Z ** 2 / trials;
  const middle = (share + Z ** 2 / (2 * trials)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / trials + (Z / (2 * trials)) ** 2);
  const low = successes === 0 ? 0 : Math.max(0, middle - half);
  return [low, successes === trials ? 1 : Math.min(1, middle + half)];
}

/** Linear between the two nearest values; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] ?? NaN, sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN];
  return low + (place - below) * (high - low);
}

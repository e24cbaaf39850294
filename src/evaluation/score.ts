import { FEWEST_TO_TUNE, type Score, TOO_FEW_TO_TUNE } from '../domain/evaluation/score.ts';
import type { ScoredPhase, Tolerance } from '../domain/evaluation/tolerance.ts';
import {
  type BlockCounts,
  BOOTSTRAP,
  type BootstrapOptions,
  rateIntervals,
  sumOf,
} from './intervals.ts';
import { type Matching, matchPicks } from './matchPicks.ts';
import { residualStatistics } from './residuals.ts';
import { type ScoredPick, scoredPhase } from './scoredPick.ts';

export interface ScoreOptions extends BootstrapOptions {
  /** Length of the blocks of the bootstrap: what lies within is found or missed together. */
  readonly blockS: number;
}

/** Ten minutes hold the P and S of a local event at all its stations. */
export const SCORE_OPTIONS: ScoreOptions = { ...BOOTSTRAP, blockS: 600 };

export interface PickScores extends Readonly<Record<ScoredPhase | 'all', Score>> {
  readonly matching: Matching;
}

/** Scores of P, of S and of both together. */
export function scorePicks(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  tolerance: Tolerance,
  options: ScoreOptions = SCORE_OPTIONS,
): PickScores {
  const matching = matchPicks(references, picks, tolerance);
  const outcomes = outcomesOf(references, picks, matching);
  const ofPhase = (phase: ScoredPhase): Score =>
    scoreOf(
      outcomes.filter((outcome) => outcome.phase === phase),
      options,
    );
  return { all: scoreOf(outcomes, options), P: ofPhase('P'), S: ofPhase('S'), matching };
}

/** One reference that was found or missed, or one pick too many. */
export interface Outcome {
  readonly kind: 'matched' | 'missed' | 'extra';
  readonly phase: ScoredPhase;
  /** The reference; of an extra pick, the pick. */
  readonly of: ScoredPick;
  /** The pick, where there is one. */
  readonly found: ScoredPick | undefined;
  /** Index of the reference; undefined for an extra pick. */
  readonly reference: number | undefined;
  /** Index of the pick; undefined for a missed reference. */
  readonly pick: number | undefined;
  readonly residualS: number | undefined;
}

/** Everything that is counted, one by one. */
export function outcomesOf(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  matching: Matching,
): Outcome[] {
  const outcomes: Outcome[] = [];
  const add = (
    kind: Outcome['kind'],
    of: ScoredPick | undefined,
    rest: Pick<Outcome, 'found' | 'reference' | 'pick' | 'residualS'>,
  ): void => {
    const phase = scoredPhase(of?.phase ?? '');
    if (of && phase !== undefined) outcomes.push({ kind, phase, of, ...rest });
  };
  for (const { reference, pick, residualS } of matching.pairs) {
    const found = picks[pick];
    add('matched', references[reference], { found, reference, pick, residualS });
  }
  for (const reference of matching.missed) {
    const nothing = { found: undefined, pick: undefined, residualS: undefined };
    add('missed', references[reference], { reference, ...nothing });
  }
  for (const pick of matching.extra) {
    const found = picks[pick];
    add('extra', found, { found, reference: undefined, pick, residualS: undefined });
  }
  return outcomes;
}

/** The score of some outcomes: counts, rates with intervals, residuals. */
export function scoreOf(
  outcomes: readonly Outcome[],
  options: ScoreOptions = SCORE_OPTIONS,
): Score {
  const blocks = blocksOf(outcomes, options.blockS);
  const { matched, missed, extra } = sumOf(blocks);
  const reference = matched + missed;
  const picks = matched + extra;
  return {
    ...{ reference, picks, matched, missed, extra },
    ...rates({ matched, missed, extra }),
    ci: rateIntervals(blocks, options),
    residualS: residualStatistics(outcomes.flatMap(({ residualS }) => residualS ?? [])),
    note: reference < FEWEST_TO_TUNE ? TOO_FEW_TO_TUNE : null,
  };
}

/** Null where there is nothing to divide by, all of them where there is no reference; F1 where recall or precision is. */
export function rates({ matched, missed, extra }: BlockCounts): {
  recall: number | null;
  precision: number | null;
  f1: number | null;
} {
  // Nobody looked, or nothing was there: which of the two, picks alone do not tell.
  if (matched + missed === 0) return { recall: null, precision: null, f1: null };
  const recall = matched / (matched + missed);
  const precision = matched + extra > 0 ? matched / (matched + extra) : null;
  const f1 = precision === null ? null : (2 * matched) / (2 * matched + missed + extra);
  return { recall, precision, f1 };
}

/** Counts per block of time, all stations together, in order of time. */
export function blocksOf(outcomes: readonly Outcome[], blockS: number): BlockCounts[] {
  const blocks = new Map<number, BlockCounts>();
  for (const { kind, of } of outcomes) {
    // Rounding moves the border of a block by less than a microsecond.
    const key = Math.floor(Number(of.time) / 1e9 / blockS);
    const block = blocks.get(key) ?? { matched: 0, missed: 0, extra: 0 };
    block[kind] += 1;
    blocks.set(key, block);
  }
  return [...blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
}

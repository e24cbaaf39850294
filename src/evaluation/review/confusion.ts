// What became of a machine's onsets under an analyst's eyes.

import { type EpochNs, secondsBetween } from '../../base/time.ts';
import type { ResidualHistogram } from '../../domain/evaluation/comparison.ts';
import type { ConfusionGroup, PhaseConfusion } from '../../domain/evaluation/reviewSummary.ts';
import {
  SCORED_PHASES,
  type ScoredPhase,
  type Tolerance,
} from '../../domain/evaluation/tolerance.ts';
import type { PickState } from '../../domain/event/pick.ts';
import { contains, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { matchPicks } from '../matchPicks.ts';
import { residualHistogram, residualStatistics } from '../residuals.ts';
import { scoredPhase } from '../scoredPick.ts';

/** An onset that a run found, with the pick of the catalog that stands for it. */
export interface MachineOnset {
  readonly runId: number;
  /** `NET.STA` */
  readonly station: string;
  readonly phase: string;
  readonly time: EpochNs;
  readonly probability: number | undefined;
  readonly pickId: number | undefined;
  /** As the pick stands now; `removed` by an analyst, `cleared` by a later run of the model. */
  readonly now:
    | { readonly state: PickState; readonly time: EpochNs; readonly phase: string }
    | 'removed'
    | 'cleared';
}

/** A pick an analyst has confirmed or made. */
export interface StandingPick {
  readonly id: number;
  readonly station: string;
  readonly phase: string;
  readonly time: EpochNs;
}

/** What a run has looked at. */
export interface RunReach {
  readonly runId: number;
  readonly modelId: string;
  readonly setHash: string | undefined;
  readonly window: TimeWindow | undefined;
  /** `NET.STA` */
  readonly stations: readonly string[];
  /** In force, by phase. */
  readonly thresholds: Readonly<Partial<Record<ScoredPhase, number>>>;
}

export type Fate = 'accepted' | 'moved' | 'relabelled' | 'rejected' | 'deferred' | 'waiting';

export interface JudgedOnset extends MachineOnset {
  readonly family: ScoredPhase;
  readonly fate: Fate;
  /** Analyst − machine; undefined unless an analyst's pick stands for it. */
  readonly movedS: number | undefined;
  /** The standing pick, which is another one where the analyst replaced it. */
  readonly standingId: number | undefined;
}

export interface ConfusionOptions {
  readonly tolerance: Tolerance;
  readonly movedBeyondS: number;
}

/**
 * The fate of each onset of P or S; what a later run cleared unseen has none. A removed pick with a standing pick of
 * its station and phase within the tolerance, which is no other onset's of the run, was replaced: moved.
 */
export function judgeOnsets(
  onsets: readonly MachineOnset[],
  standing: readonly StandingPick[],
  { tolerance, movedBeyondS }: ConfusionOptions,
): JudgedOnset[] {
  const judged: JudgedOnset[] = [];
  for (const own of Map.groupBy(onsets, ({ runId }) => runId).values()) {
    const taken = new Set(own.map(({ pickId }) => pickId));
    const free = standing.filter(({ id }) => !taken.has(id));
    const removed = own.filter(({ now }) => now === 'removed');
    const replaced = new Map(
      matchPicks(removed, free, tolerance).pairs.map(({ reference, pick }) => [
        removed[reference],
        free[pick],
      ]),
    );
    for (const onset of own) {
      const family = scoredPhase(onset.phase);
      if (family === undefined || onset.now === 'cleared') continue;
      judged.push(judge(onset, family, replaced.get(onset), movedBeyondS));
    }
  }
  return judged;
}

function judge(
  onset: MachineOnset,
  family: ScoredPhase,
  replacement: StandingPick | undefined,
  movedBeyondS: number,
): JudgedOnset {
  const { now, time, pickId } = onset;
  const nothing = { movedS: undefined, standingId: undefined };
  if (typeof now === 'string') {
    if (!replacement) return { ...onset, family, fate: 'rejected', ...nothing };
    const movedS = secondsBetween(time, replacement.time);
    return { ...onset, family, fate: 'moved', movedS, standingId: replacement.id };
  }
  if (now.state === 'automatic') return { ...onset, family, fate: 'waiting', ...nothing };
  if (now.state !== 'confirmed' && now.state !== 'manual') {
    return { ...onset, family, fate: now.state, ...nothing };
  }
  const movedS = secondsBetween(time, now.time);
  const relabelled = scoredPhase(now.phase) !== family;
  const moved = Math.abs(movedS) > movedBeyondS;
  const fate = relabelled ? 'relabelled' : moved ? 'moved' : 'accepted';
  return { ...onset, family, fate, movedS, standingId: pickId };
}

/** The standing picks that none of the judged onsets stands for or lies near, within what the runs looked at. */
export function addedPicks(
  judged: readonly JudgedOnset[],
  standing: readonly StandingPick[],
  reaches: readonly RunReach[],
  tolerance: Tolerance,
): StandingPick[] {
  const known = new Set(judged.map(({ standingId }) => standingId));
  const within = standing.filter(
    (pick) => !known.has(pick.id) && reaches.some((reach) => reachedBy(reach, pick)),
  );
  const alone = judged.filter(({ standingId }) => standingId === undefined);
  const found = matchPicks(within, alone, tolerance);
  return found.missed.flatMap((index) => within[index] ?? []);
}

export function reachedBy(
  { stations, window }: RunReach,
  { station, time }: { readonly station: string; readonly time: EpochNs },
): boolean {
  return stations.includes(station) && (window === undefined || contains(window, time));
}

/** Counts and moves by phase. An onset of several runs with one pick counts once. */
export function confusionOf(
  group: Pick<ConfusionGroup, 'kind' | 'name' | 'runIds'>,
  judged: readonly JudgedOnset[],
  added: readonly StandingPick[],
  { movedBeyondS }: ConfusionOptions,
): ConfusionGroup {
  const once = [...new Map(judged.map((onset) => [onset.pickId ?? onset, onset])).values()];
  const reach = histogramReach(once);
  return {
    ...group,
    phases: SCORED_PHASES.map((phase): PhaseConfusion => {
      const own = once.filter(({ family }) => family === phase);
      const count = (fate: Fate): number => own.filter((onset) => onset.fate === fate).length;
      const moves = own
        .filter(({ fate }) => fate === 'moved')
        .flatMap(({ movedS }) => movedS ?? []);
      return {
        ...{ phase, found: own.length, accepted: count('accepted'), moved: count('moved') },
        ...{ relabelled: count('relabelled'), rejected: count('rejected') },
        ...{ deferred: count('deferred'), waiting: count('waiting') },
        added: added.filter((pick) => scoredPhase(pick.phase) === phase).length,
        movedS: residualStatistics(moves),
        histogram: histogramOf(moves, reach, movedBeyondS),
      };
    }),
  };
}

const BINS = 31;

function histogramOf(moves: readonly number[], reachS: number, leastS: number): ResidualHistogram {
  return residualHistogram(moves, Math.max(reachS, leastS), BINS);
}

/** A round number of seconds that holds all moves. */
function histogramReach(judged: readonly JudgedOnset[]): number {
  const sizes = judged.map(({ fate, movedS }) => (fate === 'moved' ? Math.abs(movedS ?? 0) : 0));
  const most = sizes.reduce((a, b) => Math.max(a, b), 0);
  return [0.1, 0.2, 0.5, 1, 2, 5, 10, 30].find((reach) => reach >= most) ?? most;
}

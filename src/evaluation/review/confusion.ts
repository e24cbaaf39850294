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
import { OnsetIndex } from './onsetIndex.ts';
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
 * The fate of each onset of P or S; what a later run cleared unseen has none. A rejected or removed pick with a standing
 * pick of its station and phase within the tolerance, which is no other onset's of the run, was replaced by it: the
 * onset was right, or has moved.
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
    const removed = own.filter(({ now }) => isTurnedDown(now));
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
  if (replacement) {
    const movedS = secondsBetween(time, replacement.time);
    const fate = Math.abs(movedS) > movedBeyondS ? 'moved' : 'accepted';
    return { ...onset, family, fate, movedS, standingId: replacement.id };
  }
  if (typeof now === 'string') return { ...onset, family, fate: 'rejected', ...nothing };
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

function isTurnedDown(now: MachineOnset['now']): boolean {
  return typeof now === 'string' ? now === 'removed' : now.state === 'rejected';
}

/** The standing picks within what the runs looked at that have no onset of theirs within the tolerance. */
export function addedPicks(
  judged: readonly JudgedOnset[],
  standing: readonly StandingPick[],
  reaches: readonly RunReach[],
  tolerance: Tolerance,
): StandingPick[] {
  const known = new Set(judged.map(({ standingId }) => standingId));
  const found = new OnsetIndex(judged.map((onset) => ({ ...onset, phase: onset.family })));
  const isNew = (pick: StandingPick): boolean => {
    const phase = scoredPhase(pick.phase);
    if (phase === undefined || known.has(pick.id)) return false;
    return !found.hasNear({ ...pick, phase }, tolerance[phase]);
  };
  const within = standing.filter((pick) => reaches.some((reach) => reachedBy(reach, pick)));
  return distinctOnsets(within.filter(isNew), new Set(), tolerance);
}

/** One pick an onset where several runs' picks of it were accepted: those named, else the first. */
export function distinctOnsets(
  standing: readonly StandingPick[],
  first: ReadonlySet<number | undefined>,
  tolerance: Tolerance,
): StandingPick[] {
  const kept = standing.filter(({ id }) => first.has(id));
  const others = standing.filter(({ id }) => !first.has(id));
  const index = new OnsetIndex(kept.map(byFamily));
  let last: StandingPick | undefined;
  const order = (a: StandingPick, b: StandingPick): number =>
    compareText(a.station + a.phase, b.station + b.phase) || Number(a.time - b.time);
  for (const pick of others.toSorted(order)) {
    const phase = scoredPhase(pick.phase);
    if (phase === undefined || index.hasNear(byFamily(pick), tolerance[phase])) continue;
    if (last && new OnsetIndex([byFamily(last)]).hasNear(byFamily(pick), tolerance[phase]))
      continue;
    kept.push(pick);
    last = pick;
  }
  return kept;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byFamily(pick: StandingPick): StandingPick {
  return { ...pick, phase: scoredPhase(pick.phase) ?? pick.phase };
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

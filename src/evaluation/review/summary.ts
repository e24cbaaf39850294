import type {
  ConfusionGroup,
  ReviewedThreshold,
  ReviewSummary,
  WouldHaveChanged,
} from '../../domain/evaluation/reviewSummary.ts';
import { SCORED_PHASES } from '../../domain/evaluation/tolerance.ts';
import type { ThresholdSuggestion } from '../../domain/evaluation/thresholdCurve.ts';
import { SCORE_OPTIONS } from '../score.ts';
import type { ScoredPick } from '../scoredPick.ts';
import { suggestByStation, suggestThreshold } from '../suggestThreshold.ts';
import {
  addedPicks,
  confusionOf,
  distinctOnsets,
  type ConfusionOptions,
  type JudgedOnset,
  judgeOnsets,
  type MachineOnset,
  reachedBy,
  type RunReach,
  type StandingPick,
} from './confusion.ts';

export interface ReviewRecord extends ConfusionOptions {
  readonly revision: number;
  readonly onsets: readonly MachineOnset[];
  readonly standing: readonly StandingPick[];
  readonly runs: readonly RunReach[];
  /** Whose thresholds are suggested; of the run with the most decisions when undefined. */
  readonly runId: number | undefined;
}

/** Stations are many: their intervals are drawn from fewer samples. */
const STATION_SCORING = { ...SCORE_OPTIONS, resamples: 200 };

/**
 * Machine and analyst set against each other, by model, set, run and station, and the thresholds that follow from the
 * decisions: only what was decided is scored, so a review of a part speaks of that part.
 */
export function summariseReview(record: ReviewRecord): ReviewSummary {
  const { runs, standing, tolerance, movedBeyondS, revision } = record;
  const judged = judgeOnsets(record.onsets, standing, record);
  const of = (kind: ConfusionGroup['kind'], name: string, own: readonly RunReach[]) => {
    const runIds = own.map(({ runId }) => runId);
    const mine = judged.filter(({ runId }) => runIds.includes(runId));
    return confusionOf(
      { kind, name, runIds },
      mine,
      addedPicks(mine, standing, own, tolerance),
      record,
    );
  };
  const models = Map.groupBy(runs, ({ modelId }) => modelId);
  const sets = Map.groupBy(
    runs.filter(({ setHash }) => setHash !== undefined),
    ({ setHash }) => setHash ?? '',
  );
  const run = chosenRun(record, judged);
  return {
    ...{ revision, tolerance, movedBeyondS },
    groups: [
      of('all', 'all runs', runs),
      ...[...models].map(([name, own]) => of('model', name, own)),
      ...[...sets].map(([name, own]) => of('set', name, own)),
      ...runs.map((own) => of('run', `run ${own.runId}`, [own])),
    ],
    stations: run ? stationGroups(record, judged, run) : [],
    runId: run?.runId,
    thresholds: run ? thresholdsOf(record, judged, run) : [],
  };
}

const isDecided = ({ fate }: JudgedOnset): boolean => fate !== 'waiting' && fate !== 'deferred';

function chosenRun(
  { runs, runId }: ReviewRecord,
  judged: readonly JudgedOnset[],
): RunReach | undefined {
  if (runId !== undefined) return runs.find((run) => run.runId === runId);
  const decided = (run: RunReach): number =>
    judged.filter((onset) => onset.runId === run.runId && isDecided(onset)).length;
  const tunable = runs.filter(({ thresholds }) => Object.keys(thresholds).length > 0);
  // Of equals the newest, which is the last.
  return (tunable.length > 0 ? tunable : runs).reduce<RunReach | undefined>(
    (best, run) => (best && decided(best) > decided(run) ? best : run),
    undefined,
  );
}

function stationGroups(
  { standing, tolerance, ...options }: ReviewRecord,
  judged: readonly JudgedOnset[],
  run: RunReach,
): ConfusionGroup[] {
  const mine = judged.filter(({ runId }) => runId === run.runId);
  const added = addedPicks(mine, standing, [run], tolerance);
  return [...run.stations].sort().map((station) =>
    confusionOf(
      { kind: 'station', name: station, runIds: [run.runId] },
      mine.filter((onset) => onset.station === station),
      added.filter((pick) => pick.station === station),
      { tolerance, ...options },
    ),
  );
}

function thresholdsOf(
  { standing, tolerance }: ReviewRecord,
  judged: readonly JudgedOnset[],
  run: RunReach,
): ReviewedThreshold[] {
  const mine = judged.filter(({ runId }) => runId === run.runId);
  const picks: ScoredPick[] = mine.filter(isDecided);
  const own = new Set(mine.map(({ standingId }) => standingId));
  const within = standing.filter((pick) => reachedBy(run, pick));
  const references = distinctOnsets(within, own, tolerance);
  return SCORED_PHASES.flatMap((phase) => {
    const options = { tolerance, phase };
    const suggestions = [
      suggestThreshold(references, picks, options),
      ...suggestByStation(references, picks, options, STATION_SCORING),
    ];
    return suggestions.map((suggestion) => reviewed(suggestion, mine, run));
  });
}

function reviewed(
  { phase, station, threshold, score, plausible, note }: ThresholdSuggestion,
  mine: readonly JudgedOnset[],
  run: RunReach,
): ReviewedThreshold {
  const own = mine.filter(
    (onset) => onset.family === phase && (station === undefined || onset.station === station),
  );
  return {
    ...{ phase, station, inForce: run.thresholds[phase], suggested: threshold },
    ...{ score, plausible, note },
    changed: threshold === null ? undefined : wouldHaveChanged(own, threshold),
  };
}

function wouldHaveChanged(own: readonly JudgedOnset[], threshold: number): WouldHaveChanged {
  const below = own.filter(({ probability }) => (probability ?? 1) < threshold);
  const ids = (fates: readonly JudgedOnset['fate'][]): number[] =>
    below
      .filter(({ fate }) => fates.includes(fate))
      .flatMap(({ standingId, pickId }) => standingId ?? pickId ?? []);
  const wrong = own.filter(({ fate }) => fate === 'rejected').length;
  const spared = below.filter(({ fate }) => fate === 'rejected').length;
  return {
    spared: ids(['rejected']),
    missed: ids(['accepted', 'moved', 'relabelled']),
    waiting: ids(['waiting', 'deferred']),
    stillWrong: wrong - spared,
  };
}

import {
  FEWEST_TO_TUNE,
  type Interval,
  type Score,
  TOO_FEW_TO_TUNE,
} from '../domain/evaluation/score.ts';
import type { ThresholdPoint, ThresholdSuggestion } from '../domain/evaluation/thresholdCurve.ts';
import { SCORE_OPTIONS, type ScoreOptions, scorePicks } from './score.ts';
import { type ScoredPick, scoredPhase } from './scoredPick.ts';
import { type CurveOptions, thresholdCurve } from './thresholdCurve.ts';

/**
 * The threshold with the largest F1 (of equals the highest), put half way to the next lower probability so that it
 * hangs on no single pick. None where fewer than 10 references are at hand: then the curve is chance.
 */
export function suggestThreshold(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  options: CurveOptions & { readonly station?: string },
  scoring: ScoreOptions = SCORE_OPTIONS,
): ThresholdSuggestion {
  const { phase, tolerance, station } = options;
  const own = (of: readonly ScoredPick[]): ScoredPick[] =>
    of.filter(
      (each) =>
        scoredPhase(each.phase) === phase && (station === undefined || each.station === station),
    );
  const [ownReferences, ownPicks] = [own(references), own(picks)];
  const curve = thresholdCurve(ownReferences, ownPicks, options);
  const best = bestPoint(curve.points);
  const enough = curve.reference >= FEWEST_TO_TUNE;
  const threshold = best !== undefined && enough ? between(curve.points, best) : null;
  const kept = ownPicks.filter(({ probability }) => (probability ?? 1) >= (threshold ?? 0));
  const score = scorePicks(ownReferences, kept, tolerance, scoring)[phase];
  return {
    phase,
    station,
    threshold,
    score,
    plausible: threshold === null ? null : plausible(curve.points, score),
    curve,
    note: enough ? null : TOO_FEW_TO_TUNE,
  };
}

/** A suggestion for each station that has references or picks of the phase, by name. */
export function suggestByStation(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  options: Omit<CurveOptions, 'observedS'> & {
    readonly observedSOf?: (station: string) => number | undefined;
  },
  scoring: ScoreOptions = SCORE_OPTIONS,
): ThresholdSuggestion[] {
  const { observedSOf, ...rest } = options;
  const stationed = (of: readonly ScoredPick[]) =>
    Map.groupBy(
      of.filter((each) => scoredPhase(each.phase) === options.phase),
      ({ station }) => station,
    );
  const [referencesOf, picksOf] = [stationed(references), stationed(picks)];
  const stations = [...new Set([...referencesOf.keys(), ...picksOf.keys()])].sort();
  return stations.map((station) =>
    suggestThreshold(
      referencesOf.get(station) ?? [],
      picksOf.get(station) ?? [],
      { ...rest, station, observedS: observedSOf?.(station) },
      scoring,
    ),
  );
}

function bestPoint(points: readonly ThresholdPoint[]): number | undefined {
  let best: number | undefined;
  points.forEach(({ f1 }, index) => {
    const known = best === undefined ? 0 : (points[best]?.f1 ?? 0);
    if (f1 !== null && f1 > known) best = index;
  });
  return best;
}

function between(points: readonly ThresholdPoint[], index: number): number {
  const here = points[index]?.threshold ?? 0;
  const below = points[index + 1]?.threshold;
  return below === undefined ? here : (here + below) / 2;
}

function plausible(points: readonly ThresholdPoint[], score: Score): Interval | null {
  const least = score.ci.f1?.[0];
  if (least === undefined) return null;
  const within = points.filter(({ f1 }) => f1 !== null && f1 >= least);
  const thresholds = within.map(({ threshold }) => threshold);
  const [high, low] = [thresholds[0], thresholds.at(-1)];
  return high === undefined || low === undefined ? null : [low, high];
}

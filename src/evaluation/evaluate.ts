// Everything that is drawn of a score, from one matching.

import type {
  EvaluatedOnset,
  EvaluationReport,
  PhaseEvaluation,
} from '../domain/evaluation/evaluationReport.ts';
import type { ThresholdCurve } from '../domain/evaluation/thresholdCurve.ts';
import type { ScoredPhase, Tolerance } from '../domain/evaluation/tolerance.ts';
import { scoreParts } from './breakdown.ts';
import { calibrate, type Calibration } from '../domain/evaluation/calibration.ts';
import {
  fitIsotonic,
  fitTemperature,
  type JudgedPick,
  judgedPicks,
  reliability,
} from './calibration.ts';
import { outliers } from './outliers.ts';
import { outcomesOf, type PickScores, scorePicks } from './score.ts';
import { scoredPhase } from './scoredPick.ts';
import { type Coverage, type ListedPick, observedSeconds } from './selectPicks.ts';
import { suggestByStation, suggestThreshold } from './suggestThreshold.ts';

export interface EvaluateOptions {
  readonly tolerance: Tolerance;
  /** Where the picks could be; false picks per hour are only known with it. */
  readonly coverage: Coverage | undefined;
  /** By label; what the probabilities would be turned into. */
  readonly calibration?: Readonly<Record<string, Calibration>> | undefined;
  /** How far apart an outlier may be. */
  readonly outlierS?: number;
}

const OUTLIER_S = 3;
const CURVE_POINTS = 400;

/** All but the counts of what was left out, which the caller knows. */
export function evaluate(
  references: readonly ListedPick[],
  picks: readonly ListedPick[],
  options: EvaluateOptions,
): Omit<EvaluationReport, 'scores'> & { readonly scores: PickScores } {
  const { tolerance, coverage } = options;
  const scores = scorePicks(references, picks, tolerance);
  const outcomes = outcomesOf(references, picks, scores.matching);
  const phase = (name: ScoredPhase) => evaluatePhase(name, references, picks, scores, options);
  return {
    scores,
    byPhase: { P: phase('P'), S: phase('S') },
    ...scoreParts(outcomes),
    onsets: onsetsOf(references, picks, scores, options.outlierS ?? OUTLIER_S),
    observedS: coverage && observedSeconds(coverage),
  };
}

function evaluatePhase(
  phase: ScoredPhase,
  references: readonly ListedPick[],
  picks: readonly ListedPick[],
  { matching }: PickScores,
  { tolerance, coverage, calibration }: EvaluateOptions,
): PhaseEvaluation {
  const observedS = coverage && observedSeconds(coverage);
  const observedSOf = (station: string) => coverage && observedSeconds(coverage, station);
  const whole = suggestThreshold(references, picks, { tolerance, phase, observedS });
  const stations = suggestByStation(references, picks, { tolerance, phase, observedSOf });
  const isOwn = (index: number) => scoredPhase(picks[index]?.phase ?? '') === phase;
  const own = {
    ...matching,
    pairs: matching.pairs.filter((pair) => pair.phase === phase),
    extra: matching.extra.filter(isOwn),
  };
  const judged = judgedPicks(picks, own);
  return {
    curve: thinned(whole.curve),
    reliability: reliability(judged),
    calibrated: calibration && reliability(judgedPicks(calibratedPicks(picks, calibration), own)),
    calibrations: calibrationsOf(judged),
    suggestions: [whole, ...stations].map((each) => ({ ...each, curve: thinned(each.curve) })),
  };
}

/** Only where a label has a calibration does anything change. */
function calibratedPicks(
  picks: readonly ListedPick[],
  calibration: Readonly<Record<string, Calibration>>,
): ListedPick[] {
  return picks.map((pick) => {
    const own = Object.hasOwn(calibration, pick.phase) ? calibration[pick.phase] : undefined;
    const { probability } = pick;
    return own === undefined || probability === undefined
      ? pick
      : { ...pick, probability: calibrate(own, probability) };
  });
}

function calibrationsOf(judged: readonly JudgedPick[]): PhaseEvaluation['calibrations'] {
  return [fitTemperature(judged), fitIsotonic(judged)]
    .filter((fit) => fit !== undefined)
    .map((calibration) => {
      const after = judged.map(({ probability, right }) => {
        return { probability: calibrate(calibration, probability), right };
      });
      return { calibration, reliability: reliability(after) };
    });
}

/** Evenly chosen points of a curve, the best and the last among them; areas stay those of all points. */
export function thinned(curve: ThresholdCurve, most = CURVE_POINTS): ThresholdCurve {
  const { points } = curve;
  if (points.length <= most) return curve;
  const step = points.length / (most - 2);
  const best = points.reduce(
    (known, { f1 }, index) => ((f1 ?? -1) > (points[known]?.f1 ?? -1) ? index : known),
    0,
  );
  const kept = new Set([best, points.length - 1]);
  for (let i = 0; i < most - 2; i++) kept.add(Math.floor(i * step));
  return { ...curve, points: points.filter((_, index) => kept.has(index)) };
}

function onsetsOf(
  references: readonly ListedPick[],
  picks: readonly ListedPick[],
  { matching }: PickScores,
  outlierS: number,
): EvaluatedOnset[] {
  const far = outliers(references, picks, matching, outlierS);
  const ofReference = new Map(far.map((pair) => [pair.reference, pair]));
  const ofPick = new Map(far.map((pair) => [pair.pick, pair]));
  return outcomesOf(references, picks, matching)
    .map(({ kind, phase, of, found, reference, pick, residualS }) => {
      const outlier =
        kind === 'missed'
          ? ofReference.get(reference ?? -1)
          : kind === 'extra'
            ? ofPick.get(pick ?? -1)
            : undefined;
      return {
        ...{ kind, phase, station: of.station, time: of.time },
        probability: found?.probability,
        residualS: residualS ?? outlier?.residualS,
        outlier: outlier !== undefined,
        distanceKm: of.distanceKm ?? found?.distanceKm,
        snr: of.snr ?? found?.snr,
        referenceId: reference === undefined ? undefined : references[reference]?.pickId,
        pickId: pick === undefined ? undefined : picks[pick]?.pickId,
      };
    })
    .sort((a, b) => (a.time === b.time ? 0 : a.time < b.time ? -1 : 1));
}

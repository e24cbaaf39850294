import type { Calibration } from '../../domain/evaluation/calibration.ts';
import type { EvaluationReport } from '../../domain/evaluation/evaluationReport.ts';
import type { ScoreReport } from '../../domain/evaluation/score.ts';
import type { Tolerance } from '../../domain/evaluation/tolerance.ts';
import { evaluate } from '../../evaluation/evaluate.ts';
import { scoreParts } from '../../evaluation/breakdown.ts';
import { outcomesOf, scorePicks } from '../../evaluation/score.ts';
import { commonCoverage, type Coverage, selectPicks } from '../../evaluation/selectPicks.ts';
import { EVERYTHING, type PickSet } from './pickSet.ts';

export interface ScoreRequest {
  readonly reference: PickSet;
  readonly picks: PickSet;
  readonly tolerance: Tolerance;
  /** Of the reference, only what an analyst has confirmed or made. */
  readonly reviewedOnly: boolean;
  /** Of the picks, those too that an analyst rejected. */
  readonly withRejected: boolean;
  /** By label; how right the picks' probabilities would be with it. Nothing else follows it. */
  readonly calibration?: Readonly<Record<string, Calibration>> | undefined;
  /** Whether the score is said by parts too. */
  readonly parts?: boolean | undefined;
  /** Where the open project has waveforms. */
  readonly coverage: Coverage | undefined;
}

/** What `onset score` answers: only what both lists can speak of is counted. */
export function scoreSets(request: ScoreRequest): ScoreReport {
  const { references, found, leftOut } = select(request);
  const { tolerance } = request;
  const { all, P, S, matching } = scorePicks(references, found, tolerance);
  const report = { tolerance, all, P, S, leftOut };
  if (!request.parts) return report;
  return { ...report, ...scoreParts(outcomesOf(references, found, matching)) };
}

/** The same with all that is drawn of it. */
export function evaluateSets(request: ScoreRequest): EvaluationReport {
  const { references, found, leftOut, reaches } = select(request);
  const { tolerance, calibration } = request;
  const coverage = commonCoverage(reaches);
  const { scores, ...drawn } = evaluate(references, found, {
    ...{ tolerance, coverage, calibration },
  });
  const { all, P, S } = scores;
  return { ...drawn, scores: { tolerance, all, P, S, leftOut } };
}

function select({ reference, picks, coverage, reviewedOnly, withRejected }: ScoreRequest) {
  const reaches = [reference.reach, picks.reach, { ...EVERYTHING, coverage }];
  const references = selectPicks(reference.picks, { reaches, reviewedOnly, withRejected: false });
  const found = selectPicks(picks.picks, { reaches, reviewedOnly: false, withRejected });
  const leftOut = {
    reference: { ...references.leftOut, unreadable: reference.unreadable },
    picks: { ...found.leftOut, unreadable: picks.unreadable },
  };
  return { references: references.kept, found: found.kept, leftOut, reaches };
}

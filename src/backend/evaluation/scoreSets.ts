import type { EvaluationReport } from '../../domain/evaluation/evaluationReport.ts';
import type { ScoreReport } from '../../domain/evaluation/score.ts';
import type { Tolerance } from '../../domain/evaluation/tolerance.ts';
import { evaluate } from '../../evaluation/evaluate.ts';
import { scorePicks } from '../../evaluation/score.ts';
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
  /** Where the open project has waveforms. */
  readonly coverage: Coverage | undefined;
}

/** What `onset score` answers: only what both lists can speak of is counted. */
export function scoreSets(request: ScoreRequest): ScoreReport {
  const { references, found, leftOut } = select(request);
  const { tolerance } = request;
  const { all, P, S } = scorePicks(references, found, tolerance);
  return { tolerance, all, P, S, leftOut };
}

/** The same with all that is drawn of it. */
export function evaluateSets(request: ScoreRequest): EvaluationReport {
  const { references, found, leftOut, reaches } = select(request);
  const { tolerance } = request;
  const coverage = commonCoverage(reaches);
  const { scores, ...drawn } = evaluate(references, found, { tolerance, coverage });
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

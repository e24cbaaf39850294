import type { ScoreReport } from '../../domain/evaluation/score.ts';
import type { Tolerance } from '../../domain/evaluation/tolerance.ts';
import { scorePicks } from '../../evaluation/score.ts';
import { type Coverage, selectPicks } from '../../evaluation/selectPicks.ts';
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
  const { reference, picks, tolerance, coverage } = request;
  const reaches = [reference.reach, picks.reach, { ...EVERYTHING, coverage }];
  const references = selectPicks(reference.picks, {
    reaches,
    reviewedOnly: request.reviewedOnly,
    withRejected: false,
  });
  const found = selectPicks(picks.picks, {
    reaches,
    reviewedOnly: false,
    withRejected: request.withRejected,
  });
  const { all, P, S } = scorePicks(references.kept, found.kept, tolerance);
  const leftOut = {
    reference: { ...references.leftOut, unreadable: reference.unreadable },
    picks: { ...found.leftOut, unreadable: picks.unreadable },
  };
  return { tolerance, all, P, S, leftOut };
}

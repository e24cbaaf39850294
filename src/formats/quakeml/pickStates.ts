import type { Pick, PickState } from '../../domain/event/pick.ts';

export interface Evaluation {
  readonly mode: 'automatic' | 'manual';
  readonly status: 'preliminary' | 'confirmed' | 'reviewed' | 'rejected';
}

/**
 * automatic and deferred = automatic/preliminary, confirmed = automatic/confirmed, manual = manual/reviewed,
 * rejected = …/rejected with the mode in which the pick was made; where that is not known, a run or a probability
 * says automatic.
 */
export function evaluationOf(pick: Pick): Evaluation {
  switch (pick.state) {
    case 'automatic':
    case 'deferred':
      return { mode: 'automatic', status: 'preliminary' };
    case 'confirmed':
      return { mode: 'automatic', status: 'confirmed' };
    case 'manual':
      return { mode: 'manual', status: 'reviewed' };
    case 'rejected': {
      const made = pick.runId !== undefined || pick.probability !== undefined;
      const mode = pick.evaluationMode ?? (made ? 'automatic' : 'manual');
      return { mode, status: 'rejected' };
    }
  }
}

/**
 * The way back, for any file: rejected whatever the mode; manual whatever the status; automatic that somebody
 * confirmed, reviewed or made final = confirmed. Without a mode, a reviewed or final pick is a person's and
 * everything else still awaits review.
 */
export function stateOf(
  mode: string | undefined,
  status: string | undefined,
  onsetState: string | undefined,
): PickState {
  if (status === 'rejected') return 'rejected';
  if (mode === 'manual') return 'manual';
  const looked = status === 'confirmed' || status === 'reviewed' || status === 'final';
  if (mode === 'automatic') {
    if (looked) return 'confirmed';
    return onsetState === 'deferred' ? 'deferred' : 'automatic';
  }
  if (status === 'confirmed') return 'confirmed';
  return looked ? 'manual' : 'automatic';
}

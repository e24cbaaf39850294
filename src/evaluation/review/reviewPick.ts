import type { PickState } from '../../domain/event/pick.ts';

/** What the value of a pick is worked out from. Times in seconds after an origin common to all. */
export interface ReviewPick {
  readonly id: number;
  /** `NET.STA` */
  readonly station: string;
  /** Its family: P, S, surface, …. */
  readonly phase: string;
  readonly timeS: number;
  readonly probability: number | undefined;
  /** The one that was in force when it was made. */
  readonly threshold: number | undefined;
  readonly state: PickState;
  readonly runId: number | undefined;
  readonly eventId: number | undefined;
}

/** A sign that a pick may be wrong. */
export interface DoubtSign {
  /** 0 to 1. */
  readonly degree: number;
  readonly text: string;
}

/** What an analyst said of a machine's pick; undefined for what still waits, is put off, or is the analyst's own. */
export function verdictOf({
  state,
  runId,
  probability,
}: ReviewPick): 'right' | 'wrong' | undefined {
  if (runId === undefined && probability === undefined) return undefined;
  if (state === 'rejected') return 'wrong';
  return state === 'confirmed' || state === 'manual' ? 'right' : undefined;
}

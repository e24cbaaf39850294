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

/** Within it, two picks of a phase at a station are one onset. */
export const SAME_ONSET_S = 0.5;

/**
 * What an analyst said of the machines' picks, by id. A rejected pick whose onset has another that the analyst stands
 * by was one too many, not wrong: it says nothing.
 */
export function verdictsOn(picks: readonly ReviewPick[]): Map<number, 'right' | 'wrong'> {
  const verdicts = new Map<number, 'right' | 'wrong'>();
  const standing = new Map<string, ReviewPick[]>();
  for (const pick of picks) {
    if (pick.state !== 'confirmed' && pick.state !== 'manual') continue;
    const key = `${pick.station} ${pick.phase}`;
    const list = standing.get(key);
    if (list) list.push(pick);
    else standing.set(key, [pick]);
  }
  for (const pick of picks) {
    const verdict = verdictOf(pick);
    if (!verdict) continue;
    const same = verdict === 'wrong' ? (standing.get(`${pick.station} ${pick.phase}`) ?? []) : [];
    if (same.some(({ timeS }) => Math.abs(timeS - pick.timeS) <= SAME_ONSET_S)) continue;
    verdicts.set(pick.id, verdict);
  }
  return verdicts;
}

/** Undefined for what still waits, is put off, or is the analyst's own. */
function verdictOf({ state, runId, probability }: ReviewPick): 'right' | 'wrong' | undefined {
  if (runId === undefined && probability === undefined) return undefined;
  if (state === 'rejected') return 'wrong';
  return state === 'confirmed' || state === 'manual' ? 'right' : undefined;
}

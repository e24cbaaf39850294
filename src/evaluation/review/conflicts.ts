// What contradicts a pick without knowing where the earthquake was.

import { type DoubtSign, type ReviewPick, SAME_ONSET_S } from './reviewPick.ts';

/** Two onsets of one phase at one station so close are hardly two earthquakes. */
const TWIN_S = 3;
/** An S so shortly before a P … */
const BEFORE_P_S = 5;
/** … belongs to no P of so long before. */
const OWN_P_S = 30;
/** (tS − t₀) / (tP − t₀) is vP/vS where both went the same way: 1.73 in most rock. */
const LEAST_RATIO = 1.4;
const GREATEST_RATIO = 2.2;

/**
 * The strongest contradiction of each pick that has one. `originS`: the origin time of each event, in the picks'
 * seconds. Rejected picks contradict nothing.
 */
export function findConflicts(
  picks: readonly ReviewPick[],
  originS: ReadonlyMap<number, number>,
): Map<number, DoubtSign> {
  const found = new Map<number, DoubtSign>();
  for (const all of Map.groupBy(picks, ({ station }) => station).values()) {
    all.sort((a, b) => a.timeS - b.timeS);
    const standing = all.filter(({ state }) => state !== 'rejected');
    const inEvents = Map.groupBy(standing, ({ eventId }) => eventId);
    let first = 0;
    for (const pick of all) {
      while ((standing[first]?.timeS ?? Infinity) < pick.timeS - OWN_P_S) first += 1;
      const others = othersNear(standing, first, pick);
      const signs = [
        others.length > 0 ? twin(pick, others) : undefined,
        others.length > 0 ? outOfOrder(pick, others) : undefined,
        ofEvent(pick, inEvents.get(pick.eventId) ?? [], originS.get(pick.eventId ?? -1)),
      ];
      for (const sign of signs) {
        if (sign && sign.degree > (found.get(pick.id)?.degree ?? 0)) found.set(pick.id, sign);
      }
    }
  }
  return found;
}

const NOBODY: readonly ReviewPick[] = [];

/** The other picks from `OWN_P_S` before one to `BEFORE_P_S` after it; `first` is the first of them. */
function othersNear(
  standing: readonly ReviewPick[],
  first: number,
  { id, timeS }: ReviewPick,
): readonly ReviewPick[] {
  let found: ReviewPick[] | undefined;
  for (let i = first; i < standing.length; i += 1) {
    const other = standing[i];
    if (!other || other.timeS > timeS + BEFORE_P_S) break;
    if (other.id !== id) (found ??= []).push(other);
  }
  return found ?? NOBODY;
}

/** Another onset of the same phase: the less probable of the two is the doubtful one. */
function twin(pick: ReviewPick, others: readonly ReviewPick[]): DoubtSign | undefined {
  const near = others.filter((other) => {
    const apartS = Math.abs(other.timeS - pick.timeS);
    const own = other.runId === pick.runId && pick.runId !== undefined;
    return other.phase === pick.phase && apartS <= TWIN_S && (own || apartS > SAME_ONSET_S);
  });
  const nearest = nearestTo(pick.timeS, near);
  if (!nearest) return undefined;
  const weaker = isReviewed(nearest) || (nearest.probability ?? 0) >= (pick.probability ?? 0);
  return { degree: weaker ? 1 : 0.5, text: `another ${pick.phase} ${apart(pick, nearest)}` };
}

function outOfOrder(pick: ReviewPick, others: readonly ReviewPick[]): DoubtSign | undefined {
  if (pick.phase !== 'S') return undefined;
  const earlier = others.some(({ phase, timeS }) => phase === 'P' && timeS <= pick.timeS);
  if (earlier) return undefined;
  const later = others.find(({ phase, timeS }) => phase === 'P' && timeS > pick.timeS);
  return later && { degree: 0.8, text: `S before P: the station’s P is ${apart(pick, later)}` };
}

function ofEvent(
  pick: ReviewPick,
  inEvent: readonly ReviewPick[],
  originS: number | undefined,
): DoubtSign | undefined {
  if (pick.eventId === undefined) return undefined;
  if (originS !== undefined && pick.timeS < originS) {
    return { degree: 1, text: 'before the origin time of its event' };
  }
  const same = inEvent.find(({ phase, id }) => phase === pick.phase && id !== pick.id);
  if (same) return { degree: 1, text: `its event has another ${pick.phase} of the station` };
  const [p, s] = pick.phase === 'P' ? [pick, partner(inEvent, 'S')] : [partner(inEvent, 'P'), pick];
  if (!p || s?.phase !== 'S') return undefined;
  if (s.timeS <= p.timeS) return { degree: 1, text: 'its event has the S before the P here' };
  if (originS === undefined || p.timeS <= originS) return undefined;
  const ratio = (s.timeS - originS) / (p.timeS - originS);
  if (ratio >= LEAST_RATIO && ratio <= GREATEST_RATIO) return undefined;
  const text = `S to P travel time is ${ratio.toFixed(1)} by its event, ${LEAST_RATIO} to ${GREATEST_RATIO} expected`;
  return { degree: 0.7, text };
}

const partner = (picks: readonly ReviewPick[], phase: string): ReviewPick | undefined =>
  picks.find((pick) => pick.phase === phase);

const isReviewed = ({ state }: ReviewPick): boolean => state === 'confirmed' || state === 'manual';

function apart(pick: ReviewPick, other: ReviewPick): string {
  const byS = other.timeS - pick.timeS;
  return `${Math.abs(byS).toFixed(1)} s ${byS < 0 ? 'earlier' : 'later'}`;
}

function nearestTo(timeS: number, picks: readonly ReviewPick[]): ReviewPick | undefined {
  return picks.reduce<ReviewPick | undefined>(
    (a, b) => (a && Math.abs(a.timeS - timeS) <= Math.abs(b.timeS - timeS) ? a : b),
    undefined,
  );
}

import type { MatchedPair, Matching } from './matchPicks.ts';
import { matchPicks } from './matchPicks.ts';
import type { ScoredPick } from './scoredPick.ts';

/**
 * Missed references and extra picks that belong together although they are further apart than the tolerance: the
 * best one-to-one matching of what is left within `withinS`. They stay missed and extra in every count; as
 * outliers they tell a late or early pick from one that was not made. Indices are those of the two lists.
 */
export function outliers(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  matching: Pick<Matching, 'missed' | 'extra'>,
  withinS: number,
): MatchedPair[] {
  const at = (list: readonly ScoredPick[], indices: readonly number[]): ScoredPick[] =>
    indices.flatMap((index) => list[index] ?? []);
  const [missed, extra] = [at(references, matching.missed), at(picks, matching.extra)];
  const wider = matchPicks(missed, extra, { P: withinS, S: withinS });
  return wider.pairs.map((pair) => ({
    ...pair,
    reference: matching.missed[pair.reference] ?? pair.reference,
    pick: matching.extra[pair.pick] ?? pair.pick,
  }));
}

// Picks against references: per station and phase family, each at most once (see matchTimes.ts for the algorithm).

import { secondsToNs } from '../base/time.ts';
import type { ScoredPhase, Tolerance } from '../domain/evaluation/tolerance.ts';
import { matchSorted } from './matchTimes.ts';
import { type ScoredPick, scoredPhase } from './scoredPick.ts';

/** A reference and its pick, as indices into the lists. */
export interface MatchedPair {
  readonly reference: number;
  readonly pick: number;
  readonly phase: ScoredPhase;
  /** pick − reference. */
  readonly residualS: number;
}

/** All indices in order of time. */
export interface Matching {
  readonly pairs: readonly MatchedPair[];
  readonly missed: readonly number[];
  readonly extra: readonly number[];
  /** Of other families, in neither of the above. */
  readonly otherReferences: readonly number[];
  readonly otherPicks: readonly number[];
}

/**
 * The one-to-one matching with the most pairs within the tolerance (bounds included) and, of those, the smallest
 * sum of |residual|. Input in any order.
 */
export function matchPicks(
  references: readonly ScoredPick[],
  picks: readonly ScoredPick[],
  tolerance: Tolerance,
): Matching {
  const left = groupsOf(references);
  const right = groupsOf(picks);
  const pairs: MatchedPair[] = [];
  for (const [key, referenceGroup] of left.groups) {
    const pickGroup = right.groups.get(key);
    if (!pickGroup) continue;
    const { phase } = referenceGroup;
    const toleranceNs = secondsToNs(tolerance[phase]);
    for (const [reference, pick] of matchGroup(referenceGroup, pickGroup, toleranceNs)) {
      const residualS = secondsFrom(references[reference], picks[pick]);
      pairs.push({ reference, pick, phase, residualS });
    }
  }
  const byTime = timeOrder(references);
  pairs.sort((a, b) => byTime(a.reference, b.reference));
  const matchedReferences = new Set(pairs.map((pair) => pair.reference));
  const matchedPicks = new Set(pairs.map((pair) => pair.pick));
  return {
    pairs,
    missed: left.all.filter((index) => !matchedReferences.has(index)).sort(byTime),
    extra: right.all.filter((index) => !matchedPicks.has(index)).sort(timeOrder(picks)),
    otherReferences: left.others.sort(byTime),
    otherPicks: right.others.sort(timeOrder(picks)),
  };
}

export interface PickGroup {
  readonly station: string;
  readonly phase: ScoredPhase;
  /** Indices in order of time, then index. */
  readonly indices: readonly number[];
  /** The times in the same order. */
  readonly timesNs: readonly bigint[];
}

/** Picks by station and family, each group in order of time. */
export function groupsOf(picks: readonly ScoredPick[]): {
  groups: Map<string, PickGroup>;
  all: number[];
  others: number[];
} {
  const members = new Map<string, { station: string; phase: ScoredPhase; indices: number[] }>();
  const all: number[] = [];
  const others: number[] = [];
  picks.forEach(({ station, phase: name }, index) => {
    const phase = scoredPhase(name);
    if (phase === undefined) {
      others.push(index);
      return;
    }
    all.push(index);
    const key = `${phase} ${station}`;
    const known = members.get(key);
    if (known) known.indices.push(index);
    else members.set(key, { station, phase, indices: [index] });
  });
  const byTime = timeOrder(picks);
  const groups = new Map<string, PickGroup>();
  for (const [key, { station, phase, indices }] of members) {
    indices.sort(byTime);
    const timesNs = indices.map((index) => picks[index]?.time ?? 0n);
    groups.set(key, { station, phase, indices, timesNs });
  }
  return { groups, all, others };
}

function timeOrder(picks: readonly ScoredPick[]): (a: number, b: number) => number {
  return (a, b) => {
    const [left, right] = [picks[a]?.time ?? 0n, picks[b]?.time ?? 0n];
    return left === right ? a - b : left < right ? -1 : 1;
  };
}

function secondsFrom(a: ScoredPick | undefined, b: ScoredPick | undefined): number {
  return Number((b?.time ?? 0n) - (a?.time ?? 0n)) / 1e9;
}

/** Stretches without a gap longer than the tolerance cannot share pairs; each gets a zero of its own. */
function* matchGroup(a: PickGroup, b: PickGroup, toleranceNs: bigint) {
  for (const stretch of stretches(a.timesNs, b.timesNs, toleranceNs)) {
    const timesA = relative(a.timesNs, stretch.a, stretch.zero);
    const timesB = relative(b.timesNs, stretch.b, stretch.zero);
    for (const [i, j] of matchSorted(timesA, timesB, Number(toleranceNs))) {
      const reference = a.indices[stretch.a[0] + i];
      const pick = b.indices[stretch.b[0] + j];
      if (reference !== undefined && pick !== undefined) yield [reference, pick] as const;
    }
  }
}

type Span = readonly [from: number, to: number];

interface Stretch {
  readonly a: Span;
  readonly b: Span;
  readonly zero: bigint;
}

/** Where both lists have something and no gap between neighbours of either list exceeds the tolerance. */
function* stretches(
  a: readonly bigint[],
  b: readonly bigint[],
  toleranceNs: bigint,
): Generator<Stretch> {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const start = { i, j, zero: earlier(a[i], b[j]) };
    let last = start.zero;
    for (;;) {
      const [timeA, timeB] = [a[i], b[j]];
      const next = timeA === undefined && timeB === undefined ? undefined : earlier(timeA, timeB);
      if (next === undefined || next - last > toleranceNs) break;
      if (next === timeA) i += 1;
      else j += 1;
      last = next;
    }
    if (i > start.i && j > start.j) {
      yield { a: [start.i, i], b: [start.j, j], zero: start.zero };
    }
  }
}

function earlier(a: bigint | undefined, b: bigint | undefined): bigint {
  if (a === undefined) return b ?? 0n;
  return b === undefined || a <= b ? a : b;
}

function relative(timesNs: readonly bigint[], [from, to]: Span, zero: bigint): Float64Array {
  return Float64Array.from({ length: to - from }, (_, i) =>
    Number((timesNs[from + i] ?? 0n) - zero),
  );
}

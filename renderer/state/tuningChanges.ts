// Changes of a tuned run in the order a person walks them.

import { type EpochNs, epochNs } from '../../src/base/time.ts';
import type { CandidateTable, PickDiff, PickSelection } from '../../src/domain/event/candidates.ts';

export type ChangeKind = 'gained' | 'lost' | 'moved';
export const CHANGE_KINDS: readonly ChangeKind[] = ['gained', 'lost', 'moved'];

/** One pick that came, went or moved. */
export interface Change {
  readonly kind: ChangeKind;
  readonly sensorKey: string;
  readonly phase: string;
  readonly time: EpochNs;
  readonly height: number;
  /** New − old; of moved ones. */
  readonly residualS: number | undefined;
}

export function entryAt(
  table: CandidateTable,
  place: number,
): { sensorKey: string; phase: string; time: EpochNs; height: number } {
  return {
    sensorKey: table.sensorKeys[table.sensors[place] ?? 0] ?? '',
    phase: table.labels[table.phases[place] ?? 0] ?? '',
    time: epochNs(table.timesNs[place] ?? 0n),
    height: table.heights[place] ?? 0,
  };
}

/** The change at a place of a diff: of gained ones a place in the table of after, of lost ones of before, of moved ones the pair's number. */
export function changeAt(
  kind: ChangeKind,
  place: number,
  { diff, before, after }: { diff: PickDiff; before: PickSelection; after: PickSelection },
): Change {
  if (kind !== 'moved') {
    const { table } = kind === 'lost' ? before : after;
    return { kind, ...entryAt(table, place), residualS: undefined };
  }
  const [old, now] = [diff.moved[2 * place] ?? 0, diff.moved[2 * place + 1] ?? 0];
  const entry = entryAt(after.table, now);
  const was = before.table.timesNs[old] ?? entry.time;
  return { kind, ...entry, residualS: Number(entry.time - was) / 1e9 };
}

/** The changes of each kind, each list by time. */
export interface ChangeLists {
  count(kind: ChangeKind): number;
  at(kind: ChangeKind, index: number): Change | undefined;
}

/** How many changes of a kind come before a time, or at it. */
function countUntil(
  lists: ChangeLists,
  kind: ChangeKind,
  time: EpochNs,
  withEqual: boolean,
): number {
  let [low, high] = [0, lists.count(kind)];
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = lists.at(kind, middle)?.time ?? time;
    if (at < time || (withEqual && at === time)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of a change in the list of its kind; −1 where it is not in it. */
export function placeOfChange(lists: ChangeLists, { kind, ...wanted }: Change): number {
  for (let index = countUntil(lists, kind, wanted.time, false); ; index += 1) {
    const one = lists.at(kind, index);
    if (one?.time !== wanted.time) return -1;
    if (one.sensorKey === wanted.sensorKey && one.phase === wanted.phase) return index;
  }
}

/**
 * The change after or before `current`, else after or before a time; the first or last where there is none. At one time
 * gained ones come before lost, lost before moved ones.
 */
export function nextChange(
  lists: ChangeLists,
  by: 1 | -1,
  current: Change | undefined,
  from: EpochNs,
): Change | undefined {
  const place = current ? placeOfChange(lists, current) : -1;
  const own = place < 0 ? -1 : CHANGE_KINDS.indexOf(current?.kind ?? 'gained');
  const time = place < 0 ? from : (current?.time ?? from);
  const before = CHANGE_KINDS.map((kind, k) =>
    k === own ? place + (by > 0 ? 1 : 0) : countUntil(lists, kind, time, own < 0 || k < own),
  );
  const nearest = (counts: readonly number[]): Change | undefined => {
    const found = CHANGE_KINDS.flatMap(
      (kind, k) => lists.at(kind, (counts[k] ?? 0) - (by > 0 ? 0 : 1)) ?? [],
    );
    // Kinds are in order already: of equal times the first, going back the last.
    return found.reduce<Change | undefined>(
      (best, one) => (best && (by > 0 ? best.time <= one.time : best.time > one.time) ? best : one),
      undefined,
    );
  };
  return nearest(before) ?? nearest(CHANGE_KINDS.map((kind) => (by > 0 ? 0 : lists.count(kind))));
}

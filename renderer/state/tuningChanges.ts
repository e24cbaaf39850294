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

/** Below this many a sort is quicker than a pass over the whole table. */
const FEW = 4_000;
const orders = new WeakMap<CandidateTable, Uint32Array>();

/** All places of a table by time. */
export function timeOrder(table: CandidateTable): Uint32Array {
  const known = orders.get(table);
  if (known) return known;
  const { offsetsNs } = table;
  const order = Uint32Array.from(offsetsNs, (_, i) => i);
  order.sort((a, b) => (offsetsNs[a] as number) - (offsetsNs[b] as number));
  orders.set(table, order);
  return order;
}

/** Some places of a table by time. */
function byTime(table: CandidateTable, places: Uint32Array): Uint32Array {
  const { offsetsNs } = table;
  if (places.length < FEW) {
    return places.slice().sort((a, b) => (offsetsNs[a] as number) - (offsetsNs[b] as number));
  }
  const wanted = new Uint8Array(offsetsNs.length);
  for (const place of places) wanted[place] = 1;
  const sorted = new Uint32Array(places.length);
  let n = 0;
  for (const place of timeOrder(table)) if (wanted[place] === 1) sorted[n++] = place;
  return sorted;
}

/** Places by time: of gained ones in the table of after, of lost ones in that of before, of moved ones in `diff.moved`. */
export function listChanges(
  diff: PickDiff,
  before: CandidateTable,
  after: CandidateTable,
): Record<ChangeKind, readonly number[] | Uint32Array> {
  const pairs = Array.from({ length: diff.moved.length / 2 }, (_, k) => k);
  const at = (k: number): number => after.offsetsNs[diff.moved[2 * k + 1] as number] as number;
  return {
    gained: byTime(after, diff.gained),
    lost: byTime(before, diff.lost),
    moved: pairs.sort((a, b) => at(a) - at(b)),
  };
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

/** The change at a place of a list of `listChanges`. */
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

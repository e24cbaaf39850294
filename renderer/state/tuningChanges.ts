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

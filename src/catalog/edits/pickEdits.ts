// What an analyst does to picks. Accepting confirms a model's pick and leaves a person's manual;
// any change of its content makes it manual; rejecting keeps it as a tombstone.

import { AppError } from '../../base/appError.ts';
import { assertDefined } from '../../base/assert.ts';
import type { EpochNs } from '../../base/time.ts';
import {
  type Decision,
  type Pick,
  type PickChange,
  type PickContent,
  type PickState,
  decidedState,
  phaseFamily,
} from '../../domain/event/pick.ts';
import type { Row } from '../db.ts';
import type { Changed, Journal, RowEdits } from '../journal.ts';
import { contentColumns, filterColumns } from '../repositories/pickRows.ts';
import type { PickRepository } from '../repositories/pickRepository.ts';
import { orNull } from '../rows.ts';
import { changeLabel, decisionLabel, nameOfAll } from './labels.ts';

/** The method of what an analyst set. */
export const MANUAL = 'manual';
/** Of a machine's candidate below its threshold, which an analyst rejected. */
const CANDIDATE = 'candidate';

export interface PickAct {
  readonly changed: Changed | undefined;
  readonly pickIds: readonly number[];
}

export interface PickActors {
  readonly journal: Journal;
  readonly picks: PickRepository;
  readonly author: string;
  readonly now: () => EpochNs;
}

/** The picks of these ids. Throws `not-found` when one is gone. */
export function requirePicks(picks: PickRepository, ids: readonly number[]): Pick[] {
  return [...new Set(ids)].map((id) => {
    const pick = picks.get(id);
    if (pick) return pick;
    throw new AppError(
      'not-found',
      `Pick ${id} is not in the catalog any more; nothing was changed, look at the list again`,
    );
  });
}

/** Of a pick that is added. */
export interface AddedAs {
  /** This one goes, and leaves its event to the new one. */
  readonly replacing?: number;
  /** A machine's candidate that an analyst turns down: it stays as a tombstone. */
  readonly rejected?: boolean;
  /** What made the time, where it was not the hand alone. */
  readonly method?: string;
}

/** Adds a manual pick, or a machine's that is rejected at once. */
export function addPick(
  actors: PickActors,
  content: PickContent,
  { replacing, rejected = false, method = rejected ? CANDIDATE : MANUAL }: AddedAs = {},
): PickAct {
  const { journal, picks, author, now } = actors;
  const { result, changed } = journal.record<number>(
    'addPick',
    (id) => {
      const name = nameOfAll([assertDefined(picks.get(id), 'added pick')]);
      if (rejected) return `reject ${name}`;
      return replacing === undefined ? `add ${name}` : `replace ${name}`;
    },
    (edits) => {
      const eventId = replacing === undefined ? undefined : takeOut(edits, picks, replacing);
      const id = edits.insert('pick', {
        ...contentColumns(content),
        state: rejected ? 'rejected' : 'manual',
        evaluation_mode: rejected ? 'automatic' : 'manual',
        author,
        method,
        created_ns: now(),
      });
      if (eventId !== undefined) edits.insert('arrival', { pick_id: id, event_id: eventId });
      return id;
    },
  );
  return { changed, pickIds: [result] };
}

/** Removes a pick and answers the event it was in. */
function takeOut(edits: RowEdits, picks: PickRepository, id: number): number | undefined {
  const eventId = requirePicks(picks, [id])[0]?.eventId;
  if (eventId !== undefined) edits.remove('arrival', id);
  edits.remove('pick', id);
  return eventId;
}

/** Removes picks altogether; the journal keeps them. */
export function removePicks({ journal, picks }: PickActors, ids: readonly number[]): PickAct {
  const { result, changed } = journal.record<Pick[]>(
    'removePicks',
    (removed) => `remove ${nameOfAll(removed)}`,
    (edits) => {
      const before = requirePicks(picks, ids);
      for (const { id } of before) takeOut(edits, picks, id);
      return before;
    },
  );
  return { changed, pickIds: result.map((pick) => pick.id) };
}

/** A person's own pick, once rejected or deferred, is manual again when accepted. */
function stateAfter(pick: Pick, decision: Decision): PickState {
  if (decision === 'accept' && pick.evaluationMode === 'manual') return 'manual';
  return decidedState(pick.state, decision);
}

export function decidePicks(
  { journal, picks }: PickActors,
  ids: readonly number[],
  decision: Decision,
): PickAct {
  const { result, changed } = journal.record<Pick[]>(
    'decidePicks',
    (decided) => decisionLabel(decision, decided),
    (edits) => {
      const before = requirePicks(picks, ids);
      for (const pick of before)
        edits.update('pick', pick.id, { state: stateAfter(pick, decision) });
      return before;
    },
  );
  return { changed, pickIds: result.map((pick) => pick.id) };
}

/** Changes content. A pick that holds these values already stays what it is. */
export function changePicks(
  { journal, picks, author }: PickActors,
  ids: readonly number[],
  change: PickChange,
): PickAct {
  const before = requirePicks(picks, ids);
  const touched = before.filter((pick) => differs(pick, change));
  const { changed } = journal.record(
    'changePicks',
    () => changeLabel(touched, picks.getMany(touched.map((pick) => pick.id))),
    (edits) => {
      for (const pick of touched) {
        edits.update('pick', pick.id, {
          ...changedColumns(change),
          uncertainty_method: uncertaintyMethod(pick, change),
          state: 'manual',
          evaluation_mode: 'manual',
          author,
          method: change.method ?? MANUAL,
        });
      }
    },
  );
  return { changed, pickIds: before.map((pick) => pick.id) };
}

const CHANGEABLE = [
  'time',
  'lowerUncertaintyS',
  'upperUncertaintyS',
  'phase',
  'polarity',
  'onset',
  'weight',
] as const;

/** The filter in force comes with every change; another filter alone counts only when nothing else was asked. */
function differs(pick: Pick, change: PickChange): boolean {
  const asked = CHANGEABLE.filter((name) => Object.hasOwn(change, name));
  if (asked.length > 0) return asked.some((name) => change[name] !== pick[name]);
  if (!Object.hasOwn(change, 'filter')) return false;
  const [old, young] = [filterColumns(pick.filter), filterColumns(change.filter)];
  return Object.keys(old).some((name) => old[name] !== young[name]);
}

function changedColumns(change: PickChange): Row {
  const columns: Record<string, Row[string]> = {};
  if (change.time !== undefined) columns['time_ns'] = change.time;
  if (change.phase !== undefined) {
    columns['phase'] = change.phase;
    columns['phase_family'] = phaseFamily(change.phase);
  }
  if ('lowerUncertaintyS' in change)
    columns['lower_uncertainty_s'] = orNull(change.lowerUncertaintyS);
  if ('upperUncertaintyS' in change)
    columns['upper_uncertainty_s'] = orNull(change.upperUncertaintyS);
  if ('polarity' in change) columns['polarity'] = orNull(change.polarity);
  if ('onset' in change) columns['onset'] = orNull(change.onset);
  if ('weight' in change) columns['weight'] = orNull(change.weight);
  return 'filter' in change ? { ...columns, ...filterColumns(change.filter) } : columns;
}

/** An uncertainty that stays is still what the model made it; one that is set is the analyst's. */
function uncertaintyMethod(pick: Pick, change: PickChange): string | null {
  if ('lowerUncertaintyS' in change || 'upperUncertaintyS' in change) return null;
  if (pick.lowerUncertaintyS === undefined && pick.upperUncertaintyS === undefined) return null;
  return pick.uncertaintyMethod ?? (pick.method === MANUAL ? null : pick.method);
}

// What an analyst does to events: group picks, set or clear the origin, take apart.

import { AppError } from '../../base/appError.ts';
import type { Origin } from '../../domain/event/seismicEvent.ts';
import type { Changed, RowEdits } from '../journal.ts';
import { type EventRepository, originColumns } from '../repositories/eventRepository.ts';
import { optionalInteger } from '../rows.ts';
import { type PickActors, requirePicks } from './pickEdits.ts';

export interface EventActors extends PickActors {
  readonly events: EventRepository;
}

export interface EventAct {
  readonly eventId: number;
  readonly changed: Changed | undefined;
  readonly pickIds: readonly number[];
}

/** Makes an event of picks, with an origin by hand or "not located". */
export function makeEvent(
  actors: EventActors,
  pickIds: readonly number[],
  origin: Origin | undefined,
): EventAct {
  const { journal, author, now } = actors;
  if (pickIds.length === 0 && !origin) {
    throw new AppError('bad-input', 'An event needs picks or an origin; select the picks first');
  }
  const { result, changed } = journal.record(
    'makeEvent',
    () => `make event from ${counted(new Set(pickIds).size)}`,
    (edits) => {
      const eventId = edits.insert('event', { author, created_ns: now() });
      setOrigin(actors, edits, eventId, origin);
      for (const id of joinable(actors, pickIds, eventId)) {
        edits.insert('arrival', { pick_id: id, event_id: eventId });
      }
      return eventId;
    },
  );
  return { eventId: result, changed, pickIds: [...new Set(pickIds)] };
}

/** `origin` is what the event has from now on, undefined being "not located"; undefined picks stay as they are. */
export function changeEvent(
  actors: EventActors,
  eventId: number,
  change: { readonly origin: Origin | undefined; readonly pickIds: readonly number[] | undefined },
): EventAct {
  const before = requireEvent(actors, eventId);
  const wanted = new Set(change.pickIds ?? before.pickIds);
  const { changed } = actors.journal.record(
    'changeEvent',
    () => `change event ${eventId}`,
    (edits) => {
      setOrigin(actors, edits, eventId, change.origin);
      for (const id of before.pickIds) if (!wanted.has(id)) edits.remove('arrival', id);
      const news = [...wanted].filter((id) => !before.pickIds.includes(id));
      for (const id of joinable(actors, news, eventId)) {
        edits.insert('arrival', { pick_id: id, event_id: eventId });
      }
    },
  );
  return { eventId, changed, pickIds: [...new Set([...before.pickIds, ...wanted])] };
}

/** Takes an event apart; its picks stay. */
export function removeEvent(actors: EventActors, eventId: number): EventAct {
  const { pickIds } = requireEvent(actors, eventId);
  const { changed } = actors.journal.record(
    'removeEvent',
    () => `remove event ${eventId}`,
    (edits) => {
      for (const id of pickIds) edits.remove('arrival', id);
      setOrigin(actors, edits, eventId, undefined);
      edits.remove('event', eventId);
    },
  );
  return { eventId, changed, pickIds };
}

function requireEvent(actors: EventActors, eventId: number): { pickIds: readonly number[] } {
  const event = actors.events.get(eventId);
  if (event) return event;
  throw new AppError(
    'not-found',
    `Event ${eventId} is not in the catalog any more; nothing was changed, look at the list again`,
  );
}

/** The picks that may join an event. Throws when one is rejected or in another event. */
function joinable(actors: EventActors, ids: readonly number[], eventId: number): number[] {
  return requirePicks(actors.picks, ids).map((pick) => {
    const name = `${pick.phase} ${pick.stream.station}`;
    if (pick.state === 'rejected') {
      throw new AppError(
        'bad-input',
        `${name} is rejected and cannot be part of an event; accept it first or leave it out`,
      );
    }
    if (pick.eventId !== undefined && pick.eventId !== eventId) {
      throw new AppError(
        'bad-input',
        `${name} belongs to event ${pick.eventId} already; take it out of that one first`,
      );
    }
    return pick.id;
  });
}

function setOrigin(
  { author, now }: EventActors,
  edits: RowEdits,
  eventId: number,
  origin: Origin | undefined,
): void {
  const row = edits.get('event', eventId);
  const originId = row && optionalInteger(row, 'preferred_origin_id');
  if (origin && originId !== undefined) {
    edits.update('origin', originId, originColumns(origin));
  } else if (origin) {
    const columns = { ...originColumns(origin), event_id: eventId, author, created_ns: now() };
    edits.update('event', eventId, { preferred_origin_id: edits.insert('origin', columns) });
  } else if (originId !== undefined) {
    edits.update('event', eventId, { preferred_origin_id: null });
    edits.remove('origin', originId);
  }
}

function counted(picks: number): string {
  return `${picks} pick${picks === 1 ? '' : 's'}`;
}

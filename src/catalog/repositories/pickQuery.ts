import type { PickQuery } from '../../domain/event/pickQuery.ts';
import type { SqlValue } from '../db.ts';

export interface Condition {
  /** Begins with WHERE, or is empty. */
  readonly where: string;
  readonly values: readonly SqlValue[];
}

/**
 * The condition of a query on `pick p`. `streamsOf` answers the stream keys whose station code has
 * a part: a few hundred streams are looked through instead of every pick.
 */
export function conditionOf(
  query: PickQuery,
  streamsOf: (stationPart: string) => readonly string[],
): Condition {
  const parts: string[] = [];
  const values: SqlValue[] = [];
  const add = (sql: string, ...bound: SqlValue[]): void => {
    parts.push(sql);
    values.push(...bound);
  };
  const among = (list: readonly string[]): string => JSON.stringify(list);
  if (query.pickIds) {
    add('p.id IN (SELECT value FROM json_each(?))', JSON.stringify(query.pickIds));
  }
  if (query.window) {
    add('p.time_ns >= ? AND p.time_ns < ?', query.window.startNs, query.window.endNs);
  }
  if (query.times) {
    // Whole nanoseconds are more than a number of JavaScript holds, not more than one of JSON.
    add('p.time_ns IN (SELECT value FROM json_each(?))', `[${query.times.join(',')}]`);
  }
  if (query.streamKeys) {
    add('p.stream_key IN (SELECT value FROM json_each(?))', among(query.streamKeys));
  }
  if (query.station !== undefined && query.station.trim() !== '') {
    const streams = streamsOf(query.station.trim());
    add('p.stream_key IN (SELECT value FROM json_each(?))', among(streams));
  }
  if (query.states) {
    add(`p.state IN (${query.states.map(() => '?').join(', ')})`, ...query.states);
  }
  if (query.phases) {
    const list = among(query.phases);
    add(
      `(p.phase_family IN (SELECT value FROM json_each(?))
        OR p.phase IN (SELECT value FROM json_each(?)))`,
      list,
      list,
    );
  }
  if (query.probabilityFrom !== undefined) add('p.probability >= ?', query.probabilityFrom);
  if (query.probabilityTo !== undefined) add('p.probability <= ?', query.probabilityTo);
  if (query.runId !== undefined) add('p.run_id = ?', query.runId);
  if (query.setHash !== undefined) {
    add(
      '(p.set_hash = ? OR p.run_id IN (SELECT id FROM model_run WHERE set_hash = ?))',
      query.setHash,
      query.setHash,
    );
  }
  if (query.eventId !== undefined) {
    add('p.id IN (SELECT pick_id FROM arrival WHERE event_id = ?)', query.eventId);
  }
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}

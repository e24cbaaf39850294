import type { Origin, SeismicEvent } from '../../domain/event/seismicEvent.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { Row } from '../db.ts';
import type { ProjectFile } from '../projectFile.ts';
import { integer, nanoseconds, optionalReal, optionalText, orNull, real, text } from '../rows.ts';

// An event's time for a window is its origin's, or without one its first pick's.
const SELECT = `SELECT e.*, o.id AS origin_id, o.time_ns, o.latitude_deg, o.longitude_deg, o.depth_m,
    o.time_uncertainty_s, o.method,
    ifnull(o.time_ns, (SELECT min(p.time_ns) FROM arrival a JOIN pick p ON p.id = a.pick_id
      WHERE a.event_id = e.id)) AS place_ns
  FROM event e LEFT JOIN origin o ON o.id = e.preferred_origin_id`;

/** Reads events. What an analyst does to them is in edits/eventEdits.ts. */
export class EventRepository {
  readonly #file: ProjectFile;

  constructor(file: ProjectFile) {
    this.#file = file;
  }

  get(id: number): SeismicEvent | undefined {
    return this.#file.read(() => {
      const row = this.#file.prepare(`${SELECT} WHERE e.id = ?`).get(id);
      return row === undefined ? undefined : this.#toEvent(row);
    });
  }

  /** In order of time; those without origin and picks come first, and are in no window. */
  list(window?: TimeWindow): SeismicEvent[] {
    return this.#file.read(() => {
      const where = window ? 'WHERE place_ns >= ? AND place_ns < ?' : '';
      const values = window ? [window.startNs, window.endNs] : [];
      const rows = this.#file
        .prepare(`SELECT * FROM (${SELECT}) ${where} ORDER BY place_ns, id`)
        .all(...values);
      return rows.map((row) => this.#toEvent(row));
    });
  }

  #toEvent(row: unknown): SeismicEvent {
    const id = integer(row, 'id');
    const picks = this.#file
      .prepare(
        `SELECT a.pick_id FROM arrival a JOIN pick p ON p.id = a.pick_id
          WHERE a.event_id = ? ORDER BY p.time_ns, p.id`,
      )
      .all(id);
    return {
      id,
      publicId: optionalText(row, 'public_id'),
      origin: toOrigin(row),
      pickIds: picks.map((pick) => integer(pick, 'pick_id')),
      type: optionalText(row, 'type'),
      comment: optionalText(row, 'comment'),
      author: text(row, 'author'),
      createdNs: nanoseconds(row, 'created_ns'),
    };
  }
}

function toOrigin(row: unknown): Origin | undefined {
  if (optionalReal(row, 'origin_id') === undefined) return undefined;
  return {
    time: nanoseconds(row, 'time_ns'),
    latitudeDeg: real(row, 'latitude_deg'),
    longitudeDeg: real(row, 'longitude_deg'),
    depthM: optionalReal(row, 'depth_m'),
    timeUncertaintyS: optionalReal(row, 'time_uncertainty_s'),
    method: text(row, 'method'),
  };
}

export function originColumns(origin: Origin): Row {
  return {
    time_ns: origin.time,
    latitude_deg: origin.latitudeDeg,
    longitude_deg: origin.longitudeDeg,
    depth_m: orNull(origin.depthM),
    time_uncertainty_s: orNull(origin.timeUncertaintyS),
    method: origin.method,
  };
}

import type { EpochNs } from '../../base/time.ts';
import { PICK_STATES, type Pick, type PickState } from '../../domain/event/pick.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { Row } from '../db.ts';
import { pickVersionLabel } from '../edits/labels.ts';
import type { Journal } from '../journal.ts';
import type { ProjectFile } from '../projectFile.ts';
import { integer, optionalInteger, text } from '../rows.ts';
import type { PickQuery } from '../../domain/event/pickQuery.ts';
import { type Condition, conditionOf } from './pickQuery.ts';
import { toPick } from './pickRows.ts';

export interface PickPage {
  readonly picks: readonly Pick[];
  readonly total: number;
  readonly offset: number;
  readonly revision: number;
}

export interface PickCounts {
  readonly total: number;
  readonly byState: Readonly<Record<PickState, number>>;
  readonly revision: number;
}

/** Rejected picks are in none of the counts; a pick is reviewed when it is not automatic any more. */
export interface PickDensity {
  readonly window: TimeWindow;
  readonly binCount: number;
  readonly p: Uint32Array;
  readonly s: Uint32Array;
  readonly pReviewed: Uint32Array;
  readonly sReviewed: Uint32Array;
}

export interface PickVersion {
  readonly atNs: EpochNs;
  readonly author: string;
  readonly label: string;
  readonly pick: Pick;
}

const DEFAULT_LIMIT = 1000;
const SELECT = `SELECT p.*, a.event_id,
    (SELECT set_hash FROM model_run WHERE id = p.run_id) AS run_set_hash
  FROM pick p LEFT JOIN arrival a ON a.pick_id = p.id`;

/** In order of threshold the index of that order serves, not one of states that would need sorting. */
function scanned({ where }: Condition, { orderBy }: PickQuery): string {
  return orderBy === 'threshold' ? where.replace('p.state IN', '+p.state IN') : where;
}

function fromJoined(row: unknown): Pick {
  return toPick(row as Row, optionalInteger(row, 'event_id'));
}

/** Reads picks. What an analyst does to them is in edits/, what a model adds in RunRepository. */
export class PickRepository {
  readonly #file: ProjectFile;
  readonly #journal: Journal;

  constructor(file: ProjectFile, journal: Journal) {
    this.#file = file;
    this.#journal = journal;
  }

  get(id: number): Pick | undefined {
    const row = this.#file.prepare(`${SELECT} WHERE p.id = ?`).get(id);
    return row === undefined ? undefined : fromJoined(row);
  }

  /** Those of the ids that exist, in the order asked. */
  getMany(ids: readonly number[]): Pick[] {
    return this.#file.read(() =>
      ids.map((id) => this.get(id)).filter((pick) => pick !== undefined),
    );
  }

  /** One page; without a limit a thousand. */
  list(query: PickQuery): PickPage {
    return this.#file.read(() => {
      const condition = this.#condition(query);
      const offset = query.offset ?? 0;
      // Skipping rows of the index alone is what makes a late page cheap.
      const order =
        query.orderBy === 'threshold' ? 'threshold_distance, time_ns, id' : 'time_ns, id';
      const page = `SELECT p.id FROM pick p ${scanned(condition, query)} ORDER BY ${order} LIMIT ? OFFSET ?`;
      const rows = this.#file
        .prepare(`${SELECT} WHERE p.id IN (${page}) ORDER BY ${order}`)
        .all(...condition.values, query.limit ?? DEFAULT_LIMIT, offset);
      return {
        picks: rows.map(fromJoined),
        total: this.#total(condition),
        offset,
        revision: this.#file.revision,
      };
    });
  }

  /** The ids of all picks of a query, by time. */
  ids(query: PickQuery): number[] {
    const condition = this.#condition(query);
    const sql = `SELECT p.id FROM pick p ${condition.where} ORDER BY p.time_ns, p.id`;
    return this.#file.read(() =>
      this.#file
        .prepare(sql)
        .all(...condition.values)
        .map((row) => integer(row, 'id')),
    );
  }

  /** Every pick of a query, a row at a time, in its order: for exports. Nothing may be written meanwhile. */
  *each(query: PickQuery = {}): Generator<Pick> {
    const condition = this.#condition(query);
    const sql = `${SELECT} ${condition.where} ORDER BY p.time_ns, p.stream_key, p.id`;
    for (const row of this.#file.prepare(sql).iterate(...condition.values)) yield fromJoined(row);
  }

  count(query: PickQuery): PickCounts {
    return this.#file.read(() => {
      const condition = this.#condition(query);
      const byState: Record<PickState, number> = {
        automatic: 0,
        confirmed: 0,
        manual: 0,
        rejected: 0,
        deferred: 0,
      };
      let total = 0;
      const rows = this.#file
        .prepare(
          `SELECT p.state, count(*) AS number FROM pick p ${condition.where} GROUP BY p.state`,
        )
        .all(...condition.values);
      for (const row of rows) {
        const state = PICK_STATES.find((known) => known === text(row, 'state'));
        if (state) byState[state] = integer(row, 'number');
        total += integer(row, 'number');
      }
      return { total, byState, revision: this.#file.revision };
    });
  }

  /** Picks of the families P and S in equal bins of a window. */
  density(window: TimeWindow, binCount: number): PickDensity {
    const bins = (): Uint32Array => new Uint32Array(binCount);
    const density = {
      window,
      binCount,
      p: bins(),
      s: bins(),
      pReviewed: bins(),
      sReviewed: bins(),
    };
    const binsPerNs = binCount / Number(window.endNs - window.startNs);
    const rows = this.#file
      .prepare(
        `SELECT min(CAST((time_ns - ?) * ? AS INTEGER), ?) AS bin, phase_family AS family,
            count(*) AS number, sum(state <> 'automatic') AS reviewed
          FROM pick WHERE time_ns >= ? AND time_ns < ? AND phase_family IN ('P', 'S')
            AND state <> 'rejected'
          GROUP BY 1, 2`,
      )
      .all(window.startNs, binsPerNs, binCount - 1, window.startNs, window.endNs);
    for (const row of rows) {
      const bin = integer(row, 'bin');
      const isP = text(row, 'family') === 'P';
      (isP ? density.p : density.s)[bin] = integer(row, 'number');
      (isP ? density.pReviewed : density.sReviewed)[bin] = integer(row, 'reviewed');
    }
    return density;
  }

  /** A pick's versions, oldest first, the last one as it is now. Empty for a pick that never was. */
  history(pickId: number): PickVersion[] {
    return this.#file.read(() => {
      const steps = this.#journal.historyOf('pick', pickId);
      const eventId = this.get(pickId)?.eventId;
      const versions: PickVersion[] = [];
      const origin = steps.length > 0 ? steps[0]?.change.before : undefined;
      const first = origin ? toPick(origin, eventId) : this.#unchanged(pickId, steps.length);
      if (first) {
        const label = pickVersionLabel(undefined, first, undefined);
        versions.push({ atNs: first.createdNs, author: first.author, label, pick: first });
      }
      for (const { entry, change } of steps) {
        if (!change.after) continue;
        const pick = toPick(change.after, eventId);
        const before = change.before ? toPick(change.before, eventId) : undefined;
        const label = pickVersionLabel(before, pick, entry.label);
        versions.push({ atNs: entry.atNs, author: entry.author, label, pick });
      }
      return versions;
    });
  }

  #unchanged(pickId: number, steps: number): Pick | undefined {
    return steps === 0 ? this.get(pickId) : undefined;
  }

  #total(condition: Condition): number {
    const sql = `SELECT count(*) AS number FROM pick p ${condition.where}`;
    return integer(this.#file.prepare(sql).get(...condition.values), 'number');
  }

  #condition(query: PickQuery): Condition {
    return conditionOf(query, (part) => this.#streamsOf(part));
  }

  /** Steps from one stream key to the next in the index, so that its cost is the number of streams. */
  #streamsOf(stationPart: string): string[] {
    const rows = this.#file
      .prepare(
        `WITH RECURSIVE known(stream_key) AS (
            SELECT min(stream_key) FROM pick
            UNION ALL
            SELECT (SELECT min(stream_key) FROM pick WHERE stream_key > known.stream_key)
              FROM known WHERE known.stream_key IS NOT NULL)
          SELECT stream_key FROM known WHERE stream_key IS NOT NULL`,
      )
      .all();
    const wanted = stationPart.toUpperCase();
    return rows
      .map((row) => text(row, 'stream_key'))
      .filter((key) => (key.split('.')[1] ?? '').toUpperCase().includes(wanted));
  }
}

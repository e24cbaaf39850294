import type { EpochNs } from '../../base/time.ts';
import { PICK_STATES, type PickState } from '../../domain/event/pick.ts';
import type { ProjectFile } from '../projectFile.ts';
import {
  integer,
  nanoseconds,
  optionalInteger,
  optionalNanoseconds,
  optionalReal,
  optionalText,
  text,
} from '../rows.ts';

/** What an order by value needs of a pick: a few columns of many rows. */
export interface ReviewRow {
  readonly id: number;
  readonly streamKey: string;
  readonly family: string;
  readonly time: EpochNs;
  readonly probability: number | undefined;
  readonly threshold: number | undefined;
  readonly state: PickState;
  readonly runId: number | undefined;
  readonly eventId: number | undefined;
}

/** An onset a run found, with what became of its pick. */
export interface OnsetRow {
  readonly runId: number;
  readonly streamKey: string;
  readonly phase: string;
  readonly time: EpochNs;
  readonly probability: number | undefined;
  readonly pickId: number | undefined;
  readonly now:
    | { readonly state: PickState; readonly time: EpochNs; readonly phase: string }
    | 'removed'
    | 'cleared';
}

const ROW = `SELECT p.id, p.stream_key, p.phase_family, p.time_ns, p.probability, p.threshold, p.state,
    p.run_id, a.event_id
  FROM pick p LEFT JOIN arrival a ON a.pick_id = p.id`;

/** Reads what review is summed up from. */
export class ReviewRepository {
  readonly #file: ProjectFile;

  constructor(file: ProjectFile) {
    this.#file = file;
  }

  /** All picks, or those of the ids that exist. */
  rows(ids?: readonly number[]): ReviewRow[] {
    return this.#file.read(() => {
      if (!ids) return this.#file.prepare(ROW).all().map(toRow);
      const some = `${ROW} WHERE p.id IN (SELECT value FROM json_each(?))`;
      return this.#file.prepare(some).all(JSON.stringify(ids)).map(toRow);
    });
  }

  /** The picks that acts, undone and redone ones too, have touched after a revision. */
  changedSince(revision: number): number[] {
    const sql = `SELECT DISTINCT c.row_id FROM journal j JOIN journal_change c ON c.entry = j.entry
      WHERE j.revision > ? AND c.table_name IN ('pick', 'arrival')`;
    return this.#file.read(() =>
      this.#file
        .prepare(sql)
        .all(revision)
        .map((row) => integer(row, 'row_id')),
    );
  }

  /** The time of the preferred origin of each event that has one. */
  originTimes(): Map<number, EpochNs> {
    const sql = `SELECT e.id, o.time_ns FROM event e JOIN origin o ON o.id = e.preferred_origin_id`;
    const rows = this.#file.read(() => this.#file.prepare(sql).all());
    return new Map(rows.map((row) => [integer(row, 'id'), nanoseconds(row, 'time_ns')]));
  }

  /** The onsets of all runs, by run and time. */
  onsets(): OnsetRow[] {
    // A row that is gone without an analyst's act was cleared by a later run.
    const sql = `SELECT f.run_id, f.stream_key, f.phase, f.time_ns, f.probability, f.pick_id,
        p.state, p.time_ns AS now_ns, p.phase AS now_phase,
        p.id IS NULL AND EXISTS (SELECT 1 FROM journal_change c JOIN journal j ON j.entry = c.entry
          WHERE c.table_name = 'pick' AND c.row_id = f.pick_id AND c.after IS NULL AND j.undone = 0)
          AS removed
      FROM model_run_pick f LEFT JOIN pick p ON p.id = f.pick_id ORDER BY f.run_id, f.time_ns`;
    return this.#file.read(() => this.#file.prepare(sql).all().map(toOnset));
  }
}

function toRow(row: unknown): ReviewRow {
  return {
    id: integer(row, 'id'),
    streamKey: text(row, 'stream_key'),
    family: text(row, 'phase_family'),
    time: nanoseconds(row, 'time_ns'),
    probability: optionalReal(row, 'probability'),
    threshold: optionalReal(row, 'threshold'),
    state: stateOf(text(row, 'state')),
    runId: optionalInteger(row, 'run_id'),
    eventId: optionalInteger(row, 'event_id'),
  };
}

function toOnset(row: unknown): OnsetRow {
  const [state, time] = [optionalText(row, 'state'), optionalNanoseconds(row, 'now_ns')];
  const gone = integer(row, 'removed') === 1 ? 'removed' : 'cleared';
  return {
    runId: integer(row, 'run_id'),
    streamKey: text(row, 'stream_key'),
    phase: text(row, 'phase'),
    time: nanoseconds(row, 'time_ns'),
    probability: optionalReal(row, 'probability'),
    pickId: optionalInteger(row, 'pick_id'),
    now:
      state === undefined || time === undefined
        ? gone
        : { state: stateOf(state), time, phase: text(row, 'now_phase') },
  };
}

function stateOf(name: string): PickState {
  return PICK_STATES.find((known) => known === name) ?? 'automatic';
}

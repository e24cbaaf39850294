import { assertDefined } from '../../base/assert.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { ModelRun, RunParameters, SkippedStream } from '../../domain/event/modelRun.ts';
import { type PickContent, phaseFamily } from '../../domain/event/pick.ts';
import { thresholdsAt } from '../../domain/parameterSet/setChanges.ts';
import { intersect, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { Changed } from '../journal.ts';
import type { ProjectFile } from '../projectFile.ts';
import { formatNslc } from '../../domain/waveform/nslc.ts';
import { integer, nanoseconds, optionalInteger, optionalReal, orNull, text } from '../rows.ts';
import type { RunDetection } from '../../domain/event/detection.ts';
import type { PickScatter, ScatterOfPick } from '../../domain/event/pickScatter.ts';
import { contentColumns } from './pickRows.ts';
import { readDetections, writeDetections } from './runDetections.ts';
import {
  countReplaced,
  readCheckpoint,
  readScatter,
  type RunCheckpoint,
  scatterColumns,
  type SensorPart,
  standingNotes,
  writeCheckpoint,
} from './runProgress.ts';
import { RUN_ROWS, toRun } from './runRows.ts';

/** What is known when a run starts. `author` is who ran it; its picks carry the model's name. */
export interface RunStart {
  readonly modelId: string;
  readonly modelVersion: string;
  readonly modelSha256: string;
  readonly programVersion: string;
  readonly parameters: RunParameters;
  readonly author: string;
}

/** A new pick this close to one that a person has dealt with, of the same family, is that one again. */
const SAME_ONSET_NS = 500_000_000n;

const PICK_COLUMNS =
  'network station location channel time_ns lower_uncertainty_s upper_uncertainty_s phase ' +
  'phase_family polarity onset weight probability filter_low_hz filter_high_hz filter_corners ' +
  'filter_zero_phase threshold state evaluation_mode author method run_id created_ns';
const COLUMN_NAMES = PICK_COLUMNS.split(' ');

// A person has dealt with a pick once any act of theirs, undone or not, is in the journal.
const DEALT_WITH = `EXISTS (SELECT 1 FROM journal_change c WHERE c.row_id = p.id
  AND c.table_name IN ('pick', 'arrival'))`;
const OF_SENSOR = `p.stream_key >= ? AND p.stream_key < ?`;

/** An onset that a run found. */
export interface RunPick {
  /** The catalog's pick for it: the run's own, or the one a person dealt with before; undefined when it is gone. */
  readonly pickId: number | undefined;
  readonly stream: string;
  readonly time: EpochNs;
  readonly phase: string;
  readonly probability: number | undefined;
}

/** Model runs and the picks they make. None of it is in the undo history: it is not an analyst's act. */
export class RunRepository {
  readonly #file: ProjectFile;
  readonly #now: () => EpochNs;
  readonly #told: (changed: Changed) => void;

  constructor(file: ProjectFile, now: () => EpochNs, told: (changed: Changed) => void) {
    this.#file = file;
    this.#now = now;
    this.#told = told;
  }

  /** Answers the run's id. */
  start(run: RunStart): number {
    const { window, ...parameters } = run.parameters;
    return this.#write(['model_run'], () => {
      const inserted = this.#file
        .prepare(
          `INSERT INTO model_run(model_id, model_version, model_sha256, program_version, parameters,
            window_start_ns, window_end_ns, state, author, started_ns)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)`,
        )
        .run(
          run.modelId,
          run.modelVersion,
          run.modelSha256,
          run.programVersion,
          JSON.stringify(parameters),
          orNull(window?.startNs),
          orNull(window?.endNs),
          run.author,
          this.#now(),
        );
      return Number(inserted.lastInsertRowid);
    });
  }

  /**
   * Stores the picks of one sensor (`UW.HANS..HH`), or of a part of its span, and that it is done, together. What
   * earlier runs of the same model left there and nobody dealt with gives way; where a person has accepted,
   * changed, rejected or deferred a pick, a new one within 0.5 s of the same family is not added.
   * Answers the ids of the picks added.
   */
  addPicks(
    runId: number,
    sensorKey: string,
    picks: readonly PickContent[],
    made: {
      readonly method: string | ((pick: PickContent) => string);
      readonly scatter?: (pick: PickContent) => PickScatter | undefined;
    },
    part: SensorPart = { window: EVER, first: false, checkpoint: undefined },
  ): number[] {
    return this.#write(['pick', 'model_run'], () => {
      const run = assertDefined(this.get(runId), `run ${runId}`);
      this.#clearUntouched(run, sensorKey, part.window);
      if (part.first) this.#forgetOwn(runId, sensorKey);
      const insert = this.#file.prepare(
        `INSERT INTO pick(${COLUMN_NAMES.join(', ')}) VALUES (${COLUMN_NAMES.map(() => '?').join(', ')})`,
      );
      const settled = this.#dealtWith(sensorKey);
      const keep = this.#keeper(runId, sensorKey, made.scatter);
      const createdNs = this.#now();
      const ids: number[] = [];
      for (const pick of picks) {
        const known = settled.find((other) => isSameOnset(pick, other));
        if (known) {
          keep(pick, known.id);
          continue;
        }
        const row = {
          ...contentColumns(pick),
          threshold: orNull(thresholdOf(run.parameters, sensorKey, pick.phase)),
          state: 'automatic',
          evaluation_mode: 'automatic',
          author: run.modelId,
          method: typeof made.method === 'string' ? made.method : made.method(pick),
          run_id: runId,
          created_ns: createdNs,
        };
        const named: Readonly<Record<string, unknown>> = row;
        const id = Number(insert.run(COLUMN_NAMES.map((name) => named[name])).lastInsertRowid);
        ids.push(id);
        keep(pick, id);
      }
      writeDetections(this.#file, runId, sensorKey, part);
      writeCheckpoint(this.#file, runId, sensorKey, part.checkpoint);
      if (part.checkpoint === undefined) {
        this.#file
          .prepare(
            `INSERT OR REPLACE INTO model_run_sensor SELECT ?, ?, COUNT(*), ? FROM pick p
              WHERE ${OF_SENSOR} AND +p.run_id = ?`,
          )
          .run(runId, sensorKey, createdNs, ...sensorRange(sensorKey), runId);
      }
      this.#count(runId, ids.length);
      return ids;
    });
  }

  /** Takes a run's picks that nobody has dealt with out of the catalog; its own list keeps them. Answers how many. */
  leaveOut(runId: number, pickIds: readonly number[]): number {
    if (pickIds.length === 0) return 0;
    return this.#write(['pick', 'model_run'], () => {
      const remove = this.#file.prepare(
        `DELETE FROM pick WHERE id IN (SELECT p.id FROM pick p WHERE p.id = ? AND p.run_id = ?
          AND p.state = 'automatic' AND NOT ${DEALT_WITH})`,
      );
      const removed = pickIds.reduce((sum, id) => sum + Number(remove.run(id, runId).changes), 0);
      this.#count(runId, -removed);
      return removed;
    });
  }

  finish(
    runId: number,
    state: Exclude<ModelRun['state'], 'running'>,
    skipped: readonly SkippedStream[],
    notes: readonly SkippedStream[] = [],
  ): void {
    this.#write(['model_run'], () => {
      this.#file
        .prepare('UPDATE model_run SET state = ?, finished_ns = ?, skipped = ? WHERE id = ?')
        .run(state, this.#now(), JSON.stringify({ skipped, notes: [...notes, ...standingNotes(this.#file, runId)] }), runId); // prettier-ignore
      this.#file.prepare('DELETE FROM model_run_checkpoint WHERE run_id = ?').run(runId);
    });
  }

  /**
   * Runs that a program left running when it was killed. From now on they have failed and say so, without
   * a time of their end, which nobody knows. Answers them.
   */
  closeInterrupted(): ModelRun[] {
    const left = this.list().filter(({ state }) => state === 'running');
    if (left.length === 0) return [];
    return this.#write(['model_run'], () => {
      const close = this.#file.prepare(
        "UPDATE model_run SET state = 'failed', finished_ns = NULL, skipped = ? WHERE id = ?",
      );
      for (const { id, skipped, notes } of left) {
        close.run(JSON.stringify({ skipped: [...skipped, INTERRUPTED], notes }), id);
      }
      return left.flatMap(({ id }) => this.get(id) ?? []);
    });
  }

  /**
   * The run that was interrupted with the same model, program, parameters and data, unless the model has run
   * again since.
   */
  interrupted(run: RunStart): ModelRun | undefined {
    const last = this.list().findLast(({ modelId }) => modelId === run.modelId);
    if (last?.state !== 'failed' || last.finishedNs !== undefined) return undefined;
    const same =
      last.modelSha256 === run.modelSha256 &&
      last.programVersion === run.programVersion &&
      parametersKey(last.parameters) === parametersKey(run.parameters);
    return same ? last : undefined;
  }

  /** Lets an interrupted run go on: what it stored stays its own. */
  resume(runId: number): void {
    this.#write(['model_run'], () => {
      this.#file
        .prepare("UPDATE model_run SET state = 'running', skipped = '[]' WHERE id = ?")
        .run(runId);
    });
  }

  get(runId: number): ModelRun | undefined {
    const row = this.#file.prepare(`${RUN_ROWS} WHERE id = ?`).get(runId);
    return row === undefined ? undefined : toRun(row);
  }

  /** Oldest first. */
  list(): ModelRun[] {
    return this.#file.read(() => this.#file.prepare(`${RUN_ROWS} ORDER BY id`).all().map(toRun));
  }

  /** The sensors whose picks are stored: a run that was cut short goes on with the others. */
  finishedSensors(runId: number): string[] {
    const sql = 'SELECT sensor_key FROM model_run_sensor WHERE run_id = ? ORDER BY sensor_key';
    return this.#file.read(() =>
      this.#file
        .prepare(sql)
        .all(runId)
        .map((row) => text(row, 'sensor_key')),
    );
  }

  /** All onsets a run found, by time, whatever became of them in the catalog. */
  picksOf(runId: number): RunPick[] {
    const sql = `SELECT f.stream_key, f.time_ns, f.phase, f.probability, p.id AS pick_id
      FROM model_run_pick f LEFT JOIN pick p ON p.id = f.pick_id
      WHERE f.run_id = ? ORDER BY f.time_ns`;
    return this.#file.read(() =>
      this.#file
        .prepare(sql)
        .all(runId)
        .map((row) => ({
          pickId: optionalInteger(row, 'pick_id'),
          stream: text(row, 'stream_key'),
          time: nanoseconds(row, 'time_ns'),
          phase: text(row, 'phase'),
          probability: optionalReal(row, 'probability'),
        })),
    );
  }

  /** Where a run that was cut short goes on with a sensor it had begun. */
  checkpoint(runId: number, sensorKey: string): RunCheckpoint | undefined {
    return this.#file.read(() => readCheckpoint(this.#file, runId, sensorKey));
  }

  /** How many sensors a run that was cut short had begun and not done, with something of them stored. */
  begunSensors(runId: number): number {
    const sql = 'SELECT COUNT(*) AS begun FROM model_run_checkpoint WHERE run_id = ?';
    return this.#file.read(() => integer(this.#file.prepare(sql).get(runId), 'begun'));
  }

  /** Where the model of a run sees earthquakes, by sensor, in order of time. */
  detections(runId: number): RunDetection[] {
    return this.#file.read(() => readDetections(this.#file, runId));
  }

  /** How far those who looked agree, of all picks of an ensemble's or repeated run, or of one. */
  scatter(runId: number, pickId?: number): ScatterOfPick[] {
    return this.#file.read(() => readScatter(this.#file, runId, pickId));
  }

  /** Answers what keeps one onset of a sensor. */
  #keeper(
    runId: number,
    sensorKey: string,
    scatterOf: ((pick: PickContent) => PickScatter | undefined) | undefined,
  ): (pick: PickContent, pickId: number) => void {
    const insert = this.#file.prepare(
      'INSERT INTO model_run_pick VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    return (pick, pickId) => {
      const { stream, time, phase, probability } = pick;
      const of = [runId, sensorKey, formatNslc(stream), time, phase, orNull(probability), pickId];
      insert.run([...of, ...scatterColumns(scatterOf?.(pick))]);
    };
  }

  /** What the run found on a sensor it begins anew; picks that a person dealt with stay. */
  #forgetOwn(runId: number, sensorKey: string): void {
    this.#file
      .prepare('DELETE FROM model_run_pick WHERE run_id = ? AND sensor_key = ?')
      .run(runId, sensorKey);
    const { changes } = this.#file
      .prepare(
        `DELETE FROM pick WHERE id IN (SELECT p.id FROM pick p WHERE ${OF_SENSOR}
          AND +p.run_id = ? AND +p.state = 'automatic' AND NOT ${DEALT_WITH})`,
      )
      .run(...sensorRange(sensorKey), runId);
    this.#count(runId, -Number(changes));
  }

  #count(runId: number, more: number): void {
    this.#file
      .prepare('UPDATE model_run SET pick_count = pick_count + ? WHERE id = ?')
      .run(more, runId);
  }

  #write<T>(tables: readonly string[], act: () => T): T {
    const [result, revision] = this.#file.write('bulk', () => {
      const done = act();
      return [done, this.#file.nextRevision(tables)] as const;
    });
    this.#told({ revision, tables });
    return result;
  }

  #clearUntouched(run: ModelRun, sensorKey: string, part: TimeWindow): void {
    const window = intersect(part, run.parameters.window ?? EVER);
    if (window === undefined) return;
    const sql = `FROM pick p JOIN model_run r ON r.id = p.run_id
      WHERE ${OF_SENSOR} AND +p.time_ns >= ? AND +p.time_ns < ? AND +p.state = 'automatic'
        AND +p.run_id <> ? AND r.model_id = ? AND NOT ${DEALT_WITH}`;
    const { startNs, endNs } = window;
    const values = [...sensorRange(sensorKey), startNs, endNs, run.id, run.modelId];
    countReplaced(this.#file, run.id, { sql, values });
    this.#file.prepare(`DELETE FROM pick WHERE id IN (SELECT p.id ${sql})`).run(...values);
  }

  #dealtWith(sensorKey: string): { id: number; time: EpochNs; family: string }[] {
    const sql = `SELECT p.id, p.time_ns, p.phase_family FROM pick p WHERE ${OF_SENSOR} AND ${DEALT_WITH}`;
    return this.#file
      .prepare(sql)
      .all(...sensorRange(sensorKey))
      .map((row) => ({
        id: integer(row, 'id'),
        time: nanoseconds(row, 'time_ns'),
        family: text(row, 'phase_family'),
      }));
  }
}

const INTERRUPTED: SkippedStream = {
  stream: 'all other stations',
  reason:
    'Onset ended before they were done; run the model again with the same parameters and it goes on with them',
};

/** The same text for the same parameters, whatever the order of their names. */
function parametersKey(parameters: RunParameters): string {
  return JSON.stringify(parameters, (_key, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}

const EVER: TimeWindow = { startNs: epochNs(-(2n ** 63n)), endNs: epochNs(2n ** 63n - 1n) };

function isSameOnset(pick: PickContent, other: { time: EpochNs; family: string }): boolean {
  const apart = pick.time - other.time;
  const near = apart <= SAME_ONSET_NS && -apart <= SAME_ONSET_NS;
  return near && other.family === phaseFamily(pick.phase);
}

/** The stream keys that begin with a sensor key, as a range of the index. */
function sensorRange(sensorKey: string): [string, string] {
  return [sensorKey, `${sensorKey}\u{10ffff}`];
}

/** Thresholds are named as the model names its phases, in either case. */
function thresholdOf(
  { settings, stationThresholds }: RunParameters,
  sensorKey: string,
  phase: string,
): number | undefined {
  const thresholds = thresholdsAt(settings.thresholds, stationThresholds, sensorKey);
  return thresholds[phase] ?? thresholds[phase.toLowerCase()] ?? thresholds[phase.toUpperCase()];
}

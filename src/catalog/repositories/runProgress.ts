// How far a run has got with sensors that are not done, and how far those who looked agree on what it found.

import type { EpochNs } from '../../base/time.ts';
import type { PickScatter, ScatterOfPick } from '../../domain/event/pickScatter.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { assert } from '../../base/assert.ts';
import type { ProjectFile } from '../projectFile.ts';
import { integer, nanoseconds, optionalReal, orNull, real } from '../rows.ts';

/** Where a run goes on with a sensor; what the state is made of is the runner's own affair. */
export interface RunCheckpoint {
  readonly finishedToNs: EpochNs;
  readonly state: Uint8Array;
}

/** Picks of one part of a sensor's span, in order of time. */
export interface SensorPart {
  /** What earlier runs left here gives way. */
  readonly window: TimeWindow;
  /** Whatever this run has stored of the sensor before is forgotten. */
  readonly first: boolean;
  /** Undefined with the last part: the sensor is done. */
  readonly checkpoint: RunCheckpoint | undefined;
}

export function readCheckpoint(
  file: ProjectFile,
  runId: number,
  sensorKey: string,
): RunCheckpoint | undefined {
  const row = file
    .prepare(
      'SELECT finished_to_ns, state FROM model_run_checkpoint WHERE run_id = ? AND sensor_key = ?',
    )
    .get(runId, sensorKey);
  if (row === undefined) return undefined;
  const { state } = row as { state: unknown };
  assert(state instanceof Uint8Array, 'a checkpoint without a state');
  // SQLite's buffer may begin anywhere in a larger one.
  return { finishedToNs: nanoseconds(row, 'finished_to_ns'), state: Uint8Array.from(state) };
}

/** Inside a write. Undefined: there is nothing to go on with any more. */
export function writeCheckpoint(
  file: ProjectFile,
  runId: number,
  sensorKey: string,
  checkpoint: RunCheckpoint | undefined,
): void {
  if (checkpoint === undefined) {
    file
      .prepare('DELETE FROM model_run_checkpoint WHERE run_id = ? AND sensor_key = ?')
      .run(runId, sensorKey);
    return;
  }
  const { finishedToNs, state } = checkpoint;
  file
    .prepare('INSERT OR REPLACE INTO model_run_checkpoint VALUES (?, ?, ?, ?)')
    .run(runId, sensorKey, finishedToNs, state);
}

/** The four columns of `model_run_pick`. */
export function scatterColumns(scatter: PickScatter | undefined): (number | null)[] {
  const { asked, agreeing, probabilityDeviation, timeDeviationS } = scatter ?? {};
  return [asked, agreeing, probabilityDeviation, timeDeviationS].map(orNull);
}

/** Of the picks of a run, or of those named; picks that nobody else looked for are left out. */
export function readScatter(
  file: ProjectFile,
  runId: number,
  pickId: number | undefined,
): ScatterOfPick[] {
  const one = pickId === undefined ? '' : 'AND pick_id = ?';
  const sql = `SELECT pick_id, asked, agreeing, probability_deviation, time_deviation_s
    FROM model_run_pick WHERE run_id = ? AND asked IS NOT NULL AND pick_id IS NOT NULL ${one}
    ORDER BY time_ns`;
  const given = pickId === undefined ? [runId] : [runId, pickId];
  return file
    .prepare(sql)
    .all(...given)
    .map((row) => ({
      pickId: integer(row, 'pick_id'),
      asked: integer(row, 'asked'),
      agreeing: integer(row, 'agreeing'),
      probabilityDeviation: real(row, 'probability_deviation'),
      timeDeviationS: optionalReal(row, 'time_deviation_s'),
    }));
}

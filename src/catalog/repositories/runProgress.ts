// How far a run has got with sensors that are not done, and how far those who looked agree on what it found.

import type { EpochNs } from '../../base/time.ts';
import type { Detection } from '../../domain/event/detection.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { PickScatter, PickVote, ScatterOfPick } from '../../domain/event/pickScatter.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { assert } from '../../base/assert.ts';
import type { ProjectFile } from '../projectFile.ts';
import { integer, nanoseconds, optionalReal, optionalText, orNull, real, text } from '../rows.ts';

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
  /** Where the model sees earthquakes. */
  readonly detections?: readonly Detection[];
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

/** The last five columns of `model_run_pick`. */
export function scatterColumns(scatter: PickScatter | undefined): (number | string | null)[] {
  const { asked, agreeing, probabilityDeviation, timeDeviationS, votes } = scatter ?? {};
  return [asked, agreeing, probabilityDeviation, timeDeviationS, writtenVotes(votes)].map(orNull);
}

function writtenVotes(votes: readonly PickVote[] | undefined): string | undefined {
  if (votes === undefined) return undefined;
  const rounded = (value: number): number => Number(value.toFixed(6));
  return JSON.stringify(
    votes.map(({ member, probability, offsetS, agrees }) => [
      ...[member, rounded(probability), rounded(offsetS), agrees ? 1 : 0],
    ]),
  );
}

function readVotes(json: string | undefined): readonly PickVote[] | undefined {
  if (json === undefined) return undefined;
  return (JSON.parse(json) as [number, number, number, number][]).map(
    ([member, probability, offsetS, agrees]) => ({
      ...{ member, probability, offsetS, agrees: agrees === 1 },
    }),
  );
}

/** Of the picks of a run, or of those named; picks that nobody else looked for are left out. */
export function readScatter(
  file: ProjectFile,
  runId: number,
  pickId: number | undefined,
): ScatterOfPick[] {
  const one = pickId === undefined ? '' : 'AND pick_id = ?';
  const sql = `SELECT pick_id, asked, agreeing, probability_deviation, time_deviation_s, votes
    FROM model_run_pick WHERE run_id = ? AND asked IS NOT NULL AND pick_id IS NOT NULL ${one}
    ORDER BY time_ns`;
  const given = pickId === undefined ? [runId] : [runId, pickId];
  return file
    .prepare(sql)
    .all(...given)
    .map((row) => {
      const votes = readVotes(optionalText(row, 'votes'));
      return {
        pickId: integer(row, 'pick_id'),
        asked: integer(row, 'asked'),
        agreeing: integer(row, 'agreeing'),
        probabilityDeviation: real(row, 'probability_deviation'),
        timeDeviationS: optionalReal(row, 'time_deviation_s'),
        ...(votes && { votes }),
      };
    });
}

/** Adds up the picks `p` of earlier runs that are about to make room, named by the rest of a SELECT. */
export function countReplaced(
  file: ProjectFile,
  runId: number,
  from: { readonly sql: string; readonly values: readonly unknown[] },
): void {
  file
    .prepare(
      `INSERT INTO model_run_replaced SELECT ?, p.run_id, COUNT(*) ${from.sql} GROUP BY p.run_id
        ON CONFLICT DO UPDATE SET pick_count = pick_count + excluded.pick_count`,
    )
    .run(runId, ...from.values);
}

/** Sensors where the run has found onsets of picks that somebody had dealt with: those stand, and it has added none. */
export function standingNotes(file: ProjectFile, runId: number): SkippedStream[] {
  const sql = `SELECT DISTINCT f.sensor_key FROM model_run_pick f JOIN pick p ON p.id = f.pick_id
    WHERE f.run_id = ? AND p.run_id IS NOT f.run_id ORDER BY f.sensor_key`;
  const reason =
    'some of its onsets are those of picks that somebody has made or reviewed: these stand, and it has added none of its own there';
  return file
    .prepare(sql)
    .all(runId)
    .map((row) => ({ stream: text(row, 'sensor_key'), reason }));
}

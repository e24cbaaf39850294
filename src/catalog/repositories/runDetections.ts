// Where the models of runs see earthquakes.

import type { Detection, DetectionArrival, RunDetection } from '../../domain/event/detection.ts';
import type { ProjectFile } from '../projectFile.ts';
import { nanoseconds, optionalNanoseconds, optionalReal, orNull, real, text } from '../rows.ts';
import type { SensorPart } from './runProgress.ts';

/** Inside a write. The first part of a sensor takes the place of all that was there. */
export function writeDetections(
  file: ProjectFile,
  runId: number,
  sensorKey: string,
  { first, detections = [] }: SensorPart,
): void {
  if (first) {
    file
      .prepare('DELETE FROM model_run_detection WHERE run_id = ? AND sensor_key = ?')
      .run(runId, sensorKey);
  }
  const insert = file.prepare('INSERT INTO model_run_detection VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const { startNs, endNs, probability, arrivals } of detections) {
    const of = ['P', 'S'].flatMap((phase) => [arrivals[phase]?.time, arrivals[phase]?.snrDb]);
    insert.run([runId, sensorKey, startNs, endNs, probability, ...of.map(orNull)]);
  }
}

/** By sensor, in order of time. */
export function readDetections(file: ProjectFile, runId: number): RunDetection[] {
  const sql = `SELECT sensor_key, start_ns, end_ns, probability, p_ns, p_snr_db, s_ns, s_snr_db
    FROM model_run_detection WHERE run_id = ? ORDER BY sensor_key, start_ns, rowid`;
  return file.prepare(sql).all(runId).map(toDetection);
}

function toDetection(row: unknown): RunDetection {
  const arrivals = (['p', 's'] as const).flatMap((letter): [string, DetectionArrival][] => {
    const time = optionalNanoseconds(row, `${letter}_ns`);
    if (time === undefined) return [];
    return [[letter.toUpperCase(), { time, snrDb: optionalReal(row, `${letter}_snr_db`) }]];
  });
  const detection: Detection = {
    startNs: nanoseconds(row, 'start_ns'),
    endNs: nanoseconds(row, 'end_ns'),
    probability: real(row, 'probability'),
    arrivals: Object.fromEntries(arrivals),
  };
  return { sensorKey: text(row, 'sensor_key'), ...detection };
}

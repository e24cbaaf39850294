/**
 * The spans in which a run's model sees an earthquake, with the times of the picks that belong to each. Released: never
 * edit it, add a migration.
 */
export const detections = `
CREATE TABLE model_run_detection(
  run_id INTEGER NOT NULL REFERENCES model_run(id) ON DELETE CASCADE,
  sensor_key TEXT NOT NULL,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  probability REAL NOT NULL,
  p_ns INTEGER,
  p_snr_db REAL,
  s_ns INTEGER,
  s_snr_db REAL
) STRICT;
CREATE INDEX model_run_detection_place ON model_run_detection(run_id, sensor_key, start_ns);
`;

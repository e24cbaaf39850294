/**
 * How far a run has got with a sensor that is not done (a killed run goes on from there), and how far the members of an
 * ensemble agree on what they found. Released: never edit it, add a migration.
 */
export const runProgress = `
CREATE TABLE model_run_checkpoint(
  run_id INTEGER NOT NULL REFERENCES model_run(id) ON DELETE CASCADE,
  sensor_key TEXT NOT NULL,
  finished_to_ns INTEGER NOT NULL,
  state BLOB NOT NULL,
  PRIMARY KEY (run_id, sensor_key)
) STRICT;
ALTER TABLE model_run_pick ADD COLUMN asked INTEGER;
ALTER TABLE model_run_pick ADD COLUMN agreeing INTEGER;
ALTER TABLE model_run_pick ADD COLUMN probability_deviation REAL;
ALTER TABLE model_run_pick ADD COLUMN time_deviation_s REAL;
CREATE INDEX model_run_pick_pick ON model_run_pick(pick_id);
`;

/**
 * What each run found, kept beside the picks of the catalog: there a person's pick keeps its place and a later
 * run of the same model clears what nobody has dealt with. Released: never edit it, add a migration.
 */
export const runPicks = `
CREATE TABLE model_run_pick(
  run_id INTEGER NOT NULL REFERENCES model_run(id) ON DELETE CASCADE,
  sensor_key TEXT NOT NULL,
  stream_key TEXT NOT NULL,
  time_ns INTEGER NOT NULL,
  phase TEXT NOT NULL,
  probability REAL,
  pick_id INTEGER
) STRICT;
CREATE INDEX model_run_pick_run ON model_run_pick(run_id, sensor_key, time_ns);
INSERT INTO model_run_pick
  SELECT run_id, network || '.' || station || '.' || location || '.' ||
      substr(channel, 1, 2),
    stream_key, time_ns, phase, probability, id
  FROM pick WHERE run_id IS NOT NULL;
`;

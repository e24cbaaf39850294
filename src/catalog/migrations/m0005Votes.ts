/**
 * What each member of an ensemble says about a pick (JSON: member from 0, probability, seconds after the pick, whether it sees
 * it), and how many picks of which earlier run a run took the place of. Released: never edit it, add a migration.
 */
export const votes = `
ALTER TABLE model_run_pick ADD COLUMN votes TEXT;
CREATE TABLE model_run_replaced(
  run_id INTEGER NOT NULL REFERENCES model_run(id) ON DELETE CASCADE,
  earlier_run_id INTEGER NOT NULL,
  pick_count INTEGER NOT NULL,
  PRIMARY KEY (run_id, earlier_run_id)
) STRICT, WITHOUT ROWID;
`;

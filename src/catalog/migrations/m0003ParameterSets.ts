/**
 * What each run was made with, by the hash of its content; named sets; and every look at the locked part of the data.
 * Released: never edit it, add a migration.
 */
export const parameterSets = `
CREATE TABLE set_content(
  hash TEXT PRIMARY KEY,
  content TEXT NOT NULL
) STRICT;
ALTER TABLE model_run ADD COLUMN set_hash TEXT;
CREATE INDEX model_run_set_hash ON model_run(set_hash);
CREATE TABLE parameter_set(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  parent TEXT,
  author TEXT NOT NULL,
  note TEXT NOT NULL,
  created_ns INTEGER NOT NULL,
  hash TEXT NOT NULL,
  json TEXT NOT NULL,
  UNIQUE(name, version)
) STRICT;
CREATE TABLE test_look(
  set_hash TEXT PRIMARY KEY,
  set_name TEXT NOT NULL,
  at_ns INTEGER NOT NULL,
  author TEXT NOT NULL,
  report TEXT NOT NULL
) STRICT;
`;

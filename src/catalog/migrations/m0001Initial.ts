/** The first schema. Released: never edit it, add a migration. README.md explains the columns. */
export const initial = `
CREATE TABLE meta(
  key TEXT PRIMARY KEY,
  value ANY
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('revision', 0);

CREATE TABLE table_revision(
  table_name TEXT PRIMARY KEY,
  revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE waveform_file(
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  format TEXT,
  size_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE model_run(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model_id TEXT NOT NULL,
  model_version TEXT NOT NULL,
  model_sha256 TEXT NOT NULL,
  program_version TEXT NOT NULL,
  parameters TEXT NOT NULL,
  window_start_ns INTEGER,
  window_end_ns INTEGER,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed')),
  author TEXT NOT NULL,
  started_ns INTEGER NOT NULL,
  finished_ns INTEGER,
  pick_count INTEGER NOT NULL DEFAULT 0,
  skipped TEXT NOT NULL DEFAULT '[]'
) STRICT;

CREATE TABLE model_run_sensor(
  run_id INTEGER NOT NULL REFERENCES model_run(id) ON DELETE CASCADE,
  sensor_key TEXT NOT NULL,
  pick_count INTEGER NOT NULL,
  finished_ns INTEGER NOT NULL,
  PRIMARY KEY (run_id, sensor_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE pick(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  network TEXT NOT NULL,
  station TEXT NOT NULL,
  location TEXT NOT NULL,
  channel TEXT NOT NULL,
  time_ns INTEGER NOT NULL,
  lower_uncertainty_s REAL,
  upper_uncertainty_s REAL,
  uncertainty_method TEXT,
  phase TEXT NOT NULL,
  phase_family TEXT NOT NULL,
  polarity TEXT CHECK (polarity IN ('up', 'down', 'undecidable')),
  onset TEXT CHECK (onset IN ('impulsive', 'emergent', 'questionable')),
  weight INTEGER CHECK (weight BETWEEN 0 AND 4),
  probability REAL,
  threshold REAL,
  filter_low_hz REAL,
  filter_high_hz REAL,
  filter_corners INTEGER,
  filter_zero_phase INTEGER,
  state TEXT NOT NULL CHECK (state IN ('automatic', 'confirmed', 'manual', 'rejected', 'deferred')),
  evaluation_mode TEXT NOT NULL CHECK (evaluation_mode IN ('automatic', 'manual')),
  author TEXT NOT NULL,
  method TEXT NOT NULL,
  run_id INTEGER REFERENCES model_run(id),
  public_id TEXT,
  created_ns INTEGER NOT NULL,
  stream_key TEXT NOT NULL AS (network || '.' || station || '.' || location || '.' || channel) VIRTUAL,
  threshold_distance REAL NOT NULL AS (ifnull(abs(probability - threshold), 9)) VIRTUAL
) STRICT;
CREATE INDEX pick_time ON pick(time_ns, phase_family, state);
CREATE INDEX pick_state_time ON pick(state, time_ns);
CREATE INDEX pick_stream_time ON pick(stream_key, time_ns);
CREATE INDEX pick_threshold ON pick(threshold_distance, time_ns, state);
CREATE INDEX pick_run ON pick(run_id, state) WHERE run_id IS NOT NULL;
CREATE INDEX pick_public_id ON pick(public_id) WHERE public_id IS NOT NULL;

CREATE TABLE event(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id TEXT,
  type TEXT,
  comment TEXT,
  preferred_origin_id INTEGER,
  author TEXT NOT NULL,
  created_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX event_public_id ON event(public_id) WHERE public_id IS NOT NULL;

CREATE TABLE origin(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id INTEGER NOT NULL REFERENCES event(id),
  time_ns INTEGER NOT NULL,
  latitude_deg REAL NOT NULL,
  longitude_deg REAL NOT NULL,
  depth_m REAL,
  time_uncertainty_s REAL,
  method TEXT NOT NULL,
  author TEXT NOT NULL,
  created_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX origin_event ON origin(event_id);
CREATE INDEX origin_time ON origin(time_ns);

CREATE TABLE arrival(
  pick_id INTEGER PRIMARY KEY REFERENCES pick(id),
  event_id INTEGER NOT NULL REFERENCES event(id)
) STRICT;
CREATE INDEX arrival_event ON arrival(event_id);

CREATE TABLE journal(
  entry INTEGER PRIMARY KEY AUTOINCREMENT,
  revision INTEGER NOT NULL,
  at_ns INTEGER NOT NULL,
  author TEXT NOT NULL,
  command TEXT NOT NULL,
  label TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1))
) STRICT;
CREATE INDEX journal_revision ON journal(revision);
CREATE INDEX journal_undo ON journal(entry) WHERE undone = 0;
CREATE INDEX journal_redo ON journal(entry) WHERE undone = 1 AND dropped = 0;

CREATE TABLE journal_change(
  entry INTEGER NOT NULL REFERENCES journal(entry),
  seq INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  row_id INTEGER NOT NULL,
  before TEXT,
  after TEXT,
  PRIMARY KEY (entry, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_change_row ON journal_change(table_name, row_id);
`;

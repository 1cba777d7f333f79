/**
 * Runs, the journal of everything that may cost money, what each output is, and backups. Times are milliseconds
 * since the epoch. `journal.state` grows in one direction (behaviour.md §7):
 * intent → submitted → completed → downloaded → stored → written, or ends as unsent, failed, timeout, lost,
 * cancelled or parked.
 */
export const first = `
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,
  options TEXT NOT NULL,
  server TEXT NOT NULL,
  demo INTEGER NOT NULL,
  status TEXT NOT NULL,
  pid INTEGER NOT NULL,
  process_started TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  backup TEXT,
  summary TEXT NOT NULL,
  view BLOB
) STRICT;
CREATE INDEX runs_started ON runs (started_at DESC);
CREATE INDEX runs_workflow ON runs (workflow, started_at DESC);

CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  workflow TEXT NOT NULL,
  node_id INTEGER NOT NULL,
  row INTEGER NOT NULL,
  candidate INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  prompt TEXT NOT NULL,
  server TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('intent', 'submitted', 'completed', 'downloaded', 'stored', 'written',
    'unsent', 'failed', 'timeout', 'lost', 'cancelled', 'parked')),
  task_id TEXT,
  results TEXT,
  file TEXT,
  sha256 TEXT,
  url TEXT,
  error_class TEXT,
  error_code INTEGER,
  message TEXT,
  intent_at INTEGER NOT NULL,
  submitted_at INTEGER,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX journal_place ON journal (workflow, node_id, row, candidate);
CREATE INDEX journal_run ON journal (run_id, node_id);
CREATE INDEX journal_task ON journal (task_id) WHERE task_id IS NOT NULL;

CREATE TABLE fingerprints (
  workflow TEXT NOT NULL,
  node_id INTEGER NOT NULL,
  cache_key TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workflow, node_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE objects (
  sha256 TEXT PRIMARY KEY,
  ext TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  file TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE object_urls (
  url TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL REFERENCES objects (sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  sha256 TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  zstd BLOB NOT NULL
) STRICT;
CREATE TABLE backups (
  id TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  path TEXT,
  reason TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES blobs (sha256),
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX backups_workflow ON backups (workflow, at DESC);

CREATE TABLE service_state (
  service TEXT PRIMARY KEY,
  view TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_started TEXT,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

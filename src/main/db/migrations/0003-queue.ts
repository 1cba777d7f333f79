/**
 * Runs that wait their turn (behaviour.md §5), and the processes that carry them out.
 *
 * A process that dies leaves its row in `queue_drains`: that is how the next one knows of it. An entry that is
 * `starting` names who claimed it and how many runs there were then (`runs_before`, a rowid), so that afterwards the
 * run it became, if it did, can be told without a second write.
 */
export const queue = `
CREATE TABLE queue_drains (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pid INTEGER NOT NULL,
  process_started TEXT,
  since INTEGER NOT NULL
) STRICT;

CREATE TABLE queue (
  id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  path TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  options TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'starting', 'failed')),
  problem TEXT,
  added_at INTEGER NOT NULL,
  drain INTEGER,
  runs_before INTEGER,
  CHECK ((state = 'starting') = (drain IS NOT NULL))
) STRICT;

CREATE TABLE queue_pause (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  paused INTEGER NOT NULL,
  why TEXT
) STRICT;
INSERT INTO queue_pause (only, paused, why) VALUES (1, 0, NULL);

CREATE INDEX runs_open ON runs (id) WHERE finished_at IS NULL;
`;

/**
 * Supervision of G-Labs and the tunnel (behaviour.md §10).
 *
 * `service_children`: processes a Flowdeck started, so that the next one knows its leftovers: by pid, start time and
 * command, never by name. `tunnel_address` has one row for each address that was seen to work; the newest is current.
 * `service_requests`: what a Flowdeck that does not supervise asks of the one that does.
 */
export const services = `
CREATE TABLE service_children (
  pid INTEGER NOT NULL,
  started TEXT,
  service TEXT NOT NULL,
  command TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_started TEXT,
  kept INTEGER NOT NULL DEFAULT 0,
  output TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (pid, at)
) STRICT;

CREATE TABLE tunnel_address (
  revision INTEGER PRIMARY KEY AUTOINCREMENT,
  url TEXT NOT NULL,
  verified_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tunnel_creations (
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE address_consumers (
  consumer TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE service_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('start', 'stop', 'restart')),
  asked_by INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX journal_at_backend ON journal (changed_at) WHERE state IN ('intent', 'submitted', 'completed', 'timeout');
`;

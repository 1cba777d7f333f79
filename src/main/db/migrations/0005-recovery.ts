/**
 * Recovery (behaviour.md §7, §8).
 *
 * `runs.boot`: which start of the machine the run belongs to; `runs.first_view`: its record as it was at its start, from
 * which, with the journal, the record of a run is told whose process died. `journal.boot` and `journal.up_ms`: when the
 * intent was, by a clock that nobody sets (milliseconds since the machine started). `journal.demo`: ordered from the
 * simulator, so that no real run takes it up. `journal.price_usd`: what it costs if it is paid for, by the prices of then. `recoveries`: how far a person is with one, by workflow.
 */
export const recovery = `
ALTER TABLE runs ADD COLUMN boot TEXT;
ALTER TABLE runs ADD COLUMN first_view BLOB;
ALTER TABLE journal ADD COLUMN boot TEXT;
ALTER TABLE journal ADD COLUMN up_ms INTEGER;
ALTER TABLE journal ADD COLUMN demo INTEGER NOT NULL DEFAULT 0;
ALTER TABLE journal ADD COLUMN price_usd REAL NOT NULL DEFAULT 0;
UPDATE journal SET demo = (SELECT runs.demo FROM runs WHERE runs.id = journal.run_id);

CREATE TABLE recoveries (
  workflow TEXT PRIMARY KEY,
  run_id TEXT,
  step TEXT NOT NULL,
  action TEXT,
  applied_run_id TEXT,
  undo_backup_id TEXT,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

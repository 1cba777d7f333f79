/**
 * Backups, versions and restores one can trust (behaviour.md §9).
 *
 * `blobs.base`: the content this one was compressed against, itself kept whole; null: it stands alone. `backups.origin`:
 * who wanted it. `proven_at` and `problem`: what the last proof found. `versions`: what a bump or a graduation made;
 * `books`: whether registry and tracker know of it (null: not yet). `annotations`: what people say of an entry of the
 * history, whatever its kind; an entry is named by the id it is shown under.
 */
export const history = `
ALTER TABLE blobs ADD COLUMN base TEXT REFERENCES blobs (sha256);
CREATE INDEX blobs_base ON blobs (base) WHERE base IS NOT NULL;
CREATE INDEX backups_content ON backups (sha256);
CREATE INDEX backups_path ON backups (path) WHERE path IS NOT NULL;

ALTER TABLE backups ADD COLUMN origin TEXT NOT NULL DEFAULT 'automatic';
ALTER TABLE backups ADD COLUMN proven_at INTEGER;
ALTER TABLE backups ADD COLUMN problem TEXT;
UPDATE backups SET origin = CASE reason WHEN 'superseded' THEN 'version' WHEN 'found' THEN 'found' ELSE 'automatic' END;

CREATE TABLE versions (
  id TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  version TEXT NOT NULL,
  from_path TEXT NOT NULL,
  from_version TEXT NOT NULL,
  moved_to TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  how TEXT NOT NULL CHECK (how IN ('bump', 'graduation')),
  note TEXT NOT NULL,
  books TEXT CHECK (books IN ('written', 'none', 'refused')),
  at INTEGER NOT NULL,
  undone_at INTEGER
) STRICT;
CREATE INDEX versions_workflow ON versions (workflow, at DESC);

CREATE TABLE restores (
  id TEXT PRIMARY KEY,
  workflow TEXT NOT NULL,
  backup_id TEXT NOT NULL,
  undo_backup_id TEXT,
  how TEXT NOT NULL CHECK (how IN ('with-cache', 'wiped', 'copy')),
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX restores_workflow ON restores (workflow, at DESC);

CREATE TABLE annotations (
  entry TEXT PRIMARY KEY,
  pinned INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '',
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

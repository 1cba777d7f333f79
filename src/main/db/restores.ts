import type { Connection } from './connection.ts';
import { below } from './folder-range.ts';

export interface RestoreRow {
  id: string;
  /** Whose backup it was put back for. */
  workflow: string;
  backupId: string;
  /** What was there before; null: nothing was, or it went elsewhere. */
  undoBackupId: string | null;
  how: 'with-cache' | 'wiped' | 'copy';
  /** The file that was written, and its hash. */
  path: string;
  sha256: string;
  at: number;
}

/** Restores that came to their end, in that order. */
export function createRestoresTable(db: Connection) {
  const columns =
    'id, workflow, backup_id AS backupId, undo_backup_id AS undoBackupId, how, path, sha256, at';
  const insert = db.prepare(
    `INSERT INTO restores (id, workflow, backup_id, undo_backup_id, how, path, sha256, at)
     VALUES (@id, @workflow, @backupId, @undoBackupId, @how, @path, @sha256, @at)`,
  );
  const inFolder = db.prepare(
    `SELECT ${columns} FROM restores WHERE workflow >= @low AND workflow < @high ORDER BY rowid`,
  );
  return {
    insert: (row: RestoreRow) => insert.run(row),
    /** Of all workflows below a folder, oldest first. */
    below: (folder: string) => inFolder.all(below(folder)) as RestoreRow[],
  };
}

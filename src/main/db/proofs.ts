import type { BackupOrigin } from '../../shared/history.ts';
import type { BackupRow } from './backups.ts';
import type { Connection } from './connection.ts';
import { below } from './folder-range.ts';

/** What one goes by when going through all backups. */
export interface BackupSketch {
  /** Where it stands in the order they were taken. */
  place: number;
  id: string;
  workflow: string;
  origin: BackupOrigin;
  sha256: string;
  at: number;
  provenAt: number | null;
  problem: string | null;
  /** Bytes of the content; null: the database has lost it. */
  size: number | null;
  /** The content it was compressed against; null: it stands alone. */
  base: string | null;
}

export interface KeptContent {
  sha256: string;
  /** Bytes of the content. */
  size: number;
  /** Bytes it takes up in the database. */
  bytes: number;
  base: string | null;
}

/** What proving, thinning and counting ask of backups and of what hangs on them. Changes nothing. */
export function createProofsTable(db: Connection) {
  const rows = 'backups.id, workflow, path, reason, origin, sha256, at, proven_at AS provenAt, problem';
  const page = db.prepare(
    `SELECT backups.rowid AS place, backups.id, workflow, origin, sha256, at, proven_at AS provenAt, problem, size, base
     FROM backups LEFT JOIN blobs USING (sha256)
     WHERE backups.rowid > @after AND workflow >= @low AND workflow < @high ORDER BY backups.rowid LIMIT @most`,
  );
  const claiming = db.prepare(`SELECT ${rows} FROM backups WHERE path = ? ORDER BY rowid`);
  const withContent = db.prepare(`SELECT ${rows} FROM backups WHERE sha256 = ? ORDER BY rowid`);
  const withProblem = db.prepare(`SELECT ${rows} FROM backups WHERE problem IS NOT NULL ORDER BY rowid`);
  const inUse = db
    .prepare(
      `SELECT undo_backup_id FROM restores WHERE undo_backup_id IS NOT NULL AND rowid IN
         (SELECT max(rowid) FROM restores WHERE workflow >= @low AND workflow < @high GROUP BY workflow)
       UNION SELECT undo_backup_id FROM recoveries
         WHERE undo_backup_id IS NOT NULL AND workflow >= @low AND workflow < @high
       UNION SELECT id FROM backups WHERE rowid IN
         (SELECT max(rowid) FROM backups
          WHERE workflow >= @low AND workflow < @high AND reason IN ('pre-run', 'pre-recovery') GROUP BY workflow, reason)
       UNION SELECT id FROM backups WHERE rowid IN
         (SELECT max(rowid) FROM backups WHERE workflow >= @low AND workflow < @high GROUP BY workflow)`,
    )
    .pluck();
  const contents = db.prepare(
    `SELECT sha256, size, length(zstd) AS bytes, base FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))`,
  );
  const everywhere = { low: '', high: '\u{10FFFF}' };
  return {
    /** The next of them in the order they were taken, of all workflows below a folder or of all (null). */
    page: (folder: string | null, after: number, most: number) =>
      page.all({ after, most, ...(folder === null ? everywhere : below(folder)) }) as BackupSketch[],
    /** Whose copy should lie there, oldest first: a name may have been taken again after its copy was gone. */
    claiming: (path: string) => claiming.all(path) as BackupRow[],
    withContent: (sha256: string) => withContent.all(sha256) as BackupRow[],
    /** Those that the last proof found damaged. */
    withProblem: () => withProblem.all() as BackupRow[],
    /**
     * Of all workflows below a folder: the undo of the newest restore and of the recovery, the input of the newest run
     * and of the newest recovery, and the newest backup of each file.
     */
    inUse: (folder: string) => new Set(inUse.all(below(folder)) as string[]),
    /** The same of one workflow. */
    inUseOf: (workflow: string) => new Set(inUse.all({ low: workflow, high: `${workflow}\0` }) as string[]),
    /** Those of the named contents that are there. */
    contents: (sha256s: readonly string[]) => contents.all(JSON.stringify(sha256s)) as KeptContent[],
  };
}

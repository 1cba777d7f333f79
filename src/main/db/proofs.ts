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
  path: string | null;
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

const SAID = "(pinned = 1 OR note <> '')";

/** What proving, thinning and counting ask of backups and of what hangs on them. Changes nothing. */
export function createProofsTable(db: Connection) {
  const rows = 'backups.id, workflow, path, reason, origin, sha256, at, proven_at AS provenAt, problem';
  const places = db
    .prepare('SELECT rowid FROM backups WHERE workflow >= @low AND workflow < @high ORDER BY rowid')
    .pluck();
  const sketches = db.prepare(
    `SELECT backups.rowid AS place, backups.id, workflow, path, origin, sha256, at, proven_at AS provenAt, problem, size, base
     FROM backups LEFT JOIN blobs USING (sha256)
     WHERE backups.rowid IN (SELECT value FROM json_each(?)) ORDER BY backups.rowid`,
  );
  const claiming = db.prepare(`SELECT ${rows} FROM backups WHERE path = ? ORDER BY rowid`);
  const withContent = db.prepare(`SELECT ${rows} FROM backups WHERE sha256 = ? ORDER BY rowid`);
  const withProblem = db.prepare(`SELECT ${rows} FROM backups WHERE problem IS NOT NULL ORDER BY rowid`);
  // What people pinned or wrote a note to may be a restore or a run: of that the backups stay.
  const named = `SELECT undo_backup_id AS id FROM annotations JOIN restores ON restores.id = entry WHERE ${SAID}
    UNION SELECT backup_id FROM annotations JOIN restores ON restores.id = entry WHERE ${SAID}
    UNION SELECT backups.id FROM annotations JOIN runs ON runs.id = entry
      JOIN backups ON backups.workflow = runs.workflow AND runs.backup IN (backups.id, backups.path) WHERE ${SAID}`;
  const inUse = db
    .prepare(
      `SELECT undo_backup_id FROM restores WHERE rowid IN
         (SELECT max(rowid) FROM restores
          WHERE workflow >= @low AND workflow < @high AND undo_backup_id IS NOT NULL GROUP BY workflow)
       UNION SELECT undo_backup_id FROM recoveries
         WHERE undo_backup_id IS NOT NULL AND workflow >= @low AND workflow < @high
       UNION SELECT id FROM backups WHERE rowid IN
         (SELECT max(rowid) FROM backups
          WHERE workflow >= @low AND workflow < @high AND reason IN ('pre-run', 'pre-recovery') GROUP BY workflow, reason)
       UNION SELECT backups.id FROM (${named}) JOIN backups USING (id) WHERE workflow >= @low AND workflow < @high
       UNION SELECT id FROM backups WHERE rowid IN
         (SELECT max(rowid) FROM backups WHERE workflow >= @low AND workflow < @high GROUP BY workflow)`,
    )
    .pluck();
  const newerOf =
    'SELECT 1 FROM backups newer WHERE newer.workflow = own.workflow AND newer.rowid > own.rowid';
  const isInUse = db
    .prepare(
      `SELECT own.id IS (SELECT undo_backup_id FROM restores
           WHERE restores.workflow = own.workflow AND undo_backup_id IS NOT NULL ORDER BY rowid DESC LIMIT 1)
         OR EXISTS (SELECT 1 FROM recoveries WHERE undo_backup_id = own.id)
         OR own.reason IN ('pre-run', 'pre-recovery') AND NOT EXISTS (${newerOf} AND newer.reason = own.reason)
         OR NOT EXISTS (${newerOf})
         OR own.id IN (${named})
       FROM backups own WHERE own.id = ?`,
    )
    .pluck();
  const contents = db.prepare(
    `SELECT sha256, size, length(zstd) AS bytes, base FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))`,
  );
  const everywhere = { low: '', high: '\u{10FFFF}' };
  return {
    /** Where they stand in the order they were taken: those of all workflows below a folder, or all (null). */
    places: (folder: string | null) => places.all(folder === null ? everywhere : below(folder)) as number[],
    /** Those of these places that are there still. */
    sketches: (at: readonly number[]) => sketches.all(JSON.stringify(at)) as BackupSketch[],
    /** Whose copy should lie there, oldest first: a name may have been taken again after its copy was gone. */
    claiming: (path: string) => claiming.all(path) as BackupRow[],
    withContent: (sha256: string) => withContent.all(sha256) as BackupRow[],
    /** Those that the last proof found damaged. */
    withProblem: () => withProblem.all() as BackupRow[],
    /**
     * Of all workflows below a folder: the undo of the newest restore and of the recovery, the input of the newest run
     * and of the newest recovery, the newest backup of each file, and what a restore or a run began with and replaced
     * that somebody pinned or wrote a note to.
     */
    inUse: (folder: string) => new Set(inUse.all(below(folder)) as string[]),
    /** The same, asked of one. */
    isInUse: (id: string) => isInUse.get(id) === 1,
    /** Those of the named contents that are there. */
    contents: (sha256s: readonly string[]) => contents.all(JSON.stringify(sha256s)) as KeptContent[],
  };
}

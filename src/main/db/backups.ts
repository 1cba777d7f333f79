import type { BackupOrigin } from '../../shared/history.ts';
import { hashOf } from '../platform/content-hash.ts';
import { createBlobs, type PackedContent, type WholeContent } from './blobs.ts';
import type { Connection } from './connection.ts';
import { below } from './folder-range.ts';
import { packWhole } from './packing.ts';

export interface BackupRow {
  id: string;
  workflow: string;
  /** Where the copy on disk lies; null when the folder could not be written. */
  path: string | null;
  reason: string;
  origin: BackupOrigin;
  sha256: string;
  at: number;
  /** When it was last proven readable; null: never yet. */
  provenAt: number | null;
  /** What that proof found wrong, one sentence; null: nothing. */
  problem: string | null;
}

/** With what a list tells of it. */
export interface ListedBackup extends BackupRow {
  /** Bytes of the content. */
  size: number;
}

/** What is known when a backup is taken. */
export type NewBackup = Omit<BackupRow, 'sha256' | 'provenAt' | 'problem'>;

/** A content ready to stand alone in the database. */
export async function packContent(content: Uint8Array): Promise<WholeContent> {
  const [sha256, zstd] = await Promise.all([hashOf(content), packWhole(content)]);
  return { sha256, size: content.byteLength, zstd, base: null, mends: false, content };
}

/** Of the table `backups`, under the names of `BackupRow`. */
export const BACKUP_COLUMNS =
  'id, workflow, path, reason, origin, sha256, at, proven_at AS provenAt, problem';

/** Backups and their contents; identical content is kept once (behaviour.md §9). */
export function createBackupsTable(db: Connection) {
  const blobs = createBlobs(db);
  const insert = db.prepare(
    `INSERT INTO backups (id, workflow, path, reason, origin, sha256, at)
     VALUES (@id, @workflow, @path, @reason, @origin, @sha256, @at)`,
  );
  const of = db.prepare(`SELECT ${BACKUP_COLUMNS} FROM backups WHERE workflow = ? ORDER BY at DESC, id DESC`);
  const inOrder = db.prepare(`SELECT ${BACKUP_COLUMNS} FROM backups WHERE workflow = ? ORDER BY rowid`);
  const one = db.prepare(`SELECT ${BACKUP_COLUMNS} FROM backups WHERE id = ?`);
  const startsWith = db.prepare(
    `SELECT ${BACKUP_COLUMNS} FROM backups WHERE id >= @low AND id < @high LIMIT 2`,
  );
  const inFolder = db.prepare(
    `SELECT ${BACKUP_COLUMNS}, size FROM backups JOIN blobs USING (sha256)
     WHERE workflow >= @low AND workflow < @high ORDER BY backups.rowid`,
  );
  const every = db.prepare(`SELECT ${BACKUP_COLUMNS} FROM backups ORDER BY rowid`);
  const prove = db.prepare('UPDATE backups SET proven_at = @at, problem = @problem WHERE id = @id');
  const contentOf = db.prepare('SELECT sha256 FROM backups WHERE id = ?').pluck();
  const remove = db.prepare('DELETE FROM backups WHERE id = ?');
  const newest = db
    .prepare(
      `SELECT coalesce(base, sha256) FROM backups JOIN blobs USING (sha256)
       WHERE backups.rowid = (SELECT max(rowid) FROM backups WHERE workflow = ?)`,
    )
    .pluck();
  const madeFrom = db
    .prepare(
      'SELECT from_path FROM versions WHERE workflow = ? AND undone_at IS NULL ORDER BY rowid DESC LIMIT 1',
    )
    .pluck();
  const newestOf = (workflow: string) => (newest.get(workflow) as string | undefined) ?? null;
  /** A content that stands alone, and that of the next backup may resemble. */
  const baseFor = (workflow: string): string | null => {
    const own = newestOf(workflow);
    const from = own === null ? (madeFrom.get(workflow) as string | undefined) : undefined;
    return from === undefined ? own : newestOf(from);
  };
  const setPath = db.prepare('UPDATE backups SET path = @path WHERE id = @id');
  const unmove = db.prepare("UPDATE backups SET path = NULL, origin = 'automatic' WHERE id = ?");
  return {
    /**
     * Makes the content of a workflow ready, as what differs from an earlier one of it, or of the file it was made of,
     * where that takes up less.
     */
    pack: (content: Uint8Array, workflow: string): Promise<PackedContent> =>
      blobs.pack(content, baseFor(workflow)),
    put(row: NewBackup, content: PackedContent): void {
      blobs.put(content);
      insert.run({ ...row, sha256: content.sha256 });
    },
    /** Unpacked beside whatever else goes on. Null: it is not there, or does not unpack; its hash is not looked at. */
    unpacked: blobs.unpacked,
    /** A content in place of what is damaged; it stands alone from then on. */
    mendBlob: blobs.mend,
    /** What contents take up in the database, in bytes; shared ones count once. */
    bytesOf: blobs.bytesOf,
    /** Removes backups, and the contents that nobody needs then: the room they had is used again. */
    remove(ids: readonly string[]): void {
      const contents = new Set(ids.map((id) => contentOf.get(id) as string | undefined));
      for (const id of ids) remove.run(id);
      blobs.dropUnused([...contents].filter((sha256) => sha256 !== undefined));
    },
    of: (workflow: string) => of.all(workflow) as BackupRow[],
    /** In the order they were taken: the clock may have been set back. */
    inOrder: (workflow: string) => inOrder.all(workflow) as BackupRow[],
    find: (id: string) => (one.get(id) as BackupRow | undefined) ?? null,
    /** Those whose id begins so: two at most, so that one can be told from several. */
    startingWith: (id: string) => startsWith.all({ low: id, high: `${id}\u{10FFFF}` }) as BackupRow[],
    /** Of all workflows below a folder, in the order they were taken: the clock may have been set back. */
    below: (folder: string) => inFolder.all(below(folder)) as ListedBackup[],
    /** All of them, in the order they were taken. */
    every: () => every.all() as BackupRow[],
    prove: (id: string, at: number, problem: string | null) => prove.run({ id, at, problem }),
    /** The old file of a version is at its place again: its content stays, as that of a backup without a copy. */
    unmove: (id: string) => unmove.run(id),
    /** Where its copy on disk lies now. */
    setPath: (id: string, path: string | null) => setPath.run({ id, path }),
  };
}

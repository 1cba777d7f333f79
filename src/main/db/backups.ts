import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { BackupOrigin } from '../../shared/history.ts';
import { hashOf } from '../platform/content-hash.ts';
import { errorCode } from '../platform/error-code.ts';
import type { Connection } from './connection.ts';
import { below } from './folder-range.ts';

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

/** A content made ready for the database, beside whatever else goes on: that of a large workflow takes a while. */
export interface PackedContent {
  sha256: string;
  size: number;
  zstd: Uint8Array;
}

export async function packContent(content: Uint8Array): Promise<PackedContent> {
  const [sha256, zstd] = await Promise.all([hashOf(content), compress(content)]);
  return { sha256, size: content.byteLength, zstd };
}
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Of the table `backups`, under the names of `BackupRow`. */
export const BACKUP_COLUMNS =
  'id, workflow, path, reason, origin, sha256, at, proven_at AS provenAt, problem';

/** Backups and their contents; identical content is kept once (behaviour.md §9). */
export function createBackupsTable(db: Connection) {
  const blob = db.prepare('INSERT INTO blobs (sha256, size, zstd) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const hasBlob = db.prepare('SELECT 1 FROM blobs WHERE sha256 = ?').pluck();
  const readBlob = db.prepare('SELECT zstd FROM blobs WHERE sha256 = ?').pluck();
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
  const setPath = db.prepare('UPDATE backups SET path = @path WHERE id = @id');
  return {
    put(row: NewBackup, { sha256, size, zstd }: PackedContent): void {
      if (hasBlob.get(sha256) === undefined) blob.run(sha256, size, zstd);
      insert.run({ ...row, sha256 });
    },
    /** Unpacked beside whatever else goes on. Null: it is not there, or does not unpack; its hash is not looked at. */
    async unpacked(sha256: string): Promise<Uint8Array | null> {
      const packed = readBlob.get(sha256) as Buffer | undefined;
      if (packed === undefined) return null;
      try {
        return await decompress(packed);
      } catch (error) {
        if (/^Z(STD)?_/.test(errorCode(error))) return null;
        throw error;
      }
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
    /** Where its copy on disk lies now. */
    setPath: (id: string, path: string | null) => setPath.run({ id, path }),
  };
}

import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { hashOf } from '../platform/content-hash.ts';
import { errorCode } from '../platform/error-code.ts';
import type { Connection } from './connection.ts';

export interface BackupRow {
  id: string;
  workflow: string;
  /** Where the copy on disk lies; null when the folder could not be written. */
  path: string | null;
  reason: string;
  sha256: string;
  at: number;
}

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

/** Backups and their contents; identical content is kept once (behaviour.md §9). */
export function createBackupsTable(db: Connection) {
  const blob = db.prepare('INSERT INTO blobs (sha256, size, zstd) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const hasBlob = db.prepare('SELECT 1 FROM blobs WHERE sha256 = ?').pluck();
  const readBlob = db.prepare('SELECT zstd FROM blobs WHERE sha256 = ?').pluck();
  const insert = db.prepare(
    'INSERT INTO backups (id, workflow, path, reason, sha256, at) VALUES (@id, @workflow, @path, @reason, @sha256, @at)',
  );
  const of = db.prepare(
    'SELECT id, workflow, path, reason, sha256, at FROM backups WHERE workflow = ? ORDER BY at DESC, id DESC',
  );
  const one = db.prepare('SELECT id, workflow, path, reason, sha256, at FROM backups WHERE id = ?');
  return {
    put(row: Omit<BackupRow, 'sha256'>, { sha256, size, zstd }: PackedContent): void {
      if (hasBlob.get(sha256) === undefined) blob.run(sha256, size, zstd);
      insert.run({ ...row, sha256 });
    },
    content(sha256: string): Uint8Array | null {
      const packed = readBlob.get(sha256) as Buffer | undefined;
      return packed ? zstdDecompressSync(packed) : null;
    },
    /** The same, beside whatever else goes on. Null also for one that is damaged. */
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
    find: (id: string) => (one.get(id) as BackupRow | undefined) ?? null,
  };
}

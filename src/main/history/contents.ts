import type { BackupRow } from '../db/backups.ts';
import { hashOf } from '../platform/content-hash.ts';
import type { BackupDeps } from './backup.ts';

/** The two places of a backup, read by its hash. */
type Twins = Pick<BackupRow, 'sha256' | 'path'>;

/** The content of a backup: the database's, else that of the copy on disk. Null: neither is whole. */
export async function wholeContent(
  row: Twins,
  { db, disk }: Pick<BackupDeps, 'db' | 'disk'>,
): Promise<Uint8Array | null> {
  const kept = await db.backups.unpacked(row.sha256);
  if (kept !== null && (await hashOf(kept)) === row.sha256) return kept;
  const copy = row.path === null ? null : await disk.read(row.path);
  return copy !== null && (await hashOf(copy)) === row.sha256 ? copy : null;
}

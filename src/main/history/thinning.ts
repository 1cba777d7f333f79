import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../shared/failure.ts';
import type { BackupRow } from '../db/backups.ts';
import type { BackupSketch } from '../db/proofs.ts';
import { hashOf } from '../platform/content-hash.ts';
import { asOneWrite, type FileLocks } from '../platform/held-file.ts';
import type { BackupDeps } from './backup.ts';
import { type Claims, keptBackups, type RetentionRules } from './retention.ts';

export type ThinningDeps = BackupDeps & Pick<FileLocks, 'alone'>;

/** What people and the program want of the backups below a group folder, as it is now. */
export function claimsIn(group: string, { db }: Pick<BackupDeps, 'db'>): Claims {
  const pinned = new Set<string>();
  const noted = new Set<string>();
  for (const [entry, annotation] of db.annotations.all()) {
    if (annotation.pinned) pinned.add(entry);
    if (annotation.note !== '') noted.add(entry);
  }
  return { pinned, noted, inUse: db.proofs.inUse(group) };
}

/**
 * Removes the backups of a lineage that retention gives up (retention.ts): first the copy on disk, if it is what was
 * written there, then the row with the content that nobody else needs. A process that dies in between leaves a backup
 * that is in the database alone; the next one goes on. Nothing goes that is pinned, noted or needed by then, and nothing
 * of a workflow while somebody restores it. A copy that cannot be read or removed now keeps its backup for another time;
 * one that somebody changed stays where it is. `backups`: of one lineage in the order they were taken. Gives how many went.
 */
export async function thinLineage(
  group: string,
  backups: readonly BackupSketch[],
  rules: RetentionRules,
  deps: ThinningDeps,
  signal?: AbortSignal,
): Promise<number> {
  const kept = keptBackups(backups, claimsIn(group, deps), rules);
  let gone = 0;
  for (const backup of backups) {
    if (kept.get(backup.id) !== null) continue;
    if (signal?.aborted) break;
    if (await removeAlone(backup, deps)) gone += 1;
    await setImmediate();
  }
  return gone;
}

/** Whoever holds the workflow that long comes first. */
async function removeAlone({ id, workflow }: BackupSketch, deps: ThinningDeps): Promise<boolean> {
  try {
    return await asOneWrite(workflow, 'thin the backups of', () => remove(id, deps), deps);
  } catch (error) {
    if (error instanceof FlowdeckError && error.failure.code === 'locked') return false;
    throw error;
  }
}

async function remove(id: string, deps: BackupDeps): Promise<boolean> {
  const { db } = deps;
  const row = db.backups.find(id);
  if (row === null || isWanted(row, deps) || !(await isSpare(row, deps))) return false;
  try {
    if (row.path !== null && (await isOurs(row, row.path, deps))) await deps.disk.remove(row.path);
  } catch (error) {
    if (error instanceof FlowdeckError) return false;
    throw error;
  }
  return db.commits.write(() => {
    // Somebody may have pinned it in this very instant: then its content is still there.
    if (isWanted(row, deps)) return false;
    db.backups.remove([id]);
    return true;
  });
}

/** Of all that keeps a backup only these come up afterwards: what was once given up for its age stays so. */
function isWanted({ id, workflow }: BackupRow, { db }: Pick<BackupDeps, 'db'>): boolean {
  const { pinned, note } = db.annotations.of(id);
  return pinned || note !== '' || db.proofs.inUseOf(workflow).has(id);
}

/** Another backup of this content that is to stay can do without this one's copy. */
async function isSpare({ id, sha256 }: BackupRow, { db }: Pick<BackupDeps, 'db'>): Promise<boolean> {
  if (db.proofs.withContent(sha256).every((other) => other.id === id)) return true;
  const content = await db.backups.unpacked(sha256);
  return content !== null && (await hashOf(content)) === sha256;
}

/** Its copy lies there as it was written, and the name is not another backup's by now. */
async function isOurs({ id, sha256 }: BackupRow, path: string, { db, disk }: BackupDeps): Promise<boolean> {
  const content = await disk.read(path);
  if (content === null || (await hashOf(content)) !== sha256) return false;
  return db.proofs.claiming(path).at(-1)?.id === id;
}

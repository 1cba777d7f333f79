import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../shared/failure.ts';
import type { BackupRow } from '../db/backups.ts';
import type { BackupSketch } from '../db/proofs.ts';
import { hashOf } from '../platform/content-hash.ts';
import { asOneWrite, type FileLocks } from '../platform/held-file.ts';
import type { BackupDeps } from './backup.ts';
import { type Claims, keptBackups, type RetentionRules } from './retention.ts';

/** Backups removed in one commit. */
const TOGETHER = 20;

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
  // A name may have been given again after its copy was gone: the file is the newest one's.
  const owners = new Map(backups.map(({ path, id }) => [path, id]));
  const doomed = backups.filter(({ id }) => kept.get(id) === null);
  let gone = 0;
  for (const some of bundled(doomed)) {
    if (signal?.aborted) break;
    gone += await removeAlone(some, (row) => owners.get(row.path) === row.id, deps, signal);
    await setImmediate();
  }
  return gone;
}

/** Those of one workflow that follow each other, a few at a time: others may want it in between. */
function bundled(backups: readonly BackupSketch[]): BackupSketch[][] {
  const bundles: BackupSketch[][] = [];
  for (const backup of backups) {
    const last = bundles.at(-1);
    if (last?.[0]?.workflow === backup.workflow && last.length < TOGETHER) last.push(backup);
    else bundles.push([backup]);
  }
  return bundles;
}

type OwnsFile = (row: BackupRow) => boolean;

/** Whoever holds the workflow that long comes first. */
async function removeAlone(
  some: readonly BackupSketch[],
  ownsFile: OwnsFile,
  deps: ThinningDeps,
  signal: AbortSignal | undefined,
): Promise<number> {
  const workflow = some[0]?.workflow ?? '';
  try {
    return await asOneWrite(
      workflow,
      'thin the backups of',
      () => removeTogether(some, ownsFile, deps, signal),
      deps,
    );
  } catch (error) {
    if (error instanceof FlowdeckError && error.failure.code === 'locked') return 0;
    throw error;
  }
}

async function removeTogether(
  some: readonly BackupSketch[],
  ownsFile: OwnsFile,
  deps: BackupDeps,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { db } = deps;
  const ready: string[] = [];
  for (const { id } of some) {
    if (signal?.aborted) break;
    const row = db.backups.find(id);
    if (row === null || isWanted(id, deps) || !(await isSpare(row, deps))) continue;
    if (await removeCopy(row, ownsFile, deps)) ready.push(id);
  }
  return db.commits.write(() => {
    // Somebody may have pinned one in this very instant: then its content is still there.
    const ids = ready.filter((id) => !isWanted(id, deps));
    db.backups.remove(ids);
    return ids.length;
  });
}

/** Of all that keeps a backup only these come up afterwards: what was once given up for its age stays so. */
function isWanted(id: string, { db }: Pick<BackupDeps, 'db'>): boolean {
  const { pinned, note } = db.annotations.of(id);
  return pinned || note !== '' || db.proofs.isInUse(id);
}

/** Another backup of this content that is to stay can do without this one's copy. */
async function isSpare({ id, sha256 }: BackupRow, { db }: Pick<BackupDeps, 'db'>): Promise<boolean> {
  if (db.proofs.withContent(sha256).every((other) => other.id === id)) return true;
  const content = await db.backups.unpacked(sha256);
  return content !== null && (await hashOf(content)) === sha256;
}

/** If it lies there as it was written. False: it cannot be read or removed now. */
async function removeCopy(row: BackupRow, ownsFile: OwnsFile, { disk }: BackupDeps): Promise<boolean> {
  const { path, sha256 } = row;
  if (path === null || !ownsFile(row)) return true;
  try {
    const content = await disk.read(path);
    if (content !== null && (await hashOf(content)) === sha256) await disk.remove(path);
    return true;
  } catch (error) {
    if (error instanceof FlowdeckError) return false;
    throw error;
  }
}

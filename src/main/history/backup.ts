import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { FlowdeckError, fail } from '../../shared/failure.ts';
import type { BackupOrigin } from '../../shared/history.ts';
import type { NewBackup } from '../db/backups.ts';
import type { PackedContent } from '../db/blobs.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { errorCode } from '../platform/error-code.ts';

export interface Backup {
  id: string;
  /** The copy on disk; null: it could not be written, and the database has the content alone. */
  path: string | null;
  sha256: string;
}

export interface TakenBackup extends Backup {
  /** Why there is no copy on disk, one sentence; null: there is. */
  problem: string | null;
}

export interface BackupDeps {
  db: Database;
  disk: Disk;
  clock: Clock;
}

/**
 * Backs up a workflow's bytes before a destructive change: a copy under the manual's name beside the group folder,
 * and the content in the database, so that a deleted `backups/` loses nothing (behaviour.md §9). Where the copy cannot
 * be written the database has it alone, and `problem` says why; callers tell it. `reason` is a slug such as `pre-run`.
 * Rejects with `folder` for a name too long to have one, and with `folder` or `store-unreachable` when the database cannot
 * take it; then nothing may be changed.
 *
 * A process that dies between the copy and the commit leaves a copy that the database does not know: it is listed as
 * one that was found, and can be adopted.
 */
export async function takeBackup(
  workflow: string,
  content: Uint8Array,
  reason: string,
  deps: BackupDeps,
  { origin = 'automatic', note = '' }: { origin?: BackupOrigin; note?: string } = {},
): Promise<TakenBackup> {
  const { db, clock } = deps;
  const at = clock.now();
  // Both to their end, also where one fails: who is told so may remove the folder.
  const [copying, packing] = await Promise.allSettled([
    writeCopy(workflow, content, `bak-${localDay(at)}-${reason}`, deps),
    db.backups.pack(content, workflow),
  ]);
  if (copying.status === 'rejected') throw copying.reason;
  if (packing.status === 'rejected') throw packing.reason;
  const { path, problem } = copying.value;
  const taken = await db.commits.write(() => {
    const backup = recordBackup({ workflow, path, reason, origin, at }, packing.value, db);
    if (note !== '') db.annotations.put(backup.id, { pinned: false, note }, at);
    return backup;
  });
  return { ...taken, problem };
}

/** What the disk refuses is a sentence here: the database may have the content all the same. */
async function writeCopy(
  workflow: string,
  content: Uint8Array,
  ending: string,
  { disk }: BackupDeps,
): Promise<{ path: string | null; problem: string | null }> {
  const folder = backupFolder(workflow);
  const base = `${basename(workflow)}.${ending}`;
  try {
    const path = await disk.writeNew(folder, (n) => (n === 1 ? base : `${base}-${n}`), content);
    return { path, problem: null };
  } catch (error) {
    // A name that leaves no room for that of its backup leaves none for what a run writes either: before it costs anything.
    if (!(error instanceof FlowdeckError) || errorCode(error.cause) === 'ENAMETOOLONG') throw error;
    const problem = `The backup is kept in the database alone, as ${folder} takes no copy: ${error.failure.message}`;
    return { path: null, problem };
  }
}

/** Puts a backup and its content into the database; call it inside `Commits.write`. */
export function recordBackup(copy: Omit<NewBackup, 'id'>, content: PackedContent, db: Database): Backup {
  const id = randomUUID();
  db.backups.put({ ...copy, id }, content);
  return { id, path: copy.path, sha256: content.sha256 };
}

/** `backups/` of the group: beside `testing/` and `approved/` when the workflow lies in one of them. */
export function backupFolder(workflow: string): string {
  const own = dirname(workflow);
  const grouped = ['testing', 'approved'].includes(basename(own).toLowerCase());
  return join(grouped ? dirname(own) : own, 'backups');
}

/** `YYYY-MM-DD` in local time: the day a person would call it. */
export function localDay(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export const noWorkflow = (path: string) =>
  fail('workflow-missing', `There is no workflow file ${basename(path)}.`, {
    where: path,
    cure: 'Check the path; versions that were superseded lie in backups/.',
  });

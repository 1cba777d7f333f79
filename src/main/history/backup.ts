import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { type NewBackup, type PackedContent, packContent } from '../db/backups.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';

export interface Backup {
  id: string;
  /** The copy on disk. */
  path: string;
  sha256: string;
}

export interface BackupDeps {
  db: Database;
  disk: Disk;
  clock: Clock;
}

/**
 * Backs up a workflow's bytes before a destructive change: a copy under the manual's name beside the group folder,
 * and the content in the database, so that a deleted `backups/` loses nothing (behaviour.md §9).
 * `reason` is a slug such as `pre-run`. Rejects with `folder` or `store-unreachable`; then nothing may be changed.
 */
export async function takeBackup(
  workflow: string,
  content: Uint8Array,
  reason: string,
  deps: BackupDeps,
): Promise<Backup> {
  const { db, disk, clock } = deps;
  const at = clock.now();
  const base = `${basename(workflow)}.bak-${localDay(at)}-${reason}`;
  const path = await disk.writeNew(backupFolder(workflow), (n) => (n === 1 ? base : `${base}-${n}`), content);
  const packed = await packContent(content);
  return db.commits.write(() =>
    recordBackup({ workflow, path, reason, origin: 'automatic', at }, packed, db),
  );
}

/** Puts a copy on disk, and its content, into the database; call it inside `Commits.write`. */
export function recordBackup(
  copy: Omit<NewBackup, 'id'> & { path: string },
  content: PackedContent,
  db: Database,
): Backup {
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

import { basename, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { Database } from '../db/database.ts';
import { backupFolder, recordBackup, type TakenBackup, takeBackup } from '../history/backup.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { betweenRuns, type FileLocks } from '../platform/held-file.ts';

export interface RecoveryBackupDeps extends Pick<FileLocks, 'lock'> {
  db: Database;
  disk: Disk;
  clock: Clock;
}

/** What is there before a recovery changes anything. Null: there is no file. Rejects with `locked` while a run has it. */
export const backUpFirst = (workflow: string, deps: RecoveryBackupDeps): Promise<TakenBackup | null> =>
  betweenRuns(
    workflow,
    'recover',
    async (real) => {
      const content = await deps.disk.read(real);
      return content === null ? null : takeBackup(real, content, 'pre-recovery', deps);
    },
    deps,
  );

/**
 * The id of a backup of this workflow that is named by its id or by its path; one that only the disk knows is taken into
 * the database first. Rejects with `not-found`.
 */
export async function backupIdOf(
  workflow: string,
  idOrPath: string,
  { db, disk }: RecoveryBackupDeps,
): Promise<string> {
  const known = db.backups.of(workflow).find(({ id, path }) => id === idOrPath || path === idOrPath);
  if (known !== undefined) return known.id;
  const path = resolve(idOrPath);
  const [content, stat] = isBeside(workflow, path)
    ? await Promise.all([disk.read(path), disk.stat(path)])
    : [null, null];
  if (content === null || stat === null) {
    throw fail('not-found', `There is no backup ${basename(idOrPath)} of ${basename(workflow)}.`, {
      where: idOrPath,
      cure: 'Look into backups/ for the one you mean.',
    });
  }
  const packed = await db.backups.pack(content, workflow);
  const at = Math.round(stat.mtimeMs);
  return db.commits.write(
    () => recordBackup({ workflow, path, reason: 'found', origin: 'found', at }, packed, db).id,
  );
}

/** A page may name no other file than a backup of this workflow. */
const isBeside = (workflow: string, path: string): boolean =>
  path.startsWith(backupFolder(workflow)) &&
  resolve(backupFolder(workflow), basename(path)) === path &&
  basename(path).startsWith(basename(workflow));

import type { Database } from '../db/database.ts';
import { type TakenBackup, takeBackup } from '../history/backup.ts';
import { adoptCopy } from '../history/foreign-adopt.ts';
import { lineageOf } from '../history/lineage.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { nodeFolders } from '../platform/folders.ts';
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
 * the database first. Rejects with `not-found`: a page may name no other file than a backup of this workflow.
 */
export const backupIdOf = (
  workflow: string,
  idOrPath: string,
  { db, disk }: RecoveryBackupDeps,
): Promise<string> =>
  adoptCopy(idOrPath, { db, disk, folders: nodeFolders }, { lineage: lineageOf(workflow) });

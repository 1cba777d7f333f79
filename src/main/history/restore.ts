import { basename, dirname } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { BackupRow } from '../db/backups.ts';
import { asOneWrite, betweenRuns, type FileLocks, sameFile } from '../platform/held-file.ts';
import { type BackupDeps, noWorkflow, takeBackup } from './backup.ts';
import { wholeContent } from './contents.ts';

export type RestoreDeps = BackupDeps & FileLocks;

/**
 * Puts the content of a backup back in place of the workflow, after backing up what is there, so that it can be undone
 * (behaviour.md §9). The content is the database's, else that of the copy on disk; one whose hash is wrong is never
 * restored. Rejects with `not-found`, `workflow-unreadable` for a damaged backup, `workflow-missing`, `locked`.
 */
export async function restore(
  path: string,
  backupId: string,
  deps: RestoreDeps,
): Promise<{ undoBackupId: string }> {
  return betweenRuns(
    path,
    'restore',
    (real) => asOneWrite(real, 'restore', () => putBack(real, backupId, deps), deps),
    deps,
  );
}

/**
 * Puts the content of a backup where the workflow was and is not any more. Rejects with `not-found`, with
 * `workflow-unreadable` for a damaged backup, with `locked`, and with `folder` when a file is there after all.
 */
export async function bringBack(path: string, backupId: string, deps: RestoreDeps): Promise<void> {
  const { disk } = deps;
  const there = (real: string) =>
    fail('folder', `${basename(real)} is there again.`, { where: real, cure: 'Look at it anew.' });
  await betweenRuns(
    path,
    'restore',
    async (real) => {
      if ((await disk.stat(real)) !== null) throw there(real);
      const content = await contentOf(rowOf(real, backupId, deps), deps);
      await disk.writeNew(
        dirname(real),
        (n) => {
          if (n > 1) throw there(real);
          return basename(real);
        },
        content,
      );
    },
    deps,
  );
}

async function putBack(real: string, backupId: string, deps: RestoreDeps): Promise<{ undoBackupId: string }> {
  const { disk } = deps;
  const content = await contentOf(rowOf(real, backupId, deps), deps);
  for (;;) {
    const seen = await disk.stat(real);
    const now = await disk.read(real);
    if (now === null) throw noWorkflow(real);
    const undo = await takeBackup(real, now, 'pre-restore', deps);
    // Saved by a person since it was read: their version is backed up too.
    if (!sameFile(seen, await disk.stat(real))) continue;
    await disk.write(real, content);
    return { undoBackupId: undo.id };
  }
}

function rowOf(real: string, backupId: string, { db }: RestoreDeps): BackupRow {
  const row = db.backups.find(backupId);
  if (row?.workflow === real) return row;
  throw fail('not-found', `There is no backup ${backupId} of ${basename(real)}.`, {
    where: real,
    cure: 'Look into backups/ for the one you mean.',
  });
}

async function contentOf(row: BackupRow, deps: RestoreDeps): Promise<Uint8Array> {
  const content = await wholeContent(row, deps);
  if (content !== null) return content;
  throw fail('workflow-unreadable', 'This backup is damaged and was not restored.', {
    where: row.path ?? row.id,
    cure: 'Restore an earlier backup. The workflow was left as it is.',
  });
}

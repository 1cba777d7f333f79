import { basename, dirname } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { BackupRow } from '../db/backups.ts';
import type { VersionRow } from '../db/versions.ts';
import { hashOf } from '../platform/content-hash.ts';
import { asOneWrite, betweenRuns, type FileLocks, sameFile } from '../platform/held-file.ts';
import { type BackupDeps, noWorkflow, takeBackup } from './backup.ts';
import { wholeContent } from './contents.ts';

export type UndoVersionDeps = BackupDeps & FileLocks;

/**
 * Takes a bump or a graduation back, while the new file is byte for byte as it was made: the old file is at its place
 * again, the new one goes to `backups/`, and what the database knows follows back. Gives the old file's path. Rejects with
 * `usage` for a file that no version of ours made or that was changed since, with `workflow-unreadable` when the old
 * content is damaged, with `folder` when something else has its place, with `locked` and `workflow-missing`.
 *
 * As with a bump each step is on the disk before the next begins, and the same call goes on after a crash.
 */
export async function undoVersion(path: string, deps: UndoVersionDeps): Promise<{ path: string }> {
  return betweenRuns(path, 'undo', (real) => asOneWrite(real, 'undo', () => goBack(real, deps), deps), deps);
}

async function goBack(real: string, deps: UndoVersionDeps): Promise<{ path: string }> {
  const { db, disk } = deps;
  const seen = await disk.stat(real);
  const bytes = await disk.read(real);
  if (bytes === null) throw noWorkflow(real);
  const made = db.versions.newest(real);
  if (made === null) throw notMade(real);
  const sha256 = await hashOf(bytes);
  if (sha256 !== made.sha256) throw changed(real, made);
  const { fromPath } = made;
  // Undone already by a process that died before the new file was gone; the old one may have been worked on since.
  const isUndone = made.undoneAt !== null;
  if (isUndone && (await disk.stat(fromPath)) === null) throw notMade(real);

  const old = db.backups.of(fromPath).find((row) => row.path === made.movedTo && row.origin === 'version');
  if (!isUndone) {
    await putBack(made, old, deps);
    await recordUndo(made, old, await keepNew(real, { bytes, sha256 }, deps), deps);
  }
  if (!sameFile(seen, await disk.stat(real))) throw savedMeanwhile(real, made);
  await disk.remove(real);
  await clearCopy(made, deps);
  return { path: fromPath };
}

const REASON = 'undone';

/** The old file at its place; one that is there already and is the same serves. */
async function putBack(
  { fromPath, movedTo }: VersionRow,
  old: BackupRow | undefined,
  { db, disk }: UndoVersionDeps,
): Promise<void> {
  const content = old === undefined ? null : await wholeContent(old, { db, disk });
  if (content === null) {
    throw fail('workflow-unreadable', `The backup of ${basename(fromPath)} is damaged or gone.`, {
      where: movedTo,
      cure: 'Look into the history for an earlier one. Nothing was changed.',
    });
  }
  const there = await disk.read(fromPath);
  if (there !== null && Buffer.compare(there, content) !== 0) throw inTheWay(fromPath);
  if (there !== null) return;
  await disk.writeNew(
    dirname(fromPath),
    (n) => {
      if (n > 1) throw inTheWay(fromPath);
      return basename(fromPath);
    },
    content,
  );
}

/** Gives the id of its backup. One that a process took before it died serves. */
async function keepNew(
  real: string,
  { bytes, sha256 }: { bytes: Uint8Array; sha256: string },
  deps: UndoVersionDeps,
): Promise<string> {
  for (const row of deps.db.backups.of(real)) {
    if (row.reason !== REASON || row.sha256 !== sha256 || row.path === null) continue;
    if ((await deps.disk.stat(row.path)) !== null) return row.id;
  }
  return (await takeBackup(real, bytes, REASON, deps)).id;
}

/** In one commit, and before the new file goes. */
async function recordUndo(
  { id, workflow, fromPath }: VersionRow,
  old: BackupRow | undefined,
  undone: string,
  { db, clock }: UndoVersionDeps,
): Promise<void> {
  await db.commits.write(() => {
    db.movedFiles.follow(workflow, fromPath);
    db.versions.setUndone(id, clock.now());
    db.annotations.rename(workflow, undone);
    if (old === undefined) return;
    db.annotations.rename(old.id, fromPath);
    db.backups.unmove(old.id);
  });
}

/** Takes the old file out of `backups/`, where it is the same as the one at its place. */
async function clearCopy({ fromPath, movedTo }: VersionRow, { db, disk }: UndoVersionDeps): Promise<void> {
  const [copy, live] = [await disk.read(movedTo), await disk.read(fromPath)];
  if (copy === null || live === null || Buffer.compare(copy, live) !== 0) return;
  // Another backup may be this very file.
  if (db.backups.of(fromPath).some((row) => row.path === movedTo)) return;
  await disk.remove(movedTo);
}

const notMade = (real: string) =>
  fail('usage', `${basename(real)} was not made by a bump or a graduation that can be taken back.`, {
    where: real,
    cure: 'Restore an earlier version from the history instead.',
  });

const changed = (real: string, { fromVersion }: VersionRow) =>
  fail('usage', `${basename(real)} was changed since it was made: taking it back would lose that.`, {
    where: real,
    cure: `Restore ${fromVersion} from the history instead: what is there now is backed up first.`,
  });

const inTheWay = (path: string) =>
  fail('folder', `There is another ${basename(path)} now.`, {
    where: path,
    cure: 'Move it away, then undo again.',
  });

const savedMeanwhile = (real: string, { fromPath }: VersionRow) =>
  fail('locked', `${basename(real)} was saved by another program while it was taken back.`, {
    where: real,
    cure: `${basename(fromPath)} is there too: compare them, and move the one you do not want to backups/.`,
  });

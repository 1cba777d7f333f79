import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import type { Restored } from '../../shared/history.ts';
import type { RestoreRow } from '../db/restores.ts';
import { hashOf } from '../platform/content-hash.ts';
import {
  asOneWrite,
  betweenRuns,
  type FileLocks,
  SavedMeanwhile,
  sameFile,
  writeIfStill,
} from '../platform/held-file.ts';
import { realPlaceOf } from '../platform/real-place.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import { putAsideWords, type WipeCounts } from '../workflow/wipe.ts';
import { type BackupDeps, type TakenBackup, takeBackup } from './backup.ts';
import type { FindDeps } from './find-backup.ts';
import { nameOf } from './lineage.ts';
import { type Restorable, restorable } from './restorable.ts';
import { type ContentWish, type RestoredContent, restoredContent } from './restored-content.ts';

export interface RestoreDeps extends BackupDeps, FindDeps, FileLocks {
  /** The setting `workflow.fields`. */
  fields: () => ExtraFields;
  /** As `restoredContent`, where another thread does it: a large workflow takes a while. */
  prepare?: (content: Uint8Array, wish: ContentWish) => Promise<RestoredContent>;
}

export interface RestoreOrder {
  /** An id, the beginning of one, or the path of a copy (find-backup.ts). */
  entry: string;
  wipeCache?: boolean | undefined;
  /** Writes it there instead, where nothing may be yet. */
  to?: string | null | undefined;
  /** The file's hash as it was when the person decided; null: it was not there. Left out: whatever it is. */
  seen?: string | null | undefined;
  /** Until the file is written. */
  signal?: AbortSignal | undefined;
}

export interface RestoreDone extends Restored {
  backupId: string;
  /** What was put back, for people: `backup pre-run of XYZG3-V0-1`. */
  label: string;
  /** Name of the workflow it is of: `XYZG3-V0-1`. */
  name: string;
  /** The name inside became that of the file. */
  renamed: boolean;
  /** What was there before; null: nothing was, or it went elsewhere. */
  undo: TakenBackup | null;
  /** Nodes whose cache was wiped; null: that was not asked for. */
  wiped: WipeCounts | null;
}

/**
 * Puts the content of a backup in place of the workflow, after backing up what is there, so that it can be undone; where
 * the file is not there any more, it comes back; with `to` it is written there and the workflow stays (behaviour.md §9).
 * It may be of another version: the name inside becomes the file's then. Everything else is byte for byte.
 *
 * Until the new content has its name, nothing has changed but that there is one backup more: a process that dies, or a
 * person who cancels, leaves the old file. Rejects with `not-found`, with `workflow-unreadable` for a damaged backup,
 * with `locked` while a run has the file or when it is not as it was `seen`, with `folder` where `to` is taken, with
 * `usage` where that has another ending than the workflow, and with `interrupted`.
 */
export async function restore(path: string, order: RestoreOrder, deps: RestoreDeps): Promise<RestoreDone> {
  const workflow = await realPlaceOf(path, deps.disk);
  if (typeof order.to === 'string') return writeCopy(workflow, resolve(order.to), order, deps);
  return betweenRuns(
    workflow,
    'restore',
    async (real) => {
      goOn(real, order);
      const of = await restorable(real, order.entry, deps);
      const name = nameOf(of.found.workflow) === nameOf(real) ? null : nameOf(real);
      const made = await prepared(real, of.content, { name, wipe: order.wipeCache === true }, deps);
      goOn(real, order);
      const undo = await asOneWrite(real, 'restore', () => putInPlace(real, made.data, order, deps), deps);
      const how = order.wipeCache === true ? 'wiped' : 'with-cache';
      return settled(of, { ...made, undo, how, workflow: real, path: real }, deps);
    },
    deps,
  );
}

async function writeCopy(
  workflow: string,
  to: string,
  order: RestoreOrder,
  deps: RestoreDeps,
): Promise<RestoreDone> {
  goOn(workflow, order);
  assertSameKind(workflow, to);
  const of = await restorable(workflow, order.entry, deps);
  const made = await prepared(to, of.content, { name: null, wipe: order.wipeCache === true }, deps);
  goOn(workflow, order);
  await makeFile(to, made.data, deps);
  const path = await realPlaceOf(to, deps.disk);
  return settled(of, { ...made, undo: null, how: 'copy', workflow, path }, deps);
}

/** Nobody would find a workflow again under another ending; and what asks may be a page. */
function assertSameKind(workflow: string, to: string): void {
  const ending = extname(workflow);
  if (extname(to).toLowerCase() === ending.toLowerCase()) return;
  throw fail('usage', `${basename(to)} does not end in ${ending}.`, {
    where: to,
    cure: `Name the whole file, such as ${basename(workflow, ending)}-copy${ending}.`,
  });
}

async function prepared(
  file: string,
  content: Uint8Array,
  wish: Pick<ContentWish, 'name' | 'wipe'>,
  { fields, prepare = async (...how) => restoredContent(...how) }: RestoreDeps,
): Promise<RestoredContent> {
  return prepare(content, { ...wish, file, fields: fields() });
}

/** Gives what was there before. */
async function putInPlace(
  real: string,
  data: Uint8Array,
  order: RestoreOrder,
  deps: RestoreDeps,
): Promise<TakenBackup | null> {
  const { disk } = deps;
  for (;;) {
    const before = await disk.stat(real);
    const now = before === null ? null : await disk.read(real);
    await assertSeen(real, now, order);
    const undo = now === null ? null : await takeBackup(real, now, 'pre-restore', deps);
    goOn(real, order);
    try {
      if (now === null) await makeFile(real, data, deps);
      else await writeIfStill(real, data, (stat) => goOn(real, order) && sameFile(before, stat), disk);
      return undo;
    } catch (error) {
      // Saved by a person since it was read: their version is looked at, and backed up, too.
      if (!(error instanceof SavedMeanwhile) && !(now === null && (await disk.stat(real)) !== null))
        throw error;
    }
  }
}

async function assertSeen(real: string, now: Uint8Array | null, { seen }: RestoreOrder): Promise<void> {
  if (seen === undefined || seen === (now === null ? null : await hashOf(now))) return;
  const what =
    now === null ? 'is not there any more' : seen === null ? 'is there again' : 'was saved since you looked';
  throw fail('locked', `${basename(real)} ${what}.`, { where: real, cure: 'Look again, then restore.' });
}

/** Under this name or not at all. */
async function makeFile(path: string, data: Uint8Array, { disk }: RestoreDeps): Promise<void> {
  const name = (n: number): string => {
    if (n === 1) return basename(path);
    throw fail('folder', `There is a ${basename(path)} already.`, {
      where: path,
      cure: 'Name another place, or move that one away.',
    });
  };
  await disk.writeNew(dirname(path), name, data);
}

/**
 * Afterwards: a process that dies in between leaves a file that is restored and paid outputs that the next run may take
 * up, which costs nothing.
 */
async function settled(
  { backupId, found, content }: Restorable,
  {
    workflow,
    path,
    data,
    renamed,
    wiped,
    undo,
    how,
  }: RestoredContent & Pick<RestoreRow, 'workflow' | 'path' | 'how'> & { undo: TakenBackup | null },
  { db, clock }: RestoreDeps,
): Promise<RestoreDone> {
  const undoBackupId = undo?.id ?? null;
  const sha256 = data === content && found.sha256 !== null ? found.sha256 : await hashOf(data);
  await db.commits.write(() => {
    const at = clock.now();
    if (wiped !== null) {
      db.journal.putAside(path, wiped.nodeIds, putAsideWords(undoBackupId), at);
      db.fingerprints.remove(path, wiped.nodeIds);
    } else if (how === 'with-cache') {
      // The undo of a wipe: what was paid for and had not come to the file by then is the next run's to take up, also
      // where the file has been bumped since.
      db.journal.takeBack(found.workflow, path, putAsideWords(backupId));
    }
    db.restores.insert({ id: randomUUID(), workflow, backupId, undoBackupId, how, path, sha256, at });
  });
  return {
    backupId,
    label: found.label,
    name: nameOf(found.workflow),
    path,
    renamed,
    undoBackupId,
    problem: undo?.problem ?? null,
    undo,
    wiped,
  };
}

/** Throws `interrupted` when a person wants no more of it; else true. */
function goOn(workflow: string, { signal }: RestoreOrder): true {
  if (signal?.aborted !== true) return true;
  throw fail('interrupted', 'The restore was cancelled.', {
    where: workflow,
    cure: `${basename(workflow)} is as it was.`,
  });
}

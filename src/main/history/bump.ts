import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { FlowdeckError, fail } from '../../shared/failure.ts';
import { nextVersion, versionOf } from '../../shared/version.ts';
import type { Database } from '../db/database.ts';
import type { VersionRow } from '../db/versions.ts';
import type { Clock } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import type { Disk } from '../platform/disk.ts';
import { asOneWrite, betweenRuns, type FileLocks, sameFile } from '../platform/held-file.ts';
import { editWorkflow, type NodeEdit, setWorkflowName } from '../workflow/edit.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import { decodeWorkflow, parseWorkflow, type Workflow } from '../workflow/read.ts';
import { assertNotSetAside } from '../workflow/set-aside.ts';
import { type BackupDeps, backupFolder, localDay, noWorkflow, recordBackup } from './backup.ts';
import { lineageOf, versionFolders } from './lineage.ts';
import { type ContentWish, type RestoredContent, restoredContent } from './restored-content.ts';

export interface BumpDeps extends BackupDeps, FileLocks {
  /** The setting `workflow.fields`. */
  fields: () => ExtraFields;
  /** As `restoredContent`, off this thread where the content is large. Not given: here. */
  prepare?: (content: Uint8Array, wish: ContentWish) => Promise<RestoredContent>;
}

export interface BumpChange {
  /** What the new version has that the old one has not. */
  edit?: (workflow: Workflow) => NodeEdit[];
  /** Throws when the new version must not be; nothing is written then. */
  verify?: (before: Workflow, after: Workflow) => void;
  /** What is to be said of it in the history; asked once `edit` was. */
  note?: (made: { from: string; to: string }) => string;
  /** Whoever asks for it keeps the books of this one. */
  ownBooks?: boolean;
}

export interface Bumped {
  /** The new file. */
  path: string;
  /** Versions: `V0-1`, `V0-2`. */
  from: string;
  to: string;
  /** Where the old file is now. */
  movedTo: string;
  /** What is odd about it, one sentence each. */
  problems: string[];
}

/** What kind of successor a file gets. */
export interface Succession {
  how: VersionRow['how'];
  /** Slug of the old file's backup. */
  reason: 'superseded' | 'graduated';
  /** The new name, of the old one. Throws `usage` where there is none. */
  nameAfter: (name: string) => string;
  /** The folder of the new file, made if need be. */
  folderFor: (real: string, disk: Disk) => Promise<string>;
}

const bumping: Succession = {
  how: 'bump',
  reason: 'superseded',
  nameAfter: nextVersion,
  folderFor: async (real) => dirname(real),
};

/**
 * Makes the next version of a workflow (behaviour.md §9): a file of the next name, with that name inside and the edits in
 * it; the old file goes to `backups/`, and what the database knows of it follows to the new one. Rejects with `usage` for
 * a name without a version and for a file in `backups/`, with `folder` when the next name is taken, with `locked`, `workflow-missing`,
 * `workflow-unreadable`, and what `change` throws.
 *
 * Every step is on the disk before the next begins, and each leaves the old content under some name. After a crash the
 * same call finds what it had done, by its content, and goes on from there.
 */
export const bump = (path: string, change: BumpChange, deps: BumpDeps): Promise<Bumped> =>
  succeedWith(path, bumping, change, deps);

/** The steps of `bump`, for any kind of successor; the same promises. */
export async function succeedWith(
  path: string,
  succession: Succession,
  change: BumpChange,
  deps: BumpDeps,
): Promise<Bumped> {
  return betweenRuns(
    path,
    succession.how,
    (real) => asOneWrite(real, succession.how, () => succeed(real, succession, change, deps), deps),
    deps,
  );
}

async function succeed(
  real: string,
  succession: Succession,
  change: BumpChange,
  deps: BumpDeps,
): Promise<Bumped> {
  const { disk } = deps;
  assertNotSetAside(real);
  const ext = /\.nbflow$/i.exec(real)?.[0] ?? '';
  const name = basename(real, ext);
  const next = succession.nameAfter(name);

  const seen = await disk.stat(real);
  const bytes = await disk.read(real);
  if (bytes === null) throw noWorkflow(real);
  const path = join(await succession.folderFor(real, disk), `${next}${ext}`);
  const data = await successor(bytes, { real, path, name: next }, change, deps);
  const versions = { from: versionOf(name), to: versionOf(next) };
  await assertAlone(path, disk);
  const there = await disk.read(path);
  if (there !== null && !isSame(there, data)) throw taken(path);

  const movedTo = await keepOld(real, bytes, succession.reason, deps).catch((error: unknown) => {
    throw notMoved(real, error);
  });
  // Saved by a person since it was read: the new version is made from theirs.
  if (!sameFile(seen, await disk.stat(real))) return succeed(real, succession, change, deps);
  if (there === null) await writeNext(path, data, disk);
  const { how, reason } = succession;
  const made = {
    workflow: path,
    version: versions.to,
    fromPath: real,
    fromVersion: versions.from,
    movedTo,
    how,
    note: change.note?.(versions) ?? '',
    books: change.ownBooks === true ? ('none' as const) : null,
  };
  await recordMove(made, { reason, bytes, data }, deps);
  if (!sameFile(seen, await disk.stat(real))) throw savedMeanwhile(real, path);
  await disk.remove(real);
  return { path, ...versions, movedTo, problems: await claimedBefore(path, versions.to, data, disk) };
}

/** The content of the new version. */
async function successor(
  bytes: Uint8Array,
  { real, path, name }: { real: string; path: string; name: string },
  { edit, verify }: BumpChange,
  { fields, prepare }: BumpDeps,
): Promise<Uint8Array> {
  if (edit === undefined && verify === undefined) {
    const wish = { file: real, name, wipe: false, strict: true, fields: fields() };
    return (prepare === undefined ? restoredContent(bytes, wish) : await prepare(bytes, wish)).data;
  }
  const before = parseWorkflow(decodeWorkflow(bytes, real), real, fields());
  const text = setWorkflowName(editWorkflow(before.text, edit?.(before) ?? []), name);
  verify?.(before, parseWorkflow(text, path, fields()));
  return Buffer.from(text);
}

/** A copy of the old file in `backups/`, under its own name where that is free. One that is there already serves. */
async function keepOld(
  real: string,
  bytes: Uint8Array,
  reason: string,
  { disk, clock }: { disk: Disk; clock: Clock },
): Promise<string> {
  const folder = backupFolder(real);
  const own = basename(real);
  const name = (n: number): string => {
    if (n === 1) return own;
    return `${own}.bak-${localDay(clock.now())}-${reason}${n === 2 ? '' : `-${n - 1}`}`;
  };
  for (let n = 1; ; n++) {
    const there = await disk.read(join(folder, name(n)));
    if (there === null) return disk.writeNew(folder, name, bytes);
    if (isSame(there, bytes)) return join(folder, name(n));
  }
}

/** Throws `folder` where a file of this name lies in another folder of the versions: two would claim it. */
async function assertAlone(path: string, disk: Disk): Promise<void> {
  const own = await disk.realPath(dirname(path));
  for (const folder of versionFolders(lineageOf(path))) {
    const other = await disk.realPath(folder);
    if (other === null || other === own || folder === dirname(path)) continue;
    const file = join(folder, basename(path));
    if ((await disk.stat(file)) !== null) throw taken(file);
  }
}

/** A version of that name was there before and is superseded: from now on two contents have been called so. */
async function claimedBefore(path: string, version: string, data: Uint8Array, disk: Disk): Promise<string[]> {
  const before = join(backupFolder(path), basename(path));
  const bytes = await disk.read(before);
  if (bytes === null || isSame(bytes, data)) return [];
  return [`There was a ${version} before: ${before} is another file than ${path}, and has the same name.`];
}

async function writeNext(path: string, data: Uint8Array, disk: Disk): Promise<void> {
  const name = (n: number): string => {
    if (n > 1) throw taken(path);
    return basename(path);
  };
  await disk.writeNew(dirname(path), name, data);
}

/** In one commit, and before the old file goes: from then on nobody could ask for it again. */
async function recordMove(
  made: Omit<VersionRow, 'id' | 'sha256' | 'at' | 'undoneAt'>,
  { reason, bytes, data }: { reason: string; bytes: Uint8Array; data: Uint8Array },
  { db, clock }: { db: Database; clock: Clock },
): Promise<void> {
  const { workflow, fromPath, movedTo } = made;
  const content = await db.backups.pack(bytes, fromPath);
  const sha256 = await hashOf(data);
  await db.commits.write(() => {
    db.movedFiles.follow(fromPath, workflow);
    const at = clock.now();
    // One that did this before and then died has recorded it.
    const known = db.backups
      .of(fromPath)
      // By its content too: where backups/ was deleted, another copy may have had this name.
      .find((row) => row.path === movedTo && row.reason === reason && row.sha256 === content.sha256);
    const backup = { workflow: fromPath, path: movedTo, reason, origin: 'version' as const, at };
    const { id } = known ?? recordBackup(backup, content, db);
    // What people said of the file is said of what it became.
    db.annotations.rename(fromPath, id);
    const last = db.versions.madeLast(workflow);
    if (last?.fromPath === fromPath && last.sha256 === sha256 && last.movedTo === movedTo) return;
    db.versions.insert({ ...made, id: randomUUID(), sha256, at });
  });
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** What the disk says of `backups/` alone tells nobody what became of the version. */
function notMoved(real: string, error: unknown): unknown {
  if (!(error instanceof FlowdeckError)) return error;
  const { code, message, where } = error.failure;
  return fail(code, `${basename(real)} cannot be moved to backups/: ${message}`, {
    ...(where === undefined ? {} : { where }),
    cure: `See that ${backupFolder(real)} is a folder that takes files, then try again. Nothing was changed.`,
    cause: error,
  });
}

const taken = (path: string) =>
  fail('folder', `There is a ${basename(path)} already.`, {
    where: path,
    cure: 'Go on with that one, or move it away.',
  });

const savedMeanwhile = (real: string, path: string) =>
  fail('locked', `${basename(real)} was saved by another program while ${basename(path)} was made from it.`, {
    where: real,
    cure: 'Both files are there: compare them, and move the one you do not want to backups/.',
  });

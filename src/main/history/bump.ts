import { basename, dirname, join } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { nextVersion, versionOf } from '../../shared/version.ts';
import { packContent } from '../db/backups.ts';
import type { Database } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from '../platform/disk.ts';
import { asOneWrite, betweenRuns, type FileLocks, sameFile } from '../platform/held-file.ts';
import { editWorkflow, type NodeEdit, setWorkflowName } from '../workflow/edit.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import { decodeWorkflow, parseWorkflow, type Workflow } from '../workflow/read.ts';
import { type BackupDeps, backupFolder, localDay, noWorkflow, recordBackup } from './backup.ts';

export interface BumpDeps extends BackupDeps, FileLocks {
  /** The setting `workflow.fields`. */
  fields: () => ExtraFields;
}

export interface BumpChange {
  /** What the new version has that the old one has not. */
  edit?: (workflow: Workflow) => NodeEdit[];
  /** Throws when the new version must not be; nothing is written then. */
  verify?: (before: Workflow, after: Workflow) => void;
}

export interface Bumped {
  /** The new file. */
  path: string;
  /** Versions: `V0-1`, `V0-2`. */
  from: string;
  to: string;
  /** Where the old file is now. */
  movedTo: string;
}

/**
 * Makes the next version of a workflow (behaviour.md §9): a file of the next name, with that name inside and the edits in
 * it; the old file goes to `backups/`, and what the database knows of it follows to the new one. Rejects with `usage` for
 * a name without a version, with `folder` when the next name is taken, with `locked`, `workflow-missing`,
 * `workflow-unreadable`, and what `change` throws.
 *
 * Every step is on the disk before the next begins, and each leaves the old content under some name. After a crash the
 * same call finds what it had done, by its content, and goes on from there.
 */
export async function bump(path: string, change: BumpChange, deps: BumpDeps): Promise<Bumped> {
  return betweenRuns(
    path,
    'bump',
    (real) => asOneWrite(real, 'bump', () => succeed(real, change, deps), deps),
    deps,
  );
}

async function succeed(real: string, change: BumpChange, deps: BumpDeps): Promise<Bumped> {
  const { disk, db, clock } = deps;
  const ext = /\.nbflow$/i.exec(real)?.[0] ?? '';
  const name = basename(real, ext);
  const next = nextVersion(name);
  const path = join(dirname(real), `${next}${ext}`);

  const seen = await disk.stat(real);
  const bytes = await disk.read(real);
  if (bytes === null) throw noWorkflow(real);
  const text = successor(parsed(bytes, real, deps), { path, name: next }, change, deps);
  const there = await disk.read(path);
  if (there !== null && !isText(there, text)) throw taken(path);

  const movedTo = await keepOld(real, bytes, { disk, clock });
  // Saved by a person since it was read: the new version is made from theirs.
  if (!sameFile(seen, await disk.stat(real))) return succeed(real, change, deps);
  if (there === null) await writeNext(path, text, disk);
  await recordMove(real, path, movedTo, bytes, { db, clock });
  if (!sameFile(seen, await disk.stat(real))) throw savedMeanwhile(real, path);
  await disk.remove(real);
  return { path, from: versionOf(name), to: versionOf(next), movedTo };
}

function parsed(bytes: Uint8Array, file: string, { fields }: BumpDeps): Workflow {
  return parseWorkflow(decodeWorkflow(bytes, file), file, fields());
}

/** The text of the new version. */
function successor(
  before: Workflow,
  next: { path: string; name: string },
  { edit, verify }: BumpChange,
  { fields }: BumpDeps,
): string {
  const text = setWorkflowName(editWorkflow(before.text, edit?.(before) ?? []), next.name);
  verify?.(before, parseWorkflow(text, next.path, fields()));
  return text;
}

/** A copy of the old file in `backups/`, under its own name where that is free. One that is there already serves. */
async function keepOld(
  real: string,
  bytes: Uint8Array,
  { disk, clock }: { disk: Disk; clock: Clock },
): Promise<string> {
  const folder = backupFolder(real);
  const own = basename(real);
  const name = (n: number): string => {
    if (n === 1) return own;
    return `${own}.bak-${localDay(clock.now())}-${REASON}${n === 2 ? '' : `-${n - 1}`}`;
  };
  for (let n = 1; ; n++) {
    const there = await disk.read(join(folder, name(n)));
    if (there === null) return disk.writeNew(folder, name, bytes);
    if (Buffer.compare(there, bytes) === 0) return join(folder, name(n));
  }
}

async function writeNext(path: string, text: string, disk: Disk): Promise<void> {
  const name = (n: number): string => {
    if (n > 1) throw taken(path);
    return basename(path);
  };
  await disk.writeNew(dirname(path), name, text);
}

const REASON = 'superseded';

/** In one commit, and before the old file goes: from then on nobody could ask for it again. */
async function recordMove(
  from: string,
  to: string,
  movedTo: string,
  bytes: Uint8Array,
  { db, clock }: { db: Database; clock: Clock },
): Promise<void> {
  const content = await packContent(bytes);
  await db.commits.write(() => {
    db.movedFiles.follow(from, to);
    // One that did this before and then died has recorded it.
    if (db.backups.of(from).some((row) => row.path === movedTo && row.reason === REASON)) return;
    const at = clock.now();
    recordBackup({ workflow: from, path: movedTo, reason: REASON, origin: 'version', at }, content, db);
  });
}

const isText = (bytes: Uint8Array, text: string): boolean => Buffer.compare(bytes, Buffer.from(text)) === 0;

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

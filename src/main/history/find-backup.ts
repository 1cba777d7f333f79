import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fail } from '../../shared/failure.ts';
import { versionIn } from '../../shared/version.ts';
import type { BackupRow } from '../db/backups.ts';
import type { Database } from '../db/database.ts';
import type { Disk } from '../platform/disk.ts';
import type { Folders } from '../platform/folders.ts';
import { realPlaceOf } from '../platform/real-place.ts';
import { wholeContent } from './contents.ts';
import { type ForeignCopy, foreignCopyAt } from './foreign.ts';
import { isOf, type Lineage, nameOf, versionFolders } from './lineage.ts';

export interface FindDeps {
  db: Database;
  disk: Disk;
  folders: Folders;
}

/** A content of the history that somebody named: a backup, somebody else's copy, or the live file of a version. */
export interface FoundBackup {
  what: 'backup' | 'foreign' | 'live';
  /** Of its row; null: the database does not know it. */
  id: string | null;
  /** Absolute path of the workflow it is of. */
  workflow: string;
  /** `V0-1`; null where the name does not follow the scheme. */
  version: string | null;
  /** Its file: the copy on disk, or the live file. Null: it is only in the database. */
  path: string | null;
  /** Null: nobody has read it yet. */
  sha256: string | null;
  /** Milliseconds. */
  at: number;
  reason: string;
  /** For people: `backup pre-run of XYZG3-V0-1`. */
  label: string;
  /** The whole content. Null: it is damaged, or not there any more. */
  read(): Promise<Uint8Array | null>;
}

/** As much of an id as must be told at least. */
const SHORTEST = 8;

/**
 * Finds what `ref` names: the id of a backup, the beginning of one (8 characters or more), the path of a copy in
 * `backups/` or of a live version; with a lineage also the file name of a copy, and a version such as `V0-2`. Rejects
 * with `not-found`, and with `usage` when it names several.
 */
export async function findBackup(
  ref: string,
  deps: FindDeps,
  { lineage = null }: { lineage?: Lineage | null } = {},
): Promise<FoundBackup> {
  const row = rowNamed(ref, deps.db);
  if (row !== null) return ofLineage(fromRow(row, deps), ref, lineage);
  if (isPath(ref)) {
    const listed = await listedPlaceOf(ref, deps.disk);
    const found =
      (listed === null ? null : await copyAt(listed, lineage, deps)) ??
      (await atPath(await realPlaceOf(ref, deps.disk), lineage, deps));
    if (found !== null) return ofLineage(found, ref, lineage);
  } else if (lineage !== null) {
    const found = (await versionNamed(ref, lineage, deps)) ?? (await fileNamed(ref, lineage, deps));
    if (found !== null) return found;
  }
  throw missing(ref, lineage);
}

function rowNamed(ref: string, db: Database): BackupRow | null {
  const row = db.backups.find(ref);
  if (row !== null || ref.length < SHORTEST || !/^[\da-f-]+$/i.test(ref)) return row;
  const [first, second] = db.backups.startingWith(ref.toLowerCase());
  if (first !== undefined && second !== undefined) throw several(ref, [first.id, second.id]);
  return first ?? null;
}

const isPath = (ref: string): boolean => isAbsolute(ref) || ref.includes('/') || ref.includes('\\');

/** Of a path in `backups/`, as the history lists it: that folder, or the copy itself, may be a link to elsewhere. */
async function listedPlaceOf(ref: string, disk: Disk): Promise<string | null> {
  const folder = dirname(resolve(ref));
  const group = basename(folder) === 'backups' ? await disk.realPath(dirname(folder)) : null;
  return group === null ? null : join(group, 'backups', basename(ref));
}

async function atPath(path: string, lineage: Lineage | null, deps: FindDeps): Promise<FoundBackup | null> {
  return (await copyAt(path, lineage, deps)) ?? (await liveAt(path, deps));
}

async function copyAt(path: string, lineage: Lineage | null, deps: FindDeps): Promise<FoundBackup | null> {
  const row = deps.db.historyPages.copyAt(path);
  if (row !== null) return fromRow(row, deps);
  const copy = await foreignCopyAt(path, lineage, deps.folders);
  return copy === null ? null : fromCopy(copy, deps);
}

async function liveAt(path: string, { disk, folders }: FindDeps): Promise<FoundBackup | null> {
  const file = /\.nbflow$/i.test(path) ? await folders.file(path) : null;
  if (file === null) return null;
  const name = nameOf(path);
  return {
    ...{ what: 'live', id: null, workflow: path, version: versionIn(name), path, sha256: null },
    ...{ at: Math.round(file.mtimeMs), reason: 'live', label: name },
    read: () => disk.read(path),
  };
}

/** The file of a version, else what a bump left of it. */
async function versionNamed(ref: string, lineage: Lineage, deps: FindDeps): Promise<FoundBackup | null> {
  const name = `${lineage.code}-${ref}`;
  if (versionIn(name) === null) return null;
  const files = versionFolders(lineage).map((folder) => join(folder, `${name}.nbflow`));
  const [live, other] = (await Promise.all(files.map((file) => liveAt(file, deps)))).filter(
    (f) => f !== null,
  );
  if (live !== undefined && other !== undefined) throw several(ref, [live.workflow, other.workflow]);
  if (live !== undefined) return live;
  const row = deps.db.backups
    .below(lineage.group)
    .findLast(
      (one) => one.origin === 'version' && isOf(one.workflow, lineage) && nameOf(one.workflow) === name,
    );
  if (row !== undefined) return fromRow(row, deps);
  return atPath(join(lineage.group, 'backups', `${name}.nbflow`), lineage, deps);
}

async function fileNamed(name: string, lineage: Lineage, deps: FindDeps): Promise<FoundBackup | null> {
  return name === basename(name) ? atPath(join(lineage.group, 'backups', name), lineage, deps) : null;
}

function fromRow(row: BackupRow, deps: FindDeps): FoundBackup {
  const { id, workflow, path, sha256, at, reason, origin } = row;
  const name = nameOf(workflow);
  return {
    ...{ what: 'backup', id, workflow, version: versionIn(name), path, sha256, at, reason },
    label: origin === 'version' ? name : `backup ${reason} of ${name}`,
    read: () => wholeContent(row, deps),
  };
}

function fromCopy({ path, named, workflow, at }: ForeignCopy, { disk }: FindDeps): FoundBackup {
  const { name, reason, version, plain } = named;
  return {
    ...{ what: 'foreign', id: null, workflow, version, path, sha256: null, at, reason: reason ?? 'found' },
    label: plain ? name : reason === null ? basename(path) : `backup ${reason} of ${name}`,
    read: () => disk.read(path),
  };
}

function ofLineage(found: FoundBackup, ref: string, lineage: Lineage | null): FoundBackup {
  if (lineage === null || isOf(found.workflow, lineage)) return found;
  throw fail('not-found', `This is of ${nameOf(found.workflow)}, another workflow than ${lineage.code}.`, {
    where: ref,
    cure: seeHistory(lineage),
  });
}

function missing(ref: string, lineage: Lineage | null) {
  if (lineage !== null) {
    const what = ref === '' ? 'without a name' : ref;
    return fail('not-found', `There is no backup or version ${what} of ${lineage.code}.`, {
      where: ref,
      cure: isShort(ref) ? TOO_SHORT : seeHistory(lineage),
    });
  }
  return fail('not-found', `There is no entry of a history with the id ${ref === '' ? '(empty)' : ref}.`, {
    where: ref,
    cure: isShort(ref)
      ? TOO_SHORT
      : `${seeHistory(null)} A version that lies at its place goes by the path of its file.`,
  });
}

/** Might be the beginning of an id, were it longer. */
const isShort = (ref: string): boolean => /^[\da-f]+$/i.test(ref) && ref.length < SHORTEST;

const TOO_SHORT = `Of an id tell the first ${SHORTEST} characters at least.`;

const several = (ref: string, names: readonly string[]) =>
  fail('usage', `${ref} is more than one: ${names.join(' and ')}.`, { where: ref, cure: 'Name it in full.' });

const seeHistory = (lineage: Lineage | null): string =>
  `flowdeck history ${lineage === null ? 'FILE' : 'with its file'} lists what there is.`;

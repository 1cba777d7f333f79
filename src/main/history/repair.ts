import { basename, dirname, join } from 'node:path';
import { FlowdeckError } from '../../shared/failure.ts';
import { type BackupRow, packContent } from '../db/backups.ts';
import { hashOf } from '../platform/content-hash.ts';
import { sameFile } from '../platform/held-file.ts';
import { type BackupDeps, backupFolder, localDay } from './backup.ts';
import { lineageOf, versionFolders } from './lineage.ts';
import type { FileSizes } from './space.ts';

export interface RepairDeps extends BackupDeps {
  /** Of one pass: files that are changed meanwhile are found by the next one. */
  sizes: FileSizes;
}

type Stat = Awaited<ReturnType<BackupDeps['disk']['stat']>>;

/** A content that was found whole, and the file it was found in. */
interface Found {
  content: Uint8Array;
  file: string;
}

/**
 * A content by its hash, from wherever it still lies: copies of other backups, versions of the workflow, whatever else is
 * in `backups/`. Null: nowhere.
 */
export async function findContent(
  sha256: string,
  workflow: string,
  { db, disk, sizes }: RepairDeps,
): Promise<Found | null> {
  const own = db.proofs.withContent(sha256).flatMap(({ path }) => path ?? []);
  for (const file of new Set([...own, ...(await sameSize(sha256, workflow, { db, sizes }))])) {
    const content = await readable(disk.read(file));
    if (content !== null && (await hashOf(content)) === sha256) return { content, file };
  }
  return null;
}

async function sameSize(
  sha256: string,
  workflow: string,
  { db, sizes }: Pick<RepairDeps, 'db' | 'sizes'>,
): Promise<string[]> {
  const size = db.proofs.contents([sha256])[0]?.size;
  if (size === undefined) return [];
  const files: string[] = [];
  for (const folder of [backupFolder(workflow), ...versionFolders(lineageOf(workflow))]) {
    for (const [name, bytes] of await sizes.in(folder)) if (bytes === size) files.push(join(folder, name));
  }
  return files;
}

/** Puts a content whole into the database, in place of what is damaged there. */
export async function mendContent(content: Uint8Array, { db }: Pick<BackupDeps, 'db'>): Promise<void> {
  const packed = await packContent(content);
  await db.commits.write(() => db.backups.mendBlob(packed));
}

/**
 * Writes a copy on disk anew. What lies there is kept beside it as `{name}.damaged-{day}`: somebody may have edited it,
 * and nobody's file is overwritten. Gives that file's path. Where a process dies on the way there are both, and the next
 * one does the same again without another of them. Rejects as the disk does, and when the copy was changed since it was
 * `seen`.
 */
export async function rewriteCopy(
  path: string,
  content: Uint8Array,
  damaged: { content: Uint8Array; seen: Stat },
  { disk, clock }: Pick<BackupDeps, 'disk' | 'clock'>,
): Promise<string> {
  const aside = await putAside(path, damaged.content, `damaged-${localDay(clock.now())}`, disk);
  await disk.write(path, content, async () => {
    if (!sameFile(damaged.seen, await disk.stat(path))) throw new ChangedMeanwhile(path);
  });
  return aside;
}

/** Somebody wrote the copy while it was looked at: it is looked at again. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

async function putAside(
  path: string,
  content: Uint8Array,
  why: string,
  disk: BackupDeps['disk'],
): Promise<string> {
  const name = (n: number) => `${basename(path)}.${why}${n === 1 ? '' : `-${n}`}`;
  const sha256 = await hashOf(content);
  for (let n = 1; ; n += 1) {
    const there = await readable(disk.read(join(dirname(path), name(n))));
    if (there === null) break;
    if ((await hashOf(there)) === sha256) return join(dirname(path), name(n));
  }
  return disk.writeNew(dirname(path), name, content);
}

/** What cannot be read now is no help. */
async function readable(reading: Promise<Uint8Array | null>): Promise<Uint8Array | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FlowdeckError) return null;
    throw error;
  }
}

/** The base a content was compressed against made whole again, so that what hangs on it can be read. False: it cannot. */
export async function mendBase(row: BackupRow, deps: RepairDeps): Promise<boolean> {
  const base = deps.db.proofs.contents([row.sha256])[0]?.base ?? null;
  const found = base === null ? null : await findContent(base, row.workflow, deps);
  if (found === null) return false;
  await mendContent(found.content, deps);
  return true;
}

import { existsSync } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { syncFolder } from '../platform/atomic-file.ts';
import { fileFailure } from '../platform/file-failure.ts';

/** Where the new database is made; it counts for nothing yet, and the next attempt begins anew. */
export const mendingFile = (file: string): string => `${file}.mending`;

/** Complete, and on the disk: from here on it will be the database, whatever happens. */
const mendedFile = (file: string, stamp: string): string => `${file}.mended-${stamp}`;

const asideFile = (file: string, stamp: string): string => `${file}.damaged-${stamp}`;

/** The log first: it must never lie beside a database that is not its own. */
const parts = ['-wal', '-shm', ''] as const;

/**
 * Puts the new database (`mendingFile`, closed) in the place of the damaged one, which is kept with its log as
 * `flowdeck.db.damaged-{stamp}`. Nobody may have either open. Gives the path where the damaged one lies. A process that
 * dies on the way leaves what `finishLeft` goes on with.
 */
export async function putInPlace(file: string, stamp: string): Promise<string> {
  let free = stamp;
  for (let n = 2; existsSync(asideFile(file, free)); n += 1) free = `${stamp}-${n}`;
  await moved(mendingFile(file), mendedFile(file, free));
  await syncFolder(dirname(file));
  return swap(file, free);
}

/** Goes on where a process died that had made the new database. Null: there is nothing to go on with. */
export async function finishLeft(file: string): Promise<string | null> {
  const prefix = basename(mendedFile(file, ''));
  const left = (await readdir(dirname(file))).filter((name) => name.startsWith(prefix)).sort();
  const stamp = left.at(-1)?.slice(prefix.length);
  return stamp === undefined ? null : swap(file, stamp);
}

async function swap(file: string, stamp: string): Promise<string> {
  const aside = asideFile(file, stamp);
  for (const part of parts) if (existsSync(file + part)) await moved(file + part, freeName(aside + part));
  await moved(mendedFile(file, stamp), file);
  await syncFolder(dirname(file));
  return aside;
}

/** Something of this name can only be there if the database was opened, empty, between two attempts: both are kept. */
function freeName(path: string): string {
  let free = path;
  for (let n = 2; existsSync(free); n += 1) free = `${path}-${n}`;
  return free;
}

async function moved(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    throw fileFailure(error, from) ?? error;
  }
}

/** UTC, as in the names of damaged settings: `2026-11-21-183000`. */
export const stampOf = (iso: string): string => iso.slice(0, 19).replaceAll(':', '').replace('T', '-');

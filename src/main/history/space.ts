import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FlowdeckError } from '../../shared/failure.ts';
import type { HistorySpace, Kept } from '../../shared/history.ts';
import type { Database } from '../db/database.ts';
import type { Disk } from '../platform/disk.ts';

/** Looks at the system at once. */
const AT_ONCE = 32;
/** Contents asked of the database in one piece: a few milliseconds. */
const PIECE = 250;

/** Bytes of files, each looked at once: what lies in `backups/` is written once and never changed. */
export interface FileSizes {
  /** Names in a folder and their sizes; undefined: the system does not tell. A folder that cannot be read has none. */
  in(folder: string): Promise<ReadonlyMap<string, number | undefined>>;
}

/**
 * Costs one reading of the folder each time, and a look at each file that was not there the last time: 10,000 of them
 * take about a third of a second the first time, beside whatever else goes on.
 */
export function createFileSizes(disk: Pick<Disk, 'list' | 'stat'>): FileSizes {
  const folders = new Map<string, ReadonlyMap<string, number | undefined>>();
  return {
    async in(folder) {
      const known = folders.get(folder);
      const names = (await unlessRefused(disk.list(folder))) ?? [];
      const sizes = new Map(names.map((name) => [name, known?.get(name)] as const));
      const unseen = names.filter((name) => sizes.get(name) === undefined);
      for (let at = 0; at < unseen.length; at += AT_ONCE) {
        const looks = unseen.slice(at, at + AT_ONCE).map(async (name) => {
          sizes.set(name, (await unlessRefused(disk.stat(join(folder, name))))?.size);
        });
        await Promise.all(looks);
      }
      folders.set(folder, sizes);
      return sizes;
    },
  };
}

/** What is counted of a backup. */
export interface Countable {
  id: string;
  path: string | null;
  sha256: string;
}

/**
 * What the backups of a workflow take up, of which `kept` tells what retention says (retention.ts). With 10,000 of them
 * the database is asked in 40 pieces of a few milliseconds, with others' work in between.
 */
export async function spaceOf(
  backups: readonly Countable[],
  kept: ReadonlyMap<string, Kept | null>,
  { db, sizes }: { db: Pick<Database, 'proofs'>; sizes: FileSizes },
): Promise<HistorySpace> {
  let thinnable = 0;
  for (const { id } of backups) if (kept.get(id) === null) thinnable += 1;
  return {
    backups: backups.length,
    onDisk: await bytesOnDisk(backups, sizes),
    inDatabase: await bytesInDatabase(new Set(backups.map(({ sha256 }) => sha256)), db),
    thinnable,
  };
}

async function bytesOnDisk(backups: readonly Countable[], sizes: FileSizes): Promise<number> {
  const paths = new Set(backups.flatMap(({ path }) => path ?? []));
  let bytes = 0;
  for (const folder of new Set([...paths].map(dirname))) {
    for (const [name, size] of await sizes.in(folder))
      if (size !== undefined && paths.has(join(folder, name))) bytes += size;
  }
  return bytes;
}

/** With what the contents were compressed against: without it they could not be read. */
async function bytesInDatabase(
  wanted: ReadonlySet<string>,
  { proofs }: Pick<Database, 'proofs'>,
): Promise<number> {
  const bytes = new Map<string, number>();
  let asked: readonly string[] = [...wanted];
  while (asked.length > 0) {
    const bases = new Set<string>();
    for (let at = 0; at < asked.length; at += PIECE) {
      for (const content of proofs.contents(asked.slice(at, at + PIECE))) {
        bytes.set(content.sha256, content.bytes);
        if (content.base !== null) bases.add(content.base);
      }
      await setImmediate();
    }
    asked = [...bases].filter((base) => !bytes.has(base) && !wanted.has(base));
  }
  return [...bytes.values()].reduce((sum, each) => sum + each, 0);
}

/** What the system refuses to tell is left out: a sum is no reason to fail. */
async function unlessRefused<T>(look: Promise<T>): Promise<T | null> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof FlowdeckError) return null;
    throw error;
  }
}

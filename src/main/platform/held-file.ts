import { resolve } from 'node:path';
import type { Disk } from './disk.ts';
import { writeLockOf } from './lock.ts';

/** The two locks of a file: its own, which a run has from beginning to end, and the one of a single write. */
export interface FileLocks {
  /** At once or not at all; rejects with `locked`. */
  lock: (file: string, what: string) => Promise<{ release(): Promise<void> }>;
  /** Waits its turn. */
  alone: <T>(file: string, what: string, work: () => Promise<T>) => Promise<T>;
}

/** Does the work while no run has the file; `work` gets its real path. Rejects with `locked`. */
export async function betweenRuns<T>(
  path: string,
  what: string,
  work: (real: string) => Promise<T>,
  { disk, lock }: Pick<FileLocks, 'lock'> & { disk: Disk },
): Promise<T> {
  const real = await realPathOf(path, disk);
  const held = await lock(real, `${what} ${real}`);
  try {
    return await work(real);
  } finally {
    await held.release();
  }
}

/** Does the work, a reading and writing of the file, while nothing else of ours writes it. `real` as above. */
export const asOneWrite = <T>(
  real: string,
  what: string,
  work: () => Promise<T>,
  { alone }: Pick<FileLocks, 'alone'>,
): Promise<T> => alone(writeLockOf(real), `${what} ${real}`, work);

/** Links followed. One that is not there keeps its name: opening it tells. */
export const realPathOf = async (path: string, disk: Disk): Promise<string> =>
  (await disk.realPath(resolve(path))) ?? resolve(path);

/** Somebody saved the file since it was read: what was made of it must not go over theirs. */
export class SavedMeanwhile extends Error {
  override readonly name = 'SavedMeanwhile';
}

/** Writes what was made of a file as it was seen; rejects with SavedMeanwhile when it is another by then. */
export async function writeIfStill(
  path: string,
  data: Uint8Array | string,
  isSeen: (now: Stat) => boolean,
  disk: Disk,
): Promise<void> {
  const assertSeen = async () => {
    if (!isSeen(await disk.stat(path))) throw new SavedMeanwhile(path);
  };
  await assertSeen();
  // Again when only the name is to be given: writing takes long enough for a person to save.
  await disk.write(path, data, assertSeen);
}

type Stat = Awaited<ReturnType<Disk['stat']>>;

/** Nobody has written a file between two looks at it. */
export const sameFile = (a: Stat, b: Stat): boolean =>
  a !== null && b !== null && a.mtimeMs === b.mtimeMs && a.size === b.size && a.ino === b.ino;

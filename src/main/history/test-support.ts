import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../db/database.ts';
import { systemClock } from '../platform/clock.ts';
import { type Disk, nodeDisk } from '../platform/disk.ts';
import { nodeFolders } from '../platform/folders.ts';
import { acquireLock, lockFileFor, withFileLock } from '../platform/lock.ts';
import type { BumpDeps } from './bump.ts';
import type { FindDeps } from './find-backup.ts';

/** For tests only: a project folder of its own, with real files, locks and database. */
export interface Desk {
  testing: string;
  backups: string;
  deps: BumpDeps & FindDeps;
  /** The same, on a disk that does as told. */
  on(disk: Partial<Disk>): BumpDeps & FindDeps;
  /** Names and contents of a folder; none when it is not there. */
  files(folder: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export async function openDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'flowdeck-history-'));
  const testing = join(folder, 'project', 'testing');
  await mkdir(testing, { recursive: true });
  const db = openDatabase(join(folder, 'flowdeck.db'));
  const locks = join(folder, 'locks');
  const deps: BumpDeps & FindDeps = {
    db,
    disk: nodeDisk,
    folders: nodeFolders,
    clock: systemClock,
    fields: () => ({}),
    lock: async (file, what) => acquireLock(await lockFileFor(file, locks), { what }),
    alone: (file, what, work) => withFileLock(file, what, work, { folder: locks }),
  };
  return {
    testing,
    backups: join(folder, 'project', 'backups'),
    deps,
    on: (disk) => ({ ...deps, disk: { ...nodeDisk, ...disk } }),
    files: async (of) => {
      const names = await readdir(of).catch(() => []);
      const texts = await Promise.all(names.map((name) => readFile(join(of, name), 'utf8')));
      return Object.fromEntries(names.sort().map((name, i) => [name, texts[i] ?? '']));
    },
    close: async () => {
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A world in which the process ends at its n-th step: before it has effect, or just after. */
export function dying(
  { deps: real }: Desk,
  at: number,
  after: boolean,
): { deps: Desk['deps']; steps(): number } {
  let step = 0;
  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    step++;
    if (step > at) throw new Error('dead');
    if (step < at) return work();
    if (after) await work();
    throw new Error('dead');
  };
  const { disk, db } = real;
  const deps: Desk['deps'] = {
    ...real,
    disk: {
      ...disk,
      stat: (path) => alive(() => disk.stat(path)),
      read: (path) => alive(() => disk.read(path)),
      writeNew: (folder, name, data) => alive(() => disk.writeNew(folder, name, data)),
      remove: (path) => alive(() => disk.remove(path)),
    },
    db: { ...db, commits: { ...db.commits, write: (work) => alive(() => db.commits.write(work)) } },
  };
  return { deps, steps: () => step };
}

import { constants } from 'node:fs';
import { copyFile, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FlowdeckError, fail } from '../../shared/failure.ts';
import { copyFileExclusive, writeFileAtomic, writeFileExclusive } from './atomic-file.ts';
import { errorCode } from './error-code.ts';
import { fileFailure } from './file-failure.ts';
import { makeFolder } from './make-folder.ts';

/**
 * The file system as a parameter, with the few things Flowdeck does to it. Writes are whole or not at all, and
 * make the folders they need. A missing file is null; refusals are FlowdeckErrors (file-failure.ts).
 */
export interface Disk {
  read(path: string): Promise<Uint8Array | null>;
  stat(path: string): Promise<{ size: number; mtimeMs: number; ino: number } | null>;
  /** Symbolic links resolved. Null: no such file. */
  realPath(path: string): Promise<string | null>;
  /**
   * Replaces or makes a file. `still` is asked just before, when all is on the disk but the name: what it rejects with
   * ends the write, and the file is as it was.
   */
  write(path: string, data: Uint8Array | string, still?: () => Promise<void>): Promise<void>;
  /** Makes a file under the first free of `name(1)`, `name(2)` …, never over one that is there; returns its path. */
  writeNew(folder: string, name: (n: number) => string, data: Uint8Array | string): Promise<string>;
  /** A copy under a free name: false when the name is taken, nothing is touched then. */
  copyNew(from: string, to: string): Promise<boolean>;
  /** A copy in place of whatever is there. */
  copyOver(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Names in a folder; none when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** Makes the folder if need be; rejects with `folder` or `store-unreachable` when no file can be made there. */
  assertWritable(folder: string): Promise<void>;
}

const MOST_NAMES = 10_000;

export const nodeDisk: Disk = {
  read: (path) => missingAsNull(path, readFile(path)),
  stat: (path) => missingAsNull(path, stat(path)),
  realPath: (path) => missingAsNull(path, realpath(path)),
  write: async (path, data, still) => {
    try {
      await writeFileAtomic(path, data, { still });
    } catch (error) {
      // Most writes go where others went before: the folder is made when it turns out to be missing.
      if (!(error instanceof FlowdeckError) || errorCode(error.cause) !== 'ENOENT') throw error;
      await withFolder(dirname(path));
      await writeFileAtomic(path, data, { still });
    }
  },
  writeNew: async (folder, name, data) => {
    await withFolder(folder);
    const path = await writeFileExclusive(folder, name, data, MOST_NAMES);
    if (path !== null) return path;
    throw fail('folder', `There are ${MOST_NAMES} files of this name already.`, {
      where: join(folder, name(1)),
      cure: 'Move old ones away.',
    });
  },
  copyNew: async (from, to) => {
    await withFolder(dirname(to));
    return copyFileExclusive(from, to);
  },
  copyOver: async (from, to) => {
    await withFolder(dirname(to));
    const temporary = join(dirname(to), `.flowdeck-${process.pid}-${crypto.randomUUID()}.tmp`);
    try {
      await copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await rename(temporary, to);
    } catch (error) {
      await rm(temporary, { force: true });
      throw fileFailure(error, to) ?? error;
    }
  },
  remove: (path) => told(path, rm(path, { force: true })),
  list: async (folder) => (await missingAsNull(folder, readdir(folder))) ?? [],
  assertWritable: async (folder) => {
    await withFolder(folder);
    const probe = join(folder, `.flowdeck-${process.pid}-${crypto.randomUUID()}.tmp`);
    await told(
      folder,
      open(probe, 'wx').then((handle) => handle.close()),
    );
    await rm(probe, { force: true });
  },
};

const withFolder = (folder: string) => told(folder, makeFolder(folder));

async function told<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fileFailure(error, path) ?? error;
  }
}

async function missingAsNull<T>(path: string, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return null;
    throw fileFailure(error, path) ?? error;
  }
}

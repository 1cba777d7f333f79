import { readdir, stat } from 'node:fs/promises';
import { fail } from '../../shared/failure.ts';
import { errorCode } from './error-code.ts';
import { fileFailure } from './file-failure.ts';

/** Folders as a parameter: what lies in them, without opening any of it. */
export interface Folders {
  /**
   * Names in it, in no order and of whatever kind; null: there is no such folder. Rejects with `folder` when a file has
   * its name, and as file-failure.ts when it cannot be read.
   */
  names(folder: string): Promise<string[] | null>;
  /** Size in bytes and time in milliseconds, links followed; null: there is no such file. A folder is none. */
  file(path: string): Promise<{ size: number; mtimeMs: number } | null>;
}

export const nodeFolders: Folders = {
  names: async (folder) => {
    try {
      return await readdir(folder);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      if (errorCode(error) !== 'ENOTDIR') throw fileFailure(error, folder) ?? error;
      const isThere = (await nodeFolders.file(folder)) !== null;
      if (!isThere) return null;
      throw fail('folder', 'This is a file, and should be a folder.', {
        where: folder,
        cure: 'Move the file away.',
      });
    }
  },
  file: async (path) => {
    try {
      const found = await stat(path);
      return found.isFile() ? { size: found.size, mtimeMs: found.mtimeMs } : null;
    } catch (error) {
      // A link in a circle leads to no file either.
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) return null;
      throw fileFailure(error, path) ?? error;
    }
  },
};

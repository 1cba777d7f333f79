import * as nodeFs from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from './error-code.ts';

/**
 * Makes a folder and those missing above it; gives the topmost it made, or undefined when all was there. Rejects with
 * what the system says.
 *
 * Node's own `recursive: true` never ends where the system answers "not there" for a folder whose parent is there
 * (as below /proc): it goes up to the parent and down again for ever.
 */
export async function makeFolder(
  folder: string,
  options: { mode?: number; fs?: Pick<typeof nodeFs, 'mkdir' | 'stat'> } = {},
): Promise<string | undefined> {
  const { mode = 0o777, fs = nodeFs } = options;
  const missing: string[] = [];
  let at = resolve(folder);
  while (!(await isFolder(at, fs))) {
    missing.push(at);
    if (dirname(at) === at) break;
    at = dirname(at);
  }
  let first: string | undefined;
  for (const next of missing.reverse()) {
    try {
      await fs.mkdir(next, mode);
      first ??= next;
    } catch (error) {
      // Somebody else made it in between.
      if (errorCode(error) !== 'EEXIST' || !(await isFolder(next, fs))) throw error;
    }
  }
  return first;
}

async function isFolder(path: string, fs: Pick<typeof nodeFs, 'stat'>): Promise<boolean> {
  try {
    return (await fs.stat(path)).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return false;
    throw error;
  }
}

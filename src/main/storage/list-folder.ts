import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../platform/error-code.ts';
import { type ListedObject, MOST_LISTED } from './object-store.ts';

/** Looked at together: enough to keep a disk busy, few enough for the main thread. */
const AT_ONCE = 32;

/**
 * Objects of a folder store whose key begins with `prefix`. Links are not followed: what they lead to is not the
 * store's. A file that is still being written has a name of its own, which begins with a dot, and is left out.
 */
export async function listFolder(
  root: string,
  prefix: string,
  signal?: AbortSignal,
): Promise<ListedObject[]> {
  const from = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const keys: string[] = [];
  const folders = [from];
  for (
    let folder = folders.pop();
    folder !== undefined && keys.length < MOST_LISTED;
    folder = folders.pop()
  ) {
    signal?.throwIfAborted();
    for (const entry of await entriesOf(join(root, ...folder.split('/')))) {
      const key = folder + entry.name;
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)) folders.push(`${key}/`);
      } else if (entry.isFile() && key.startsWith(prefix) && keys.length < MOST_LISTED) keys.push(key);
    }
  }
  const listed: ListedObject[] = [];
  for (let i = 0; i < keys.length; i += AT_ONCE) {
    signal?.throwIfAborted();
    const some = await Promise.all(keys.slice(i, i + AT_ONCE).map((key) => lookAt(root, key)));
    listed.push(...some.filter((object) => object !== null));
  }
  return listed;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return [];
    throw error;
  }
}

/** Null: taken away since it was listed. */
async function lookAt(root: string, key: string): Promise<ListedObject | null> {
  try {
    const { size, mtimeMs } = await stat(join(root, ...key.split('/')));
    return { key, size, modifiedAt: Math.round(mtimeMs) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { toFailure } from '../../shared/failure.ts';
import type { FoundObject } from '../db/mend.ts';
import { errorCode } from '../platform/error-code.ts';
import { fileFailure } from '../platform/file-failure.ts';
import type { Log } from '../platform/log.ts';
import { createLocalStore } from '../storage/local-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { hashOf } from '../storage/source-file.ts';
import { openStore, type StoreParts } from './run-store.ts';

/** Files whose hashes are worked out together. */
const AT_ONCE = 4;

const contentTypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  mp4: 'video/mp4',
};

/**
 * The pictures and clips in the stores of this machine, by what lies on the disk: their own copies, and those of what
 * went to other stores, with every address that the configured stores give them. A store that cannot be opened now
 * gives none, and the log says so.
 */
export async function findObjects(parts: StoreParts & { log: Log }): Promise<FoundObject[]> {
  const here = createLocalStore({ name: 'here', root: parts.paths.objects });
  const stores = parts.settings.get('storage.stores');
  const opened: ObjectStore[] = [here];
  const folders = new Map<string, ObjectStore>([[parts.paths.objects, here]]);
  for (const [name, settings] of Object.entries(stores)) {
    const store = await openStore(name, parts).catch((error: unknown) => {
      parts.log.warn('A store was left out of the search for objects', {
        store: name,
        err: toFailure(error),
      });
      return null;
    });
    if (store === null) continue;
    if (settings.kind === 'local' && settings.root !== undefined) folders.set(settings.root, store);
    else opened.push(store);
  }
  const found: FoundObject[] = [];
  for (const [root, store] of folders) {
    const keys = await keysBelow(root);
    // A folder of its own has the addresses of its own store only.
    const addressed = store === here ? opened : [store];
    for (let i = 0; i < keys.length; i += AT_ONCE) {
      const some = await Promise.all(keys.slice(i, i + AT_ONCE).map((key) => lookAt(root, key, addressed)));
      found.push(...some.filter((object) => object !== null));
    }
  }
  return found;
}

/** All of them, however many: a store lists only as many as one workflow can have. */
async function keysBelow(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((key) => !/(^|\/)\./.test(key));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw fileFailure(error, root) ?? error;
  }
}

/** Null: not a picture or clip of ours. */
async function lookAt(
  root: string,
  key: string,
  stores: readonly ObjectStore[],
): Promise<FoundObject | null> {
  const ext = (/\.(\w+)$/.exec(key)?.[1] ?? '').toLowerCase().replace('jpeg', 'jpg');
  const contentType = contentTypes[ext];
  if (contentType === undefined) return null;
  const file = join(root, ...key.split('/'));
  const { size } = await stat(file);
  const urls = stores.map((store) => store.urlOf(key)).filter((url) => url !== null);
  return {
    object: { sha256: await hashOf(file, size), ext, contentType, size, file },
    urls: [...new Set(urls)],
  };
}

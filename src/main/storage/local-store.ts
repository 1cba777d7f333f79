import * as nodeFs from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FlowdeckError, fail } from '../../shared/failure.ts';
import { type AtomicFs, copyFileExclusive } from '../platform/atomic-file.ts';
import { errorCode } from '../platform/error-code.ts';
import { fileFailure } from '../platform/file-failure.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { listFolder } from './list-folder.ts';
import type { ObjectStore, StoredObject, StoreObject } from './object-store.ts';
import { objectUrl } from './object-url.ts';
import { assertSource, hashOf } from './source-file.ts';
import { assertKey, otherContent } from './store-failure.ts';

export interface LocalStoreOptions {
  /** As in `storage.stores`. */
  name: string;
  /** Folder of the objects; made when needed. */
  root: string;
  /** Address under which somebody serves that folder; without it objects have `file:` addresses. */
  publicBaseUrl?: string;
  /** For tests: a disk that is full. */
  fs?: AtomicFs & Pick<typeof nodeFs, 'mkdir' | 'lstat'>;
}

/**
 * Objects as files below a folder (behaviour.md §6). They are copies, shared with the original where the disk can
 * copy on write; not hard links, which would change with a picture that a person edits in `Assets/`. A key's
 * content is there whole or not at all, is never replaced, and stays inside the folder, symbolic links included.
 */
export function createLocalStore(options: LocalStoreOptions): ObjectStore {
  const { name, root, fs = nodeFs } = options;
  const cloning: AtomicFs = {
    ...fs,
    copyFile: (from, to, mode = 0) => fs.copyFile(from, to, mode | fs.constants.COPYFILE_FICLONE),
  };

  const targetOf = (key: string) => join(root, ...key.split('/'));
  const urlOf = (key: string) =>
    options.publicBaseUrl === undefined
      ? pathToFileURL(targetOf(key)).href
      : objectUrl(options.publicBaseUrl, key);

  async function put(object: StoreObject, signal?: AbortSignal): Promise<StoredObject> {
    assertKey(object.key, name);
    const target = targetOf(object.key);
    const stored = (uploaded: boolean): StoredObject => ({ url: urlOf(object.key), uploaded, file: target });

    signal?.throwIfAborted();
    await makeFolders(root, dirname(target), name, fs);
    if (await isThere(target, object, name, fs)) return stored(false);
    await assertSource(object, name, fs);

    signal?.throwIfAborted();
    const made = await copyFileExclusive(object.file, target, { fs: cloning });
    if (made && (await hashOf(target, object.size)) === object.sha256) return stored(true);
    if (made) {
      await fs.rm(target, { force: true });
      throw fail('store-refused', 'A file changed while it was being stored.', {
        where: object.file,
        cure: 'Leave the file alone until the run has ended, then run again.',
      });
    }
    // Somebody else was faster with the same key.
    if (await isThere(target, object, name, fs)) return stored(false);
    throw fail('store-unreachable', `The store "${name}" changed while a file was being stored.`, {
      where: target,
      cure: 'Run again.',
    });
  }

  return {
    name,
    kind: 'local',
    urlOf,
    async put(object, signal) {
      try {
        return await put(object, signal);
      } catch (error) {
        throw asStoreFailure(error, name, root, 'written');
      }
    },
    async list(prefix, signal) {
      try {
        return await listFolder(root, prefix, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw asStoreFailure(error, name, root, 'read');
      }
    },
  };
}

/** Makes the folders down to `folder`, puts their names on the disk, and refuses one that leads out of the root. */
async function makeFolders(
  root: string,
  folder: string,
  name: string,
  fs: NonNullable<LocalStoreOptions['fs']>,
): Promise<void> {
  // The usual case costs two looks at once: the folder is there, and where it should be.
  const [rootThere, folderThere] = await Promise.all([realIfThere(root, fs), realIfThere(folder, fs)]);
  const madeRoot = rootThere === null ? await makeFolder(root, { fs }) : undefined;
  const realRoot = rootThere ?? (await fs.realpath(root));
  const real = folderThere ?? (await deepestReal(folder, fs));
  if (real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
    throw fail('store-refused', `A link inside the store "${name}" leads out of it.`, {
      where: folder,
      cure: 'Remove that link.',
    });
  }
  if (folderThere !== null) return;
  const madeFolder = await makeFolder(folder, { fs });
  const made = madeRoot ?? madeFolder;
  if (made === undefined || process.platform === 'win32') return;
  // The file's own folder is synced with the file; a new folder is an entry of the one above.
  const above = relative(dirname(made), dirname(folder));
  const parents = above === '' ? [] : above.split(sep);
  for (let at = dirname(made), n = 0; ; n += 1) {
    const handle = await fs.open(at, 'r');
    await handle.sync().finally(() => handle.close());
    const next = parents[n];
    if (next === undefined) return;
    at = join(at, next);
  }
}

/** The real path of the nearest folder upwards that exists. */
async function deepestReal(folder: string, fs: AtomicFs): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const real = await realIfThere(at, fs);
    if (real !== null) return real;
    if (at === dirname(at)) throw Object.assign(new Error(`${at} is not there`), { code: 'ENOENT' });
  }
}

async function realIfThere(at: string, fs: AtomicFs): Promise<string | null> {
  try {
    return await fs.realpath(at);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** True: this content is there. Rejects when something else is. */
async function isThere(
  target: string,
  object: StoreObject,
  name: string,
  fs: NonNullable<LocalStoreOptions['fs']>,
): Promise<boolean> {
  let found: Awaited<ReturnType<typeof nodeFs.lstat>>;
  try {
    found = await fs.lstat(target);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  if (found.isFile() && found.size === object.size && (await hashOf(target, object.size)) === object.sha256)
    return true;
  throw otherContent(name, target, 'file');
}

/** Whatever the disk says, a store is reachable or not; a fault of ours and an abort stay what they are. */
function asStoreFailure(error: unknown, name: string, root: string, use: 'written' | 'read'): unknown {
  const known = error instanceof FlowdeckError ? error : fileFailure(error, root);
  if (known === null || known.failure.code !== 'folder') return known ?? error;
  const { message, where, cure } = known.failure;
  return fail('store-unreachable', `The store "${name}" cannot be ${use}: ${message}`, {
    where: where ?? root,
    ...(cure === undefined ? {} : { cure }),
    cause: error,
  });
}

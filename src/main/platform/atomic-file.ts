import { randomBytes, randomUUID } from 'node:crypto';
import * as nodeFs from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './error-code.ts';
import { fileFailure } from './file-failure.ts';
import { sharedCall } from './shared-call.ts';

/** The calls used here, as a parameter: a test gives a full disk by replacing `open`. */
export type AtomicFs = Pick<
  typeof nodeFs,
  'open' | 'rename' | 'rm' | 'lstat' | 'stat' | 'realpath' | 'access' | 'link' | 'copyFile' | 'constants'
>;

export interface AtomicOptions {
  /** Wait until the bytes and the name are on the disk. Default true. */
  fsync?: boolean;
  /** Permission bits of a new file, default 0o644 less the umask; an existing file keeps its own unless given. */
  mode?: number;
  /** Asked when all is written, just before the name is given: what it rejects with ends the write. */
  still?: (() => Promise<void>) | undefined;
  fs?: AtomicFs;
}

/**
 * Replaces a file as a whole: readers see the old bytes or the new ones, never a part, also after a power cut.
 * A symbolic link is written through. Whatever fails, the target stays as it was and nothing is left beside it.
 * Throws a FlowdeckError of code `folder` or `store-unreachable` (file-failure.ts).
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array,
  options: AtomicOptions = {},
): Promise<void> {
  const { fsync = true, fs = nodeFs } = options;
  let temporary: string | null = null;
  try {
    const { target, existing } = await findTarget(file, fs);
    if (existing?.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    // A rename would replace a file that its owner made read-only: that is a person's wish.
    if (existing) await fs.access(target, fs.constants.W_OK);
    temporary = temporaryName(target);
    const mode = options.mode ?? (existing ? existing.mode & 0o7777 : undefined);
    const handle = await fs.open(temporary, 'wx', mode ?? 0o644);
    try {
      await handle.writeFile(data);
      if (mode !== undefined) await handle.chmod(mode);
      if (existing && existing.uid !== process.getuid?.()) await keepOwner(handle, existing);
      if (fsync) await handle.sync();
    } finally {
      await handle.close();
    }
    await options.still?.();
    await renameOver(temporary, target, fs);
    temporary = null;
    if (fsync) await syncFolder(path.dirname(target), fs);
  } catch (error) {
    if (temporary) await fs.rm(temporary, { force: true }).catch((left: unknown) => left);
    throw fileFailure(error, file) ?? error;
  }
}

/**
 * Copies a file to a name that must be free; the name appears with the whole content or not at all.
 * False when the name is taken: nothing was changed then. Errors as in writeFileAtomic.
 */
export async function copyFileExclusive(
  from: string,
  to: string,
  options: AtomicOptions = {},
): Promise<boolean> {
  const { fsync = true, fs = nodeFs } = options;
  const temporary = temporaryName(path.resolve(to));
  try {
    await fs.copyFile(from, temporary, fs.constants.COPYFILE_EXCL);
    if (fsync) await syncFile(temporary, fs);
    const made = await claimName(temporary, to, fs);
    if (made && fsync) await syncFolder(path.dirname(path.resolve(to)), fs);
    return made;
  } catch (error) {
    throw fileFailure(error, to) ?? error;
  } finally {
    await fs.rm(temporary, { force: true }).catch((left: unknown) => left);
  }
}

/**
 * Makes a file under the first free of `name(1)`, `name(2)` … `name(most)`, whole or not at all; null when all are taken.
 * The bytes are written once, whatever names are taken. Errors as in writeFileAtomic, and what `name` throws.
 */
export async function writeFileExclusive(
  folder: string,
  name: (n: number) => string,
  data: string | Uint8Array,
  most: number,
  { fs = nodeFs }: Pick<AtomicOptions, 'fs'> = {},
): Promise<string | null> {
  const temporary = path.join(folder, `.flowdeck-${process.pid}-${randomUUID()}.tmp`);
  try {
    const handle = await fs.open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    for (let n = 1; n <= most; n += 1) {
      const file = path.join(folder, name(n));
      if (!(await claimName(temporary, file, fs))) continue;
      await syncFolder(folder, fs);
      return file;
    }
    return null;
  } catch (error) {
    throw fileFailure(error, path.join(folder, name(1))) ?? error;
  } finally {
    await fs.rm(temporary, { force: true }).catch((left: unknown) => left);
  }
}

/**
 * Reserves the first free path of `name(1)`, `name(2)`, … by making an empty file there, so that two processes
 * never get the same one. The caller fills it (writeFileAtomic) or removes it.
 */
export async function uniquePath(
  folder: string,
  name: (n: number) => string,
  options: Pick<AtomicOptions, 'fs'> = {},
): Promise<string> {
  const { fs = nodeFs } = options;
  for (let n = 1; ; n += 1) {
    const candidate = path.join(folder, name(n));
    try {
      const handle = await fs.open(candidate, 'wx');
      await handle.close();
      return candidate;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || n >= 10_000) throw fileFailure(error, candidate) ?? error;
    }
  }
}

/**
 * Removes what writers of this file left beside it when their processes were killed. Only for who holds the lock of
 * its writes: the temporary file of a living writer looks the same. `target`: its real path.
 */
export async function removeLeftTemporaries(target: string): Promise<void> {
  const prefix = temporaryPrefix(target);
  const folder = path.dirname(target);
  try {
    for (const name of await nodeFs.readdir(folder)) {
      const left = name.startsWith(prefix) && /^\d+-[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length));
      if (left) await nodeFs.rm(path.join(folder, name), { force: true });
    }
  } catch (error) {
    throw fileFailure(error, folder) ?? error;
  }
}

/** Hidden, in the same folder (a rename must not cross disks), and short enough for every file system. */
function temporaryName(target: string): string {
  const name = `${temporaryPrefix(target)}${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  return path.join(path.dirname(target), name);
}

/** The process that writes (or wrote) a file of such a name, here or in disk.ts; null: it is no temporary file of ours. */
export function writerOf(name: string): number | null {
  const [, ofDisk, ofFile] =
    /^\.(?:flowdeck-(\d+)-[0-9a-f-]{36}|.+\.(\d+)-[0-9a-f]{12})\.tmp$/s.exec(name) ?? [];
  const pid = ofDisk ?? ofFile;
  return pid === undefined ? null : Number(pid);
}

const temporaryPrefix = (target: string): string =>
  `.${Array.from(path.basename(target)).slice(0, 40).join('')}.`;

/** Where the bytes go, links followed, and what stands there now. A new file, the usual case, costs one look. */
async function findTarget(file: string, fs: AtomicFs) {
  const there = await ifThere(fs.lstat(file));
  if (!there?.isSymbolicLink()) return { target: path.resolve(file), existing: there };
  const target = (await ifThere(fs.realpath(file))) ?? path.resolve(file);
  return { target, existing: await ifThere(fs.stat(target)) };
}

async function ifThere<T>(look: Promise<T>): Promise<T | null> {
  try {
    return await look;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Only root can give a file away; for everybody else the new file is theirs, as with any editor. */
async function keepOwner(handle: nodeFs.FileHandle, owner: { uid: number; gid: number }): Promise<void> {
  try {
    await handle.chown(owner.uid, owner.gid);
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOSYS'].includes(errorCode(error))) throw error;
  }
}

/** Windows refuses for a moment while a virus scanner or a reader has the target open. */
async function renameOver(from: string, to: string, fs: AtomicFs): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      const passing = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error));
      if (!passing || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}

/** A hard link fails when the name is taken; disks without hard links get an exclusive copy. */
async function claimName(temporary: string, to: string, fs: AtomicFs): Promise<boolean> {
  try {
    await fs.link(temporary, to);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(code)) throw error;
  }
  try {
    await fs.copyFile(temporary, to, fs.constants.COPYFILE_EXCL);
    await syncFile(to, fs);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    await fs.rm(to, { force: true });
    throw error;
  }
}

async function syncFile(file: string, fs: AtomicFs): Promise<void> {
  const handle = await fs.open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Tasks in flight fill the same folder: those that wait for it share one sync. Only the real calls can share. */
const syncShared = sharedCall((folder: string) => syncFolderOnce(folder, nodeFs));

/** Puts what was renamed in a folder on the disk. */
export const syncFolder = (folder: string, fs: AtomicFs = nodeFs): Promise<void> =>
  fs.open === nodeFs.open ? syncShared(folder) : syncFolderOnce(folder, fs);

/** Puts a new name on the disk. Windows has no such call, and some network disks refuse it. */
async function syncFolderOnce(folder: string, fs: AtomicFs): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await fs.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EACCES', 'EPERM'].includes(errorCode(error))) throw error;
  }
}

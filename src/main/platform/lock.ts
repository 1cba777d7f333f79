import { createHash } from 'node:crypto';
import { readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { FlowdeckError, fail } from '../../shared/failure.ts';
import { type Clock, isoTime, systemClock } from './clock.ts';
import { errorCode } from './error-code.ts';
import { fileFailure } from './file-failure.ts';
import { makeFolder } from './make-folder.ts';
import { processStartTime, stillRuns } from './process-identity.ts';

/** Who holds a lock, for people and for `locked` errors. */
const LockHolder = z.object({
  pid: z.number().int(),
  /** As of processStartTime; tells this process from a later one with the same number. */
  startTime: z.string().nullable(),
  host: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** What for, e.g. `run XYZG3-V0-1`. */
  what: z.string(),
});
export type LockHolder = z.infer<typeof LockHolder>;

export interface Lock {
  readonly holder: LockHolder;
  /** Lets go; a second call does nothing. */
  release(): Promise<void>;
}

/**
 * Folder of the locks: one for each user of this machine, whatever the data folder and the environment are, so that
 * two processes with different data folders still exclude each other, and nothing lies beside people's files.
 */
export function lockFolderDefault(platform: NodeJS.Platform = process.platform): string {
  // On Windows the temporary folder is each user's own; elsewhere $TMPDIR may differ between two sessions of one user.
  if (platform === 'win32') return path.join(tmpdir(), 'flowdeck-locks');
  return path.join('/tmp', `flowdeck-locks-${process.getuid?.() ?? 'user'}`);
}

/** The lock file of a file that people name in many ways: links are followed; it need not exist yet. */
export async function lockFileFor(file: string, folder: string = lockFolderDefault()): Promise<string> {
  const key = createHash('sha256')
    .update(await realPathOf(file))
    .digest('hex')
    .slice(0, 32);
  return path.join(folder, `${key}.lock`);
}

/**
 * What to lock for one reading, changing and writing of a file, by its real path. The file's own lock is held by a run
 * from its beginning to its end; this one lets a person's pick in between.
 */
export const writeLockOf = (file: string): string => `${file}#write`;

/**
 * Takes a lock that one holder has across all processes of this machine, at once or not at all.
 * Throws a FlowdeckError of code `locked` that names the holder, or `folder` when the place of locks is unusable.
 *
 * The lock itself is an operating system lock on the file, taken by SQLite: the system lets go of it when the holder
 * ends, however it ends, so there is no stale lock to judge and two takers can never both win. The file stays (it is
 * empty); the holder's name lies beside it and is for messages only. Never open the lock file by other means: on
 * POSIX systems closing any handle of it would drop the lock of the whole process.
 */
export async function acquireLock(
  lockFile: string,
  info: { what: string },
  deps: { clock?: Clock } = {},
): Promise<Lock> {
  const { clock = systemClock } = deps;
  await ensureLockFolder(path.dirname(lockFile));
  const holder: LockHolder = {
    pid: process.pid,
    startTime: await processStartTime(process.pid),
    host: hostname(),
    since: isoTime(clock),
    what: info.what,
  };
  // Two takers may make each other fail in the same instant; and a new holder needs a moment to write its name.
  for (let attempt = 1; attempt <= 40; attempt += 1) {
    const database = tryLock(lockFile);
    if (database) {
      await writeHolder(lockFile, holder, database);
      return { holder, release: releaser(lockFile, database) };
    }
    const other = await readLockHolder(lockFile);
    if (other && (await stillRuns(other))) throw lockedBy(other);
    await clock.sleep(10 + 10 * Math.min(attempt, 4));
  }
  throw lockedBy(null);
}

/** As acquireLock, but waits up to `waitMs` for the holder, runs the work, and lets go. For short work on one file. */
export async function withFileLock<T>(
  file: string,
  what: string,
  work: () => Promise<T>,
  options: { folder?: string; waitMs?: number; clock?: Clock } = {},
): Promise<T> {
  const { clock = systemClock, waitMs = 10_000 } = options;
  const lockFile = await lockFileFor(file, options.folder);
  const deadline = clock.monotonic() + waitMs;
  let lock: Lock | null = null;
  while (!lock) {
    try {
      lock = await acquireLock(lockFile, { what }, { clock });
    } catch (error) {
      const held = error instanceof FlowdeckError && error.failure.code === 'locked';
      if (!held || clock.monotonic() >= deadline) throw error;
      await clock.sleep(25);
    }
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** The name last written beside the lock; whether that process still holds it is for the lock itself to say. */
export async function readLockHolder(lockFile: string): Promise<LockHolder | null> {
  try {
    return LockHolder.parse(JSON.parse(await readFile(holderFile(lockFile), 'utf8')));
  } catch (error) {
    // Absent, or being written this instant.
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw fileFailure(error, lockFile) ?? error;
  }
}

const holderFile = (lockFile: string): string => `${lockFile}.holder.json`;

function tryLock(lockFile: string): Database.Database | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(lockFile, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database?.close();
    const code = errorCode(error);
    if (code.startsWith('SQLITE_BUSY')) return null;
    if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR') {
      throw fail('store-unreachable', 'The disk with the locks takes nothing.', {
        where: lockFile,
        cure: 'Free some space and try again.',
        cause: error,
      });
    }
    throw fail('folder', 'The lock file cannot be opened.', {
      where: lockFile,
      cure: 'Remove this file, or give yourself the right to write it.',
      cause: error,
    });
  }
}

async function writeHolder(lockFile: string, holder: LockHolder, database: Database.Database): Promise<void> {
  try {
    await writeFile(holderFile(lockFile), JSON.stringify(holder), { mode: 0o600 });
  } catch (error) {
    database.close();
    throw fileFailure(error, lockFile) ?? error;
  }
}

function releaser(lockFile: string, database: Database.Database): () => Promise<void> {
  let released: Promise<void> | null = null;
  return () => {
    released ??= (async () => {
      try {
        await rm(holderFile(lockFile), { force: true });
      } finally {
        database.close();
      }
    })();
    return released;
  };
}

async function ensureLockFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, { mode: 0o700 });
    const { uid } = await stat(folder);
    if (process.getuid && uid !== process.getuid() && process.getuid() !== 0) {
      throw Object.assign(new Error('belongs to somebody else'), { code: 'EACCES' });
    }
  } catch (error) {
    throw fileFailure(error, folder) ?? error;
  }
}

async function realPathOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileFailure(error, file) ?? error;
  }
  const parent = path.dirname(path.resolve(file));
  return parent === path.resolve(file) ? parent : path.join(await realPathOf(parent), path.basename(file));
}

function lockedBy(holder: LockHolder | null): Error {
  if (!holder) {
    return fail('locked', 'Another process is at work on this file.', {
      cure: 'Wait until it has ended, then try again.',
    });
  }
  return fail('locked', `Held by process ${holder.pid} since ${holder.since} (${holder.what}).`, {
    where: `process ${holder.pid} on ${holder.host}`,
    cure: 'Wait until it has ended, or cancel it there, then try again.',
  });
}

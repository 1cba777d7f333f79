import Database from 'better-sqlite3';
import { fail } from '../../shared/failure.ts';
import { errorCode } from '../platform/error-code.ts';

/** Held as long as a process has the database open, or is mending it. */
export interface InUse {
  /** Nobody else has the database open, and nobody can open it until `share` or `release`. */
  readonly alone: boolean;
  /** Lets others in, who use it too. */
  share(): void;
  /** Twice is once. */
  release(): void;
}

/**
 * Tells whether other processes have this database open, and keeps it from being set aside under their feet.
 *
 * It is a lock on an empty file beside the database, `flowdeck.db.in-use`, taken by SQLite as those of platform/lock.ts:
 * shared by who has the database open, exclusive for who looks at it or mends it. The system lets go of it when its
 * holder ends, however it ends. Gives null when somebody is at work on the database alone for longer than `waitMs`
 * (the thread waits that long). Throws `folder` when that file cannot be had.
 */
export function takeInUse(database: string, waitMs: number): InUse | null {
  const lockFile = `${database}.in-use`;
  let lock: Database.Database | null = null;
  try {
    lock = new Database(lockFile, { timeout: 0 });
    const alone = begin(lock, 'BEGIN EXCLUSIVE');
    if (!alone) {
      lock.pragma(`busy_timeout = ${waitMs}`);
      if (!share(lock)) {
        lock.close();
        return null;
      }
    }
    return inUse(lock, alone);
  } catch (error) {
    lock?.close();
    throw fail('folder', 'It cannot be told whether the database is in use.', {
      where: lockFile,
      cure: 'Give yourself the right to write the data folder. If this file is not empty, remove it.',
      cause: error,
    });
  }
}

function inUse(lock: Database.Database, alone: boolean): InUse {
  let isAlone = alone;
  return {
    get alone() {
      return isAlone;
    },
    share: () => {
      if (!isAlone) return;
      lock.exec('COMMIT');
      isAlone = false;
      lock.pragma('busy_timeout = 10000');
      if (!share(lock)) throw beingMended(lock.name);
    },
    release: () => {
      lock.close();
    },
  };
}

export const beingMended = (where: string): Error =>
  fail('locked', 'Another Flowdeck is mending the database.', {
    where,
    cure: 'Wait until it is done, then try again.',
  });

/** An open reading transaction is a shared lock. */
function share(lock: Database.Database): boolean {
  lock.exec('BEGIN');
  if (begin(lock, 'SELECT count(*) FROM sqlite_master')) return true;
  lock.exec('ROLLBACK');
  return false;
}

function begin(lock: Database.Database, sql: string): boolean {
  try {
    lock.exec(sql);
    return true;
  } catch (error) {
    if (errorCode(error).startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}

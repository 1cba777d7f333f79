import { lookAtRest } from './at-rest.ts';
import { type Commits, createCommits } from './commits.ts';
import { type Connection, openConnection, refuseNewer } from './connection.ts';
import { databaseFailure, isDamage, suspect } from './failures.ts';
import { guarded } from './guarded.ts';
import { beingMended, type InUse, takeInUse } from './in-use.ts';
import { createTables, type Tables } from './tables.ts';

/** The one database of a data folder; several processes may have it open. */
export interface Database extends Tables {
  readonly file: string;
  readonly commits: Commits;
  close(): void;
}

/** Milliseconds to wait for another process that looks at the database; a start rarely meets one (mend.ts waits). */
const WAIT_MS = 10_000;

/**
 * Opens (and, the first time, makes) the database. Throws `folder`, see `openConnection`, or `locked` while another
 * process mends it.
 */
export function openDatabase(file: string): Database {
  const inUse = takeInUse(file, WAIT_MS);
  if (inUse === null) throw beingMended(file);
  try {
    return openIn(file, inUse);
  } catch (error) {
    inUse.release();
    throw error;
  }
}

function openIn(file: string, inUse: InUse): Database {
  if (inUse.alone) {
    refuseNewer(lookAtRest(file).version ?? 0, file);
    inUse.share();
  }
  const connection = openConnection(file);
  try {
    return withTables(guarded(connection, file), file, inUse);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function withTables(connection: Connection, file: string, inUse: InUse): Database {
  const plain = createCommits(connection);
  const commits: Commits = {
    ...plain,
    write: (work) =>
      plain.write(work).catch((error: unknown) => {
        if (isDamage(error)) suspect(file, error);
        throw databaseFailure(error, file);
      }),
  };
  return {
    ...createTables(connection),
    file,
    commits,
    close: () => {
      try {
        commits.flush();
        connection.close();
      } finally {
        inUse.release();
      }
    },
  };
}

import { lookAtRest } from './at-rest.ts';
import { type BackupsTable, createBackupsTable } from './backups.ts';
import { type Commits, createCommits } from './commits.ts';
import { type Connection, openConnection, refuseNewer } from './connection.ts';
import { databaseFailure, isDamage, suspect } from './failures.ts';
import { createFingerprintsTable, type FingerprintsTable } from './fingerprints.ts';
import { guarded } from './guarded.ts';
import { beingMended, type InUse, takeInUse } from './in-use.ts';
import { createJournalTable, type JournalTable } from './journal.ts';
import { createMovedFiles, type MovedFiles } from './moved-files.ts';
import { createObjectsTable, type ObjectsTable } from './objects.ts';
import { createQueueTable, type QueueTable } from './queue.ts';
import { createRecoveriesTable, type RecoveriesTable } from './recoveries.ts';
import { createRunsTable, type RunsTable } from './runs.ts';
import { createServiceChildrenTable, type ServiceChildrenTable } from './service-children.ts';
import { createServiceRequestsTable, type ServiceRequestsTable } from './service-requests.ts';
import { createServiceStateTable, type ServiceStateTable } from './service-state.ts';
import { createTunnelAddresses, type TunnelAddresses } from './tunnel-addresses.ts';
import { createUploadsTable, type UploadsTable } from './uploads.ts';

/** The one database of a data folder; several processes may have it open. */
export interface Database {
  readonly file: string;
  readonly commits: Commits;
  readonly runs: RunsTable;
  readonly journal: JournalTable;
  readonly fingerprints: FingerprintsTable;
  readonly objects: ObjectsTable;
  readonly uploads: UploadsTable;
  readonly movedFiles: MovedFiles;
  readonly backups: BackupsTable;
  readonly serviceState: ServiceStateTable;
  readonly serviceChildren: ServiceChildrenTable;
  readonly serviceRequests: ServiceRequestsTable;
  readonly tunnelAddresses: TunnelAddresses;
  readonly queue: QueueTable;
  readonly recoveries: RecoveriesTable;
  sqliteVersion(): string;
  /** A small fact that must outlive the process, such as "the sample was copied". */
  mark(name: string): string | null;
  setMark(name: string, value: string): void;
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
  const getMark = connection.prepare('SELECT value FROM marks WHERE name = ?').pluck();
  const putMark = connection.prepare(
    'INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    file,
    commits,
    runs: createRunsTable(connection),
    journal: createJournalTable(connection),
    fingerprints: createFingerprintsTable(connection),
    objects: createObjectsTable(connection),
    uploads: createUploadsTable(connection),
    movedFiles: createMovedFiles(connection),
    backups: createBackupsTable(connection),
    serviceState: createServiceStateTable(connection),
    serviceChildren: createServiceChildrenTable(connection),
    serviceRequests: createServiceRequestsTable(connection),
    tunnelAddresses: createTunnelAddresses(connection),
    queue: createQueueTable(connection),
    recoveries: createRecoveriesTable(connection),
    sqliteVersion: () => String(connection.prepare('SELECT sqlite_version()').pluck().get()),
    mark: (name) => (getMark.get(name) as string | undefined) ?? null,
    setMark: (name, value) => {
      putMark.run(name, value);
    },
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

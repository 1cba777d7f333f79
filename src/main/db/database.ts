import { type BackupsTable, createBackupsTable } from './backups.ts';
import { type Commits, createCommits } from './commits.ts';
import { openConnection } from './connection.ts';
import { databaseFailure } from './failures.ts';
import { createFingerprintsTable, type FingerprintsTable } from './fingerprints.ts';
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

/** Opens (and, the first time, makes) the database. Throws `folder`, see `openConnection`. */
export function openDatabase(file: string): Database {
  const connection = openConnection(file);
  const plain = createCommits(connection);
  const commits: Commits = {
    ...plain,
    write: (work) =>
      plain.write(work).catch((error: unknown) => {
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
      commits.flush();
      connection.close();
    },
  };
}

import { createAnnotationsTable } from './annotations.ts';
import { createBackupsTable } from './backups.ts';
import type { Connection } from './connection.ts';
import { createFingerprintsTable } from './fingerprints.ts';
import { createHistoryPages } from './history-pages.ts';
import { createJournalTable } from './journal.ts';
import { createMovedFiles } from './moved-files.ts';
import { createObjectsTable } from './objects.ts';
import { createProofsTable } from './proofs.ts';
import { createQueueTable } from './queue.ts';
import { createRecoveriesTable } from './recoveries.ts';
import { createRestoresTable } from './restores.ts';
import { createRunsTable } from './runs.ts';
import { createServiceChildrenTable } from './service-children.ts';
import { createServiceRequestsTable } from './service-requests.ts';
import { createServiceStateTable } from './service-state.ts';
import { createTunnelAddresses } from './tunnel-addresses.ts';
import { createUploadsTable } from './uploads.ts';
import { createVersionsTable } from './versions.ts';

/** The statements of every table, and small facts that must outlive the process, such as "the sample was copied". */
export function createTables(connection: Connection) {
  const getMark = connection.prepare('SELECT value FROM marks WHERE name = ?').pluck();
  const putMark = connection.prepare(
    'INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    runs: createRunsTable(connection),
    journal: createJournalTable(connection),
    fingerprints: createFingerprintsTable(connection),
    objects: createObjectsTable(connection),
    uploads: createUploadsTable(connection),
    movedFiles: createMovedFiles(connection),
    backups: createBackupsTable(connection),
    proofs: createProofsTable(connection),
    versions: createVersionsTable(connection),
    restores: createRestoresTable(connection),
    annotations: createAnnotationsTable(connection),
    historyPages: createHistoryPages(connection),
    serviceState: createServiceStateTable(connection),
    serviceChildren: createServiceChildrenTable(connection),
    serviceRequests: createServiceRequestsTable(connection),
    tunnelAddresses: createTunnelAddresses(connection),
    queue: createQueueTable(connection),
    recoveries: createRecoveriesTable(connection),
    sqliteVersion: () => String(connection.prepare('SELECT sqlite_version()').pluck().get()),
    mark: (name: string) => (getMark.get(name) as string | undefined) ?? null,
    setMark: (name: string, value: string): void => {
      putMark.run(name, value);
    },
  };
}
export type Tables = Readonly<ReturnType<typeof createTables>>;

import SqliteDatabase from 'better-sqlite3';
import { createBackupsTable } from '../../../db/backups.ts';
import { createCommits } from '../../../db/commits.ts';
import type { Database } from '../../../db/database.ts';
import { createFingerprintsTable } from '../../../db/fingerprints.ts';
import { createJournalTable, type JournalRow } from '../../../db/journal.ts';
import { migrations } from '../../../db/migrations/list.ts';
import { createMovedFiles } from '../../../db/moved-files.ts';
import { createObjectsTable } from '../../../db/objects.ts';
import { createQueueTable } from '../../../db/queue.ts';
import { createRecoveriesTable } from '../../../db/recoveries.ts';
import { createRunsTable } from '../../../db/runs.ts';
import { createServiceChildrenTable } from '../../../db/service-children.ts';
import { createServiceRequestsTable } from '../../../db/service-requests.ts';
import { createServiceStateTable } from '../../../db/service-state.ts';
import { createTunnelAddresses } from '../../../db/tunnel-addresses.ts';
import { createUploadsTable } from '../../../db/uploads.ts';

/** The real tables on a real SQLite, in memory: what is committed is there for the next process. */
export interface MemoryDatabase {
  db: Database;
  /** Every row of the journal, oldest first. */
  journal(): JournalRow[];
  /** As new: opening one takes longer than a schedule. */
  empty(): void;
}

export function openMemoryDatabase(): MemoryDatabase {
  const file = ':memory:';
  // Not by openConnection: it refuses what would not survive a power cut, and no power is cut here.
  const connection = new SqliteDatabase(file);
  connection.pragma('foreign_keys = ON');
  for (const migration of migrations) connection.exec(migration);
  const marks = new Map<string, string>();
  const journal = createJournalTable(connection);
  const places = connection.prepare(
    'SELECT DISTINCT run_id AS runId, node_id AS nodeId FROM journal ORDER BY run_id, node_id',
  );
  const tables = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all() as string[];
  // In one go, so that what refers to what does not matter.
  const emptyAll = connection.transaction(() => {
    connection.pragma('defer_foreign_keys = ON');
    for (const table of tables) connection.prepare(`DELETE FROM ${table}`).run();
    marks.clear();
  });
  return {
    empty: emptyAll,
    db: {
      file,
      commits: createCommits(connection),
      runs: createRunsTable(connection),
      journal,
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
      sqliteVersion: () => 'in memory',
      mark: (name) => marks.get(name) ?? null,
      setMark: (name, value) => void marks.set(name, value),
      close: () => connection.close(),
    },
    journal: () =>
      (places.all() as { runId: string; nodeId: number }[])
        .flatMap(({ runId, nodeId }) => journal.ofNode(runId, nodeId))
        .sort((a, b) => a.id - b.id),
  };
}

import SqliteDatabase from 'better-sqlite3';
import { createCommits } from '../../../db/commits.ts';
import type { Database } from '../../../db/database.ts';
import type { JournalRow } from '../../../db/journal.ts';
import { migrations } from '../../../db/migrations/list.ts';
import { createTables } from '../../../db/tables.ts';

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
  const all = createTables(connection);
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
  });
  return {
    empty: emptyAll,
    db: {
      ...all,
      file,
      commits: createCommits(connection),
      close: () => connection.close(),
    },
    journal: () =>
      (places.all() as { runId: string; nodeId: number }[])
        .flatMap(({ runId, nodeId }) => all.journal.ofNode(runId, nodeId))
        .sort((a, b) => a.id - b.id),
  };
}

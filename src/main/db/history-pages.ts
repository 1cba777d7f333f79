import { dirname } from 'node:path';
import { BACKUP_COLUMNS, type BackupRow } from './backups.ts';
import type { Connection } from './connection.ts';
import { below } from './folder-range.ts';

/** What a list tells of a run. */
export interface ListedRun {
  id: string;
  workflow: string;
  status: string;
  demo: boolean;
  startedAt: number;
  /** Null: it has no end of its own (yet). */
  finishedAt: number | null;
  /** What it wrote; null: nothing. */
  output: string | null;
}

/** Backups and runs of all workflows below a folder. */
export function createHistoryPages(db: Connection) {
  const range = 'workflow >= @low AND workflow < @high';
  // An index has all of it; the order is made here, where it costs less.
  const rowsIn = (table: string) => db.prepare(`SELECT rowid FROM ${table} WHERE ${range}`).pluck();
  const [backupRows, runRows] = [rowsIn('backups'), rowsIn('runs')];
  const listed = 'rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid';
  const backups = db.prepare(`SELECT ${BACKUP_COLUMNS} FROM backups WHERE ${listed}`);
  const runs = db.prepare(
    `SELECT id, workflow, status, demo, started_at AS startedAt, finished_at AS finishedAt,
       json_extract(summary, '$.output') AS output FROM runs WHERE ${listed}`,
  );
  const sizes = db.prepare('SELECT sha256, size FROM blobs WHERE sha256 IN (SELECT value FROM json_each(?))');
  const copyAt = db.prepare(
    `SELECT ${BACKUP_COLUMNS} FROM backups WHERE path = @path AND workflow >= @low AND workflow < @high
     ORDER BY rowid DESC LIMIT 1`,
  );
  const marks = [
    `SELECT concat(count(*), ' ', max(rowid), ' ', total(proven_at), ' ', count(problem), ' ', total(length(path)))
       FROM backups WHERE workflow >= @low AND workflow < @high`,
    `SELECT concat(count(*), ' ', max(rowid), ' ', count(finished_at), ' ', total(length(status)))
       FROM runs WHERE workflow >= @low AND workflow < @high`,
    'SELECT count(*) FROM restores WHERE workflow >= @low AND workflow < @high',
    `SELECT concat(count(*), ' ', count(undone_at)) FROM versions WHERE workflow >= @low AND workflow < @high`,
    `SELECT concat(count(*), ' ', max(changed_at), ' ', total(pinned), ' ', total(length(note))) FROM annotations
       WHERE @low < @high`,
  ].map((sql) => db.prepare(sql).pluck());
  const named = db
    .prepare(
      ['backups', 'runs', 'restores']
        .map((table) => `SELECT id FROM (SELECT id FROM ${table} WHERE id >= @low AND id < @high LIMIT 2)`)
        .join(' UNION ALL '),
    )
    .pluck();
  const workflowOf = db
    .prepare(
      `SELECT workflow FROM backups WHERE id = @id UNION ALL SELECT workflow FROM runs WHERE id = @id
       UNION ALL SELECT workflow FROM restores WHERE id = @id`,
    )
    .pluck();
  const dataVersion = db.prepare('PRAGMA data_version').pluck();
  const ownChanges = db.prepare('SELECT total_changes()').pluck();
  const inOrder = (rows: unknown[]): number[] => (rows as number[]).sort((a, b) => a - b);
  return {
    /** Their places in the order they came, by which they can be read page by page: the clock may have been set back. */
    backupRows: (folder: string) => inOrder(backupRows.all(below(folder))),
    runRows: (folder: string) => inOrder(runRows.all(below(folder))),
    /** Those of these rows, in their order. */
    backups: (rows: readonly number[]) => backups.all(JSON.stringify(rows)) as BackupRow[],
    runs: (rows: readonly number[]): ListedRun[] =>
      (runs.all(JSON.stringify(rows)) as (Omit<ListedRun, 'demo'> & { demo: number })[]).map((run) => ({
        ...run,
        demo: run.demo === 1,
      })),
    /** Bytes of contents; those that the database has lost are not in it. */
    sizes: (sha256s: readonly string[]): ReadonlyMap<string, number> =>
      new Map(
        (sizes.all(JSON.stringify(sha256s)) as { sha256: string; size: number }[]).map(
          ({ sha256, size }) => [sha256, size] as const,
        ),
      ),
    /** The newest backup whose copy lies there, in `backups/` of its workflow's group. */
    copyAt: (path: string) =>
      (copyAt.get({ ...below(dirname(dirname(path))), path }) as BackupRow | undefined) ?? null,
    /** Ids of backups, runs and restores that begin so: enough of them to tell one from several. */
    idsStartingWith: (id: string) => named.all({ low: id, high: `${id}\u{10FFFF}` }) as string[],
    /** Of a backup, a run or a restore; null: there is none of this id. */
    workflowOf: (id: string) => (workflowOf.get({ id }) as string | undefined) ?? null,
    /** Another text as soon as anything was written, by this process or another. Costs nothing. */
    state: () => `${dataVersion.get()} ${ownChanges.get()}`,
    /** Another text when the histories below a folder read differently; a few milliseconds with 10,000 backups. */
    mark: (folder: string) => marks.map((sql) => sql.get(below(folder))).join('; '),
  };
}

import { dirname } from 'node:path';
import { BACKUP_COLUMNS, type BackupRow } from './backups.ts';
import type { Connection } from './connection.ts';
import { below } from './folder-range.ts';

/** A row of its table, by the order of which one may tell what came first: the clock may have been set back. */
export type Paged<T> = T & { row: number };

export interface CountedBackup extends BackupRow {
  /** Bytes of the content; null: the database has lost it. */
  size: number | null;
}

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

/** Rows of one page: read in a few milliseconds, so that nobody waits for a long history. */
const PAGE = 1000;

/** Backups and runs of all workflows below a folder, oldest first and page by page. */
export function createHistoryPages(db: Connection) {
  // The unary plus has SQLite look by the folder, however many rows other folders have.
  const range =
    '+t.rowid > @after AND t.workflow >= @low AND t.workflow < @high ORDER BY t.rowid LIMIT @page';
  const backups = db.prepare(
    `SELECT t.rowid AS row, ${BACKUP_COLUMNS}, size FROM backups t LEFT JOIN blobs USING (sha256) WHERE ${range}`,
  );
  const runs = db.prepare(
    `SELECT t.rowid AS row, id, workflow, status, demo, started_at AS startedAt, finished_at AS finishedAt,
       json_extract(summary, '$.output') AS output FROM runs t WHERE ${range}`,
  );
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
  const page = (folder: string, after: number) => ({ ...below(folder), after, page: PAGE });
  return {
    /** After that row; none: there are no more. */
    backups: (folder: string, after: number) => backups.all(page(folder, after)) as Paged<CountedBackup>[],
    runs: (folder: string, after: number): Paged<ListedRun>[] =>
      (runs.all(page(folder, after)) as (Paged<Omit<ListedRun, 'demo'>> & { demo: number })[]).map((run) => ({
        ...run,
        demo: run.demo === 1,
      })),
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

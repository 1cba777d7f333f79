import type { Connection } from './connection.ts';
import { type JournalRow, journalColumns, journalRow, type StoredJournalRow } from './journal.ts';

/** What the journal says of a run that wrote no end of its own (yet). */
export interface RunSums {
  runId: string;
  /** Its requests that left this machine; one that was never answered is not among them. */
  submitted: number;
  /** What may have been paid for and is gone. */
  lost: number;
  /** Files that were found and taken. */
  salvaged: number;
  /** Requests of earlier runs that this one went on with. */
  reattached: number;
  /** US dollars, by the prices of then, of its own requests. */
  costUSD: number;
  /** Candidates that came to an end, good or bad. */
  done: number;
  /** Nodes all of whose requests have come to the workflow file, and nodes with nothing but failures. */
  generated: number;
  failed: number;
  /** Milliseconds since the epoch: the last thing it wrote; null: nothing. */
  lastAt: number | null;
}

const FAILED = "'failed', 'timeout', 'cancelled', 'parked'";
const KEPT = "'stored', 'written'";

/**
 * Journal rows a run has touched: its own, and those of earlier runs it went on with, which changed between its start
 * and that of the next run of its workflow. What was put aside by a wipe is no work of a run.
 */
const touched = `
  asked AS (
    SELECT id, workflow, started_at, coalesce((SELECT min(next.started_at) FROM runs next
      WHERE next.workflow = runs.workflow AND next.started_at > runs.started_at), 9e15) AS until
    FROM runs WHERE id IN (SELECT value FROM json_each(@runIds))
  ),
  touched AS (
    SELECT asked.id AS run, 1 AS own, journal.* FROM asked JOIN journal ON journal.run_id = asked.id
    UNION ALL
    SELECT asked.id, 0, journal.* FROM asked JOIN journal ON journal.workflow = asked.workflow
      AND journal.run_id <> asked.id AND journal.changed_at >= asked.started_at AND journal.changed_at < asked.until
      AND NOT (journal.state = 'written' AND journal.message IS NOT NULL)
  )`;

/** What the journal says of runs, for those whose own record is not written. Reads only. */
export function createRunJournal(db: Connection) {
  const sums = db.prepare(
    `WITH ${touched},
     latest AS (SELECT run, node_id, state, max(id) FROM touched GROUP BY run, node_id, row, candidate),
     nodes AS (
       SELECT run,
         sum(state IN (${KEPT}, ${FAILED})) AS done,
         max(state = 'written') AND min(state IN ('written', ${FAILED})) AS generated,
         min(state IN (${FAILED})) AS failed
       FROM latest GROUP BY run, node_id
     ),
     -- Further files of one task have rows of their own, and are one order.
     orders AS (
       SELECT run, max(price_usd) AS price,
         max(state IN ('completed', 'downloaded', 'lost', ${KEPT})) AS paid
       FROM touched WHERE own AND attempt > 0 AND state NOT IN ('intent', 'unsent')
       GROUP BY run, coalesce(task_id, '#' || id)
     )
     SELECT id AS runId,
       (SELECT count(*) FROM orders WHERE run = asked.id) AS submitted,
       (SELECT count(*) FROM touched WHERE run = asked.id AND state = 'lost') AS lost,
       (SELECT count(*) FROM touched WHERE run = asked.id AND own AND attempt = 0 AND state <> 'unsent') AS salvaged,
       (SELECT count(*) FROM touched WHERE run = asked.id AND NOT own AND state <> 'lost') AS reattached,
       (SELECT coalesce(sum(price), 0) FROM orders WHERE run = asked.id AND paid) AS costUSD,
       (SELECT coalesce(sum(done), 0) FROM nodes WHERE run = asked.id) AS done,
       (SELECT coalesce(sum(generated), 0) FROM nodes WHERE run = asked.id) AS generated,
       (SELECT coalesce(sum(failed), 0) FROM nodes WHERE run = asked.id) AS failed,
       (SELECT max(changed_at) FROM touched WHERE run = asked.id) AS lastAt
     FROM asked`,
  );
  const rows = db.prepare(`WITH ${touched} SELECT ${journalColumns} FROM touched ORDER BY id`);

  return {
    /** Of all these runs at once, by run. */
    sums: (runIds: readonly string[]): Map<string, RunSums> =>
      new Map((sums.all({ runIds: JSON.stringify(runIds) }) as RunSums[]).map((one) => [one.runId, one])),
    /** Every row the run has touched, oldest first; those with another `runId` are of earlier runs. */
    rowsOf: (runId: string): JournalRow[] =>
      (rows.all({ runIds: JSON.stringify([runId]) }) as StoredJournalRow[]).map(journalRow),
  };
}

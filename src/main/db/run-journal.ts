import { setImmediate } from 'node:timers/promises';
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
  /** Milliseconds since the epoch: when its own requests last changed by itself; null: it has none. */
  lastAt: number | null;
}

const FAILED = "'failed', 'timeout', 'cancelled', 'parked'";
const KEPT = "'stored', 'written'";

/** Nodes looked at in one go: a large run is told piece by piece, so that nobody waits. */
const NODES = 40;

/**
 * Journal rows a run has touched: its own, and those of earlier runs it went on with, which changed between its start
 * and that of the next run of its workflow. What was put aside by a wipe is no work of a run.
 */
const asked = `asked AS (
    SELECT id, workflow, started_at, coalesce((SELECT min(next.started_at) FROM runs next
      WHERE next.workflow = runs.workflow AND next.started_at > runs.started_at), 9e15) AS until
    FROM runs WHERE id IN (SELECT value FROM json_each(@runIds))
  )`;
const ofOthers = `journal.run_id <> asked.id AND journal.changed_at >= asked.started_at
  AND journal.changed_at < asked.until AND NOT (journal.state = 'written' AND journal.message IS NOT NULL)`;
const some = 'journal.node_id IN (SELECT value FROM json_each(@nodeIds))';

/** What the journal says of runs, for those whose own record is not written. Reads only. */
export function createRunJournal(db: Connection) {
  const nodes = db
    .prepare(
      `WITH ${asked}
       SELECT node_id FROM asked JOIN journal ON journal.run_id = asked.id
       UNION SELECT node_id FROM asked JOIN journal ON journal.workflow = asked.workflow`,
    )
    .pluck();
  const lastChange = db.prepare(
    // What changed after the next run began, that one did.
    `WITH ${asked} SELECT asked.id AS runId,
       max(CASE WHEN changed_at < until THEN changed_at ELSE coalesce(submitted_at, intent_at) END) AS lastAt
     FROM asked JOIN journal ON journal.run_id = asked.id GROUP BY asked.id`,
  );
  const columns = 'journal.id, node_id, row, candidate, attempt, state, task_id, price_usd, changed_at';
  const sumsOfNodes = db.prepare(
    `WITH ${asked},
     touched AS (
       SELECT asked.id AS run, 1 AS own, ${columns} FROM asked JOIN journal ON journal.run_id = asked.id AND ${some}
       UNION ALL
       SELECT asked.id, 0, ${columns} FROM asked JOIN journal ON journal.workflow = asked.workflow AND ${some} AND ${ofOthers}
     ),
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
       SELECT run, max(price_usd) AS price, max(state IN ('completed', 'downloaded', 'lost', ${KEPT})) AS paid
       FROM touched WHERE own AND attempt > 0 AND state NOT IN ('intent', 'unsent')
       GROUP BY run, coalesce(task_id, '#' || id)
     ),
     parts AS (
       SELECT run, 0 AS submitted, 0.0 AS costUSD, sum(done) AS done, sum(generated) AS generated,
         sum(failed) AS failed, 0 AS lost, 0 AS salvaged, 0 AS reattached FROM nodes GROUP BY run
       UNION ALL
       SELECT run, count(*), sum(price * paid), 0, 0, 0, 0, 0, 0 FROM orders GROUP BY run
       UNION ALL
       SELECT run, 0, 0.0, 0, 0, 0, sum(state = 'lost'), sum(own AND attempt = 0 AND state <> 'unsent'),
         sum(NOT own AND state <> 'lost') FROM touched GROUP BY run
     )
     SELECT run AS runId, sum(submitted) AS submitted, sum(costUSD) AS costUSD, sum(done) AS done,
       sum(generated) AS generated, sum(failed) AS failed, sum(lost) AS lost, sum(salvaged) AS salvaged,
       sum(reattached) AS reattached FROM parts GROUP BY run`,
  );
  const rowsOfNodes = db.prepare(
    `WITH ${asked}
     SELECT ${journalColumns} FROM (
       SELECT journal.* FROM asked JOIN journal ON journal.run_id = asked.id AND ${some}
       UNION ALL
       SELECT journal.* FROM asked JOIN journal ON journal.workflow = asked.workflow AND ${some} AND ${ofOthers}
     ) ORDER BY id`,
  );

  return {
    /** Of all these runs at once, by run, beside whatever else goes on. */
    async sums(asking: readonly string[]): Promise<Map<string, RunSums>> {
      const runIds = JSON.stringify(asking);
      const all = nodes.all({ runIds }) as number[];
      const last = lastChange.all({ runIds }) as { runId: string; lastAt: number }[];
      const told = new Map<string, RunSums>(
        last.map(({ runId, lastAt }) => [runId, { ...nothing, runId, lastAt }]),
      );
      for (let at = 0; at < all.length; at += NODES) {
        if (at > 0) await setImmediate();
        const nodeIds = JSON.stringify(all.slice(at, at + NODES));
        for (const part of sumsOfNodes.all({ runIds, nodeIds }) as Omit<RunSums, 'lastAt'>[])
          told.set(part.runId, added(told.get(part.runId) ?? nothing, part));
      }
      return told;
    },
    /** What a run has touched of these nodes, oldest first; rows with another `runId` are of earlier runs. */
    rowsOf: (runId: string, nodeIds: readonly number[]): JournalRow[] => {
      const rows = rowsOfNodes.all({ runIds: JSON.stringify([runId]), nodeIds: JSON.stringify(nodeIds) });
      return (rows as StoredJournalRow[]).map(journalRow);
    },
  };
}

const nothing: RunSums = {
  ...{ runId: '', submitted: 0, lost: 0, salvaged: 0, reattached: 0 },
  ...{ costUSD: 0, done: 0, generated: 0, failed: 0, lastAt: null },
};

const added = (sums: RunSums, part: Omit<RunSums, 'lastAt'>): RunSums => ({
  runId: part.runId,
  submitted: sums.submitted + part.submitted,
  lost: sums.lost + part.lost,
  salvaged: sums.salvaged + part.salvaged,
  reattached: sums.reattached + part.reattached,
  costUSD: sums.costUSD + part.costUSD,
  done: sums.done + part.done,
  generated: sums.generated + part.generated,
  failed: sums.failed + part.failed,
  lastAt: sums.lastAt,
});

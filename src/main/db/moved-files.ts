import { basename } from 'node:path';
import type { Connection } from './connection.ts';

/** What the database knows of a workflow file follows it to another path. */
export function createMovedFiles(db: Connection) {
  const keys = db.prepare(
    `INSERT INTO fingerprints (workflow, node_id, cache_key, at)
       SELECT @to, node_id, cache_key, at FROM fingerprints WHERE workflow = @from
     ON CONFLICT (workflow, node_id) DO UPDATE SET cache_key = excluded.cache_key, at = excluded.at`,
  );
  const open = db.prepare(
    `UPDATE journal SET workflow = @to WHERE workflow = @from
       AND state IN ('intent', 'submitted', 'timeout', 'completed', 'downloaded', 'stored', 'parked')`,
  );
  const uploads = db.prepare('UPDATE OR REPLACE uploads SET workflow = @to WHERE workflow = @from');
  // One that is starting just now meets the lock of who moves the file, and tells.
  const queued = db.prepare(
    `UPDATE OR IGNORE queue SET path = @to, name = @name WHERE path = @from AND state <> 'starting'`,
  );
  const recovered = db.prepare('UPDATE OR REPLACE recoveries SET workflow = @to WHERE workflow = @from');
  return {
    /**
     * Fingerprints, requests that are paid for and stand in no file yet, and outputs on their way to a store: the next
     * run of the new path takes them up as the next run of the old one would have. So does a place in the queue, and a
     * recovery somebody has begun. What has ended stays with the old path. Twice is once. Call it inside `Commits.write`.
     */
    follow(from: string, to: string): void {
      keys.run({ from, to });
      open.run({ from, to });
      uploads.run({ from, to });
      queued.run({ from, to, name: basename(to).replace(/\.nbflow$/i, '') });
      recovered.run({ from, to });
    },
  };
}

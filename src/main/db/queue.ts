import { RunOptions } from '../../shared/domain.ts';
import type { QueueEntry } from '../../shared/queue.ts';
import type { Connection } from './connection.ts';

export type QueueState = QueueEntry['state'];

/** An entry, and for one that is `starting` which drain claimed it (`queue_drains`). */
export interface QueueRow {
  id: string;
  path: string;
  name: string;
  options: RunOptions;
  state: QueueState;
  problem: string | null;
  /** Milliseconds since the epoch. */
  addedAt: number;
  drain: number | null;
}

/** A process that carries out the queue. */
export interface QueueDrain {
  id: number;
  pid: number;
  processStarted: string | null;
}

/** A run whose end is not written (yet). */
export interface OpenRun {
  id: string;
  name: string;
  status: string;
  pid: number;
  processStarted: string | null;
}

/** Statements of the queue. Callers wrap writes in `Commits.write`; each reads what it needs in the same transaction. */
export function createQueueTable(db: Connection) {
  const entries = db.prepare(
    `SELECT id, path, name, options, state, problem, added_at AS addedAt, drain FROM queue ORDER BY position, rowid`,
  );
  const insert = db.prepare(
    `INSERT INTO queue (id, position, path, name, options, state, added_at)
     VALUES (@id, (SELECT coalesce(max(position), -1) + 1 FROM queue), @path, @name, @options, @state, @addedAt)`,
  );
  const setPosition = db.prepare('UPDATE queue SET position = ? WHERE id = ?');
  const setState = db.prepare(
    'UPDATE queue SET state = ?, problem = ?, drain = NULL, runs_before = NULL WHERE id = ?',
  );
  const claim = db.prepare(
    `UPDATE queue SET state = 'starting', problem = NULL, drain = ?,
       runs_before = (SELECT coalesce(max(rowid), 0) FROM runs) WHERE id = ?`,
  );
  const remove = db.prepare('DELETE FROM queue WHERE id = ?');
  const becameRun = db
    .prepare(
      `SELECT runs.id FROM queue JOIN queue_drains ON queue_drains.id = queue.drain
         JOIN runs ON runs.rowid > queue.runs_before AND runs.workflow = queue.path AND runs.pid = queue_drains.pid
       WHERE queue.id = ? ORDER BY runs.rowid LIMIT 1`,
    )
    .pluck();
  const pause = db.prepare('SELECT paused, why FROM queue_pause');
  const setPause = db.prepare('UPDATE queue_pause SET paused = ?, why = ?');
  const drains = db.prepare(
    'SELECT id, pid, process_started AS processStarted FROM queue_drains ORDER BY id',
  );
  const join = db.prepare('INSERT INTO queue_drains (pid, process_started, since) VALUES (?, ?, ?)');
  const leave = db.prepare('DELETE FROM queue_drains WHERE id = ?');
  const openRuns = db.prepare(
    `SELECT id, name, status, pid, process_started AS processStarted FROM runs WHERE finished_at IS NULL
     ORDER BY rowid`,
  );

  const read = (): QueueRow[] =>
    (entries.all() as (Omit<QueueRow, 'options'> & { options: string })[]).map((row) => ({
      ...row,
      options: RunOptions.parse(JSON.parse(row.options)),
    }));

  return {
    /** In the order they will start. */
    entries: read,
    /** At the end. */
    insert(entry: Pick<QueueRow, 'id' | 'path' | 'name' | 'options' | 'addedAt'>, state: 'waiting' | 'held') {
      insert.run({ ...entry, state, options: JSON.stringify(entry.options) });
    },
    /** Puts an entry at a place, from 0; one behind the last is the last. */
    place(id: string, to: number) {
      const others = read().flatMap((entry) => (entry.id === id ? [] : [entry.id]));
      others.splice(to, 0, id);
      others.forEach((each, at) => {
        setPosition.run(at, each);
      });
    },
    setState: (id: string, state: Exclude<QueueState, 'starting'>, problem: string | null = null) =>
      setState.run(state, problem, id),
    claim: (id: string, drain: number) => claim.run(drain, id),
    remove: (id: string) => remove.run(id),
    /** The run a claimed entry has become; null while there is none. Ask before its drain is forgotten. */
    becameRun: (id: string) => (becameRun.get(id) as string | undefined) ?? null,
    pause(): { paused: boolean; why: string | null } {
      const row = pause.get() as { paused: number; why: string | null };
      return { paused: row.paused === 1, why: row.why };
    },
    setPause: (paused: boolean, why: string | null = null) => setPause.run(paused ? 1 : 0, why),
    drains: () => drains.all() as QueueDrain[],
    joinDrains: (pid: number, processStarted: string | null, at: number) =>
      Number(join.run(pid, processStarted, at).lastInsertRowid),
    /** False: it was not there any more. */
    leaveDrains: (id: number) => leave.run(id).changes > 0,
    openRuns: () => openRuns.all() as OpenRun[],
    /** Another number than before: another process has written something. Costs next to nothing. */
    version: () => Number(db.pragma('data_version', { simple: true })),
  };
}
export type QueueTable = ReturnType<typeof createQueueTable>;

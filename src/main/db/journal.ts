import type { ErrorClass, GenerationKind } from '../../shared/domain.ts';
import type { Connection } from './connection.ts';

export type JournalState =
  | 'intent'
  | 'submitted'
  | 'completed'
  | 'downloaded'
  | 'stored'
  | 'written'
  | 'unsent'
  | 'failed'
  | 'timeout'
  | 'lost'
  | 'cancelled'
  | 'parked';

/** One generation request, from the intent to the file in the workflow (behaviour.md §7). */
export interface JournalRow {
  id: number;
  runId: string;
  workflow: string;
  nodeId: number;
  row: number;
  candidate: number;
  attempt: number;
  kind: GenerationKind;
  fingerprint: string;
  prompt: string;
  server: string;
  state: JournalState;
  taskId: string | null;
  /** Result addresses of a completed task, as JSON. */
  results: string | null;
  file: string | null;
  sha256: string | null;
  url: string | null;
  errorClass: ErrorClass | null;
  errorCode: number | null;
  message: string | null;
  intentAt: number;
  submittedAt: number | null;
  changedAt: number;
}

export type Intent = Pick<
  JournalRow,
  | 'runId'
  | 'workflow'
  | 'nodeId'
  | 'row'
  | 'candidate'
  | 'attempt'
  | 'kind'
  | 'fingerprint'
  | 'prompt'
  | 'server'
>;

/** What a step adds to a row. */
export type JournalStep = { state: JournalState } & Partial<
  Pick<JournalRow, 'taskId' | 'results' | 'file' | 'sha256' | 'url' | 'errorClass' | 'errorCode' | 'message'>
>;

const columns = `id, run_id AS runId, workflow, node_id AS nodeId, row, candidate, attempt, kind, fingerprint, prompt, server,
  state, task_id AS taskId, results, file, sha256, url, error_class AS errorClass, error_code AS errorCode, message,
  intent_at AS intentAt, submitted_at AS submittedAt, changed_at AS changedAt`;

/** Statements of the journal. Callers wrap writes in `Commits.write`. */
export function createJournalTable(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO journal (run_id, workflow, node_id, row, candidate, attempt, kind, fingerprint, prompt, server, state, intent_at, changed_at)
     VALUES (@runId, @workflow, @nodeId, @row, @candidate, @attempt, @kind, @fingerprint, @prompt, @server, 'intent', @at, @at)`,
  );
  const step = db.prepare(
    `UPDATE journal SET state = @state, task_id = coalesce(@taskId, task_id), results = coalesce(@results, results),
       file = coalesce(@file, file), sha256 = coalesce(@sha256, sha256), url = coalesce(@url, url),
       error_class = @errorClass, error_code = @errorCode, message = @message,
       submitted_at = CASE WHEN @state = 'submitted' THEN coalesce(submitted_at, @at) ELSE submitted_at END, changed_at = @at
     WHERE id = @id`,
  );
  const ofNode = db.prepare(`SELECT ${columns} FROM journal WHERE run_id = ? AND node_id = ? ORDER BY id`);
  const ofPlace = db.prepare(
    `SELECT ${columns} FROM journal WHERE workflow = ? AND node_id = ? AND row = ? AND candidate = ? AND fingerprint = ?
     ORDER BY id DESC LIMIT 1`,
  );
  const unwritten = db.prepare(
    "SELECT id, node_id AS nodeId, url FROM journal WHERE workflow = ? AND state = 'stored' AND url IS NOT NULL",
  );
  const putAside = db.prepare(
    `UPDATE journal SET state = 'written', message = @why, changed_at = @at WHERE workflow = @workflow
       AND node_id IN (SELECT value FROM json_each(@nodeIds)) AND state IN ('completed', 'downloaded', 'stored')`,
  );
  const open = db.prepare(
    `SELECT nodeId, count(*) AS places FROM (
       SELECT node_id AS nodeId, state, max(id) FROM journal WHERE workflow = ? GROUP BY node_id, row, candidate
     ) WHERE state IN ('intent', 'submitted', 'completed', 'downloaded', 'stored') GROUP BY nodeId`,
  );
  const atBackend = db
    .prepare(
      "SELECT 1 FROM journal WHERE state IN ('intent', 'submitted', 'completed', 'timeout') AND changed_at > ? LIMIT 1",
    )
    .pluck();
  const owned = db.prepare('SELECT 1 FROM journal WHERE task_id = ? LIMIT 1').pluck();
  const maxAttempt = db
    .prepare(
      'SELECT max(attempt) FROM journal WHERE run_id = ? AND node_id = ? AND row = ? AND candidate = ?',
    )
    .pluck();

  return {
    /** A new intent; returns its id. */
    intend(intent: Intent, at: number): number {
      return Number(insert.run({ ...intent, at }).lastInsertRowid);
    },
    step(id: number, change: JournalStep, at: number): void {
      step.run({
        id,
        at,
        state: change.state,
        taskId: change.taskId ?? null,
        results: change.results ?? null,
        file: change.file ?? null,
        sha256: change.sha256 ?? null,
        url: change.url ?? null,
        errorClass: change.errorClass ?? null,
        errorCode: change.errorCode ?? null,
        message: change.message ?? null,
      });
    },
    ofNode: (runId: string, nodeId: number) => ofNode.all(runId, nodeId) as JournalRow[],
    /** The latest request for this place of this very content, of any run. */
    latest: (workflow: string, nodeId: number, row: number, candidate: number, fingerprint: string) =>
      (ofPlace.get(workflow, nodeId, row, candidate, fingerprint) as JournalRow | undefined) ?? null,
    /** Whether a backend may still have something that was ordered and not fetched since then. */
    atBackendSince: (since: number) => atBackend.get(since) === 1,
    /** Nodes with places whose latest request was begun and has not come to the file, and how many. */
    open: (workflow: string) => open.all(workflow) as { nodeId: number; places: number }[],
    /** Stored outputs that no write to the workflow file was noted for. */
    unwritten: (workflow: string) => unwritten.all(workflow) as { id: number; nodeId: number; url: string }[],
    /**
     * Outputs of these nodes that are made but stand in no file: no later run takes them up. What is in flight stays.
     * Gives how many.
     */
    putAside: (workflow: string, nodeIds: readonly number[], why: string, at: number): number =>
      putAside.run({ workflow, nodeIds: JSON.stringify(nodeIds), why, at }).changes,
    ownsTask: (taskId: string) => owned.get(taskId) !== undefined,
    attempts: (runId: string, nodeId: number, row: number, candidate: number) =>
      Number(maxAttempt.get(runId, nodeId, row, candidate) ?? 0),
  };
}
export type JournalTable = ReturnType<typeof createJournalTable>;

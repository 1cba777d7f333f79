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
  /** Which submission of its place in its run this is, from 1; 0: none, its file was found. */
  attempt: number;
  kind: GenerationKind;
  fingerprint: string;
  prompt: string;
  server: string;
  /** Ordered from the demo: no real run takes it up, and the other way round. */
  demo: boolean;
  /** US dollars, if it is paid for; by the prices of then. */
  priceUSD: number;
  /** Which start of the machine the intent belongs to (platform/boot.ts). */
  boot: string | null;
  /** Milliseconds from that start to the intent, by a clock that nobody sets. */
  upMs: number | null;
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
  | 'demo'
  | 'priceUSD'
>;

/** An instant by a clock that nobody sets: milliseconds since this start of the machine. */
export interface UpTime {
  boot: string;
  ms: number;
}

/** What a step adds to a row. */
export type JournalStep = { state: JournalState } & Partial<
  Pick<JournalRow, 'taskId' | 'results' | 'file' | 'sha256' | 'url' | 'errorClass' | 'errorCode' | 'message'>
>;

/** What a statement selects for `journalRow`. */
export const journalColumns = `id, run_id AS runId, workflow, node_id AS nodeId, row, candidate, attempt, kind, fingerprint, prompt, server,
  demo, price_usd AS priceUSD, boot, up_ms AS upMs, state, task_id AS taskId, results, file, sha256, url,
  error_class AS errorClass, error_code AS errorCode, message, intent_at AS intentAt, submitted_at AS submittedAt, changed_at AS changedAt`;

/** As SQLite gives it: it has no booleans. */
export type StoredJournalRow = Omit<JournalRow, 'demo'> & { demo: number };
export const journalRow = (row: StoredJournalRow): JournalRow => ({ ...row, demo: row.demo === 1 });

/** Statements of the journal. Callers wrap writes in `Commits.write`. */
export function createJournalTable(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO journal (run_id, workflow, node_id, row, candidate, attempt, kind, fingerprint, prompt, server, demo, price_usd, boot, up_ms,
       state, intent_at, changed_at)
     VALUES (@runId, @workflow, @nodeId, @row, @candidate, @attempt, @kind, @fingerprint, @prompt, @server, @demo, @priceUSD, @boot,
       @upMs, 'intent', @at, @at)`,
  );
  const step = db.prepare(
    `UPDATE journal SET state = @state, task_id = coalesce(@taskId, task_id), results = coalesce(@results, results),
       file = coalesce(@file, file), sha256 = coalesce(@sha256, sha256), url = coalesce(@url, url),
       error_class = @errorClass, error_code = @errorCode, message = @message,
       submitted_at = CASE WHEN @state = 'submitted' THEN coalesce(submitted_at, @at) ELSE submitted_at END, changed_at = @at
     WHERE id = @id`,
  );
  const ofNode = db.prepare(
    `SELECT ${journalColumns} FROM journal WHERE run_id = ? AND node_id = ? ORDER BY id`,
  );
  const ofPlace = db.prepare(
    `SELECT ${journalColumns} FROM journal WHERE workflow = ? AND node_id = ? AND row = ? AND candidate = ? AND fingerprint = ?
       AND demo = ? ORDER BY id DESC LIMIT 1`,
  );
  const ofPrompts = db.prepare(
    `SELECT ${journalColumns} FROM journal WHERE id IN (
       SELECT max(id) FROM journal WHERE workflow = ? AND demo = ? GROUP BY node_id, row, candidate, prompt
     ) ORDER BY id`,
  );
  const contents = db
    .prepare(
      'SELECT DISTINCT sha256 FROM journal WHERE workflow = ? AND demo = ? AND attempt > 0 AND sha256 IS NOT NULL',
    )
    .pluck();
  const withoutContent = db.prepare(
    `SELECT node_id AS nodeId, row, candidate, max(intent_at) AS at FROM journal
     WHERE workflow = ? AND demo = ? AND attempt > 0 AND sha256 IS NULL AND state IN ('submitted', 'completed', 'timeout')
     GROUP BY node_id, row, candidate`,
  );
  const lastSeen = db.prepare('SELECT max(changed_at) FROM journal WHERE run_id = ?').pluck();
  const numberOf = db
    .prepare(
      'SELECT candidate FROM journal WHERE workflow = ? AND node_id = ? AND (url = ? OR sha256 = ?) ORDER BY id DESC LIMIT 1',
    )
    .pluck();
  const unwritten = db.prepare(
    "SELECT id, node_id AS nodeId, url, changed_at AS changedAt FROM journal WHERE workflow = ? AND state = 'stored' AND url IS NOT NULL",
  );
  const cameSince = db.prepare(
    `SELECT node_id AS nodeId, row, candidate, url, state FROM journal
     WHERE workflow = ? AND state IN ('stored', 'written') AND url IS NOT NULL AND changed_at >= ?`,
  );
  const moved = db.prepare('UPDATE journal SET url = @to WHERE workflow = @workflow AND url = @from');
  const takeBack = db.prepare(
    `UPDATE journal SET message = NULL, workflow = @to,
       state = CASE WHEN url IS NOT NULL THEN 'stored' WHEN file IS NOT NULL THEN 'downloaded' ELSE 'completed' END
     WHERE workflow = @from AND state = 'written' AND message = @why`,
  );
  const putAside = db.prepare(
    `UPDATE journal SET state = 'written', message = @why, changed_at = @at WHERE workflow = @workflow
       AND node_id IN (SELECT value FROM json_each(@nodeIds)) AND state IN ('completed', 'downloaded', 'stored')`,
  );
  const open = db.prepare(
    `SELECT nodeId, count(*) AS places FROM (
       SELECT node_id AS nodeId, state, max(id) FROM journal WHERE workflow = @workflow AND demo = coalesce(@demo, demo)
         GROUP BY node_id, row, candidate
     ) WHERE state IN ('intent', 'submitted', 'completed', 'downloaded', 'stored') GROUP BY nodeId`,
  );
  const atBackend = db
    .prepare(
      "SELECT 1 FROM journal WHERE state IN ('intent', 'submitted', 'completed', 'timeout', 'parked') AND changed_at > ? LIMIT 1",
    )
    .pluck();
  const hadBefore = db
    .prepare(
      `SELECT 1 FROM journal one JOIN journal intent ON intent.id = ? WHERE one.task_id = ? AND one.id < intent.id
         AND one.submitted_at <= intent.intent_at LIMIT 1`,
    )
    .pluck();
  const owned = db.prepare('SELECT 1 FROM journal WHERE task_id = ? LIMIT 1').pluck();
  const maxAttempt = db
    .prepare(
      'SELECT max(attempt) FROM journal WHERE run_id = ? AND node_id = ? AND row = ? AND candidate = ?',
    )
    .pluck();

  return {
    /** A new intent at `at` (milliseconds since the epoch), which is `up`; returns its id. */
    intend(intent: Intent, at: number, up: UpTime | null = null): number {
      const demo = intent.demo ? 1 : 0;
      const [boot, upMs] = up === null ? [null, null] : [up.boot, Math.round(up.ms)];
      return Number(insert.run({ ...intent, demo, boot, upMs, at }).lastInsertRowid);
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
    ofNode: (runId: string, nodeId: number): JournalRow[] =>
      (ofNode.all(runId, nodeId) as StoredJournalRow[]).map(journalRow),
    /** The latest request for this place of this very content, of any run with (or without) the demo. */
    latest(
      place: Omit<Intent, 'runId' | 'attempt' | 'kind' | 'prompt' | 'server' | 'priceUSD'>,
    ): JournalRow | null {
      const { workflow, nodeId, row, candidate, fingerprint, demo } = place;
      const found = ofPlace.get(workflow, nodeId, row, candidate, fingerprint, demo ? 1 : 0);
      return found === undefined ? null : journalRow(found as StoredJournalRow);
    },
    /** The latest request for each place and prompt, of any run with (or without) the demo; oldest first. */
    ofPrompts: (workflow: string, demo: boolean): JournalRow[] =>
      (ofPrompts.all(workflow, demo ? 1 : 0) as StoredJournalRow[]).map(journalRow),
    /** Hashes of all that was ordered for this workflow from (or not from) the demo. What was only found is not among it. */
    contents: (workflow: string, demo: boolean) => contents.all(workflow, demo ? 1 : 0) as string[],
    /** Places for which something was ordered there whose content nobody noted (yet), and when that was. */
    withoutContent: (workflow: string, demo: boolean) =>
      withoutContent.all(workflow, demo ? 1 : 0) as (Pick<JournalRow, 'nodeId' | 'row' | 'candidate'> & {
        at: number;
      })[],
    /** When the last step of a run was; null: it made none. */
    lastSeen: (runId: string) => (lastSeen.get(runId) as number | null | undefined) ?? null,
    /** Whether a backend may still have something that was ordered and not fetched since then. */
    atBackendSince: (since: number) => atBackend.get(since) === 1,
    /** Nodes with places whose latest request was begun and has not come to the file, and how many; `demo` null: of both. */
    open: (workflow: string, demo: boolean | null) =>
      open.all({ workflow, demo: demo === null ? null : Number(demo) }) as {
        nodeId: number;
        places: number;
      }[],
    /** As which candidate an output of this node was made, by its address or its content; null: not by us. */
    numberOf: (workflow: string, nodeId: number, url: string, sha256: string | null): number | null =>
      (numberOf.get(workflow, nodeId, url, sha256) as number | undefined) ?? null,
    /** Stored outputs, also of the demo, that no write to the workflow file was noted for. */
    unwritten: (workflow: string) =>
      unwritten.all(workflow) as { id: number; nodeId: number; url: string; changedAt: number }[],
    /** Outputs that were stored or written to the workflow file since then, by whatever run. */
    cameSince: (workflow: string, since: number) =>
      cameSince.all(workflow, since) as (Pick<JournalRow, 'nodeId' | 'row' | 'candidate' | 'state'> & {
        url: string;
      })[],
    /** The store gave an output another address: who takes it up later finds that one. */
    moved(workflow: string, from: string, to: string): void {
      moved.run({ workflow, from, to });
    },
    /**
     * Outputs of these nodes that are made but stand in no file: no later run takes them up. What is in flight stays.
     * Gives how many.
     */
    putAside: (workflow: string, nodeIds: readonly number[], why: string, at: number): number =>
      putAside.run({ workflow, nodeIds: JSON.stringify(nodeIds), why, at }).changes,
    /** Whether a task was ours before this intent. */
    hadBefore: (taskId: string, intentId: number) => hadBefore.get(intentId, taskId) !== undefined,
    /**
     * What was put aside for this reason when the file was `from` is taken up again by the next run of `to`. Gives how
     * many.
     */
    takeBack: (from: string, to: string, why: string): number => takeBack.run({ from, to, why }).changes,
    ownsTask: (taskId: string) => owned.get(taskId) !== undefined,
    attempts: (runId: string, nodeId: number, row: number, candidate: number) =>
      Number(maxAttempt.get(runId, nodeId, row, candidate) ?? 0),
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { emptyCounts } from '../../shared/domain.ts';
import type { FlowdeckError } from '../../shared/failure.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { type Backend, BackendError, type BackendErrorKind, type TaskReport } from '../backend/backend.ts';
import { openDatabase } from '../db/database.ts';
import type { JournalState, UpTime } from '../db/journal.ts';
import type { Clock } from '../platform/clock.ts';
import type { CandidateDeps } from './candidate.ts';
import { createDispatch } from './dispatch.ts';
import { createPromptLocks } from './prompt-locks.ts';

/** For tests only: one candidate against a real journal, a backend that does what the test says, and a clock that jumps. */

export const START = 1_700_000_000_000;
const PATIENCE = 2000;
export const prompt = 'A jar on a table.';
export const intent = {
  runId: 'run-2',
  workflow: '/w.nbflow',
  nodeId: 4,
  row: 1,
  candidate: 1,
  kind: 'image' as const,
  fingerprint: 'v1:x',
  prompt,
  server: 'http://g',
  demo: false,
  priceUSD: 0.04,
};
export const request = { kind: 'image' as const, prompt, model: 'm', aspectRatio: '9:16', references: [] };

export const problem = (kind: BackendErrorKind, arrived: 'no' | 'unknown' = 'no', code = 0) =>
  new BackendError({
    kind,
    class: kind === 'unreachable' || kind === 'no-answer' ? 'connection refused' : 'api_error',
    code,
    arrived,
    message: `it is ${kind}`,
    cure: 'look',
  });
export const report = (taskId: string, more: Partial<TaskReport> = {}): TaskReport => ({
  taskId,
  status: 'completed',
  prompt,
  createdAt: START,
  results: [{ url: `http://g/api/files/${taskId}.png`, bytes: null }],
  error: null,
  ...more,
});

/** A journal of its own with two runs, in a folder that goes with it. */
export async function openJournal() {
  const folder = await mkdtemp(join(tmpdir(), 'flowdeck-candidate-'));
  const db = openDatabase(join(folder, 'flowdeck.db'));
  for (const id of ['run-1', 'run-2']) {
    const row = {
      id,
      workflow: intent.workflow,
      name: 'w',
      mode: 'full',
      options: '{}',
      server: intent.server,
      demo: false,
      pid: 1,
      processStarted: null,
      startedAt: START,
      boot: null,
    };
    await db.commits.write(() => db.runs.insert(row, {} as RunSummary));
  }
  return {
    db,
    /** A row as an earlier run left it. */
    earlier: async (
      state: JournalState,
      more: {
        taskId?: string | null;
        demo?: boolean;
        results?: string[];
        candidate?: number;
        server?: string;
        attempt?: number;
        /** When, by the clock on the wall and by the one that nobody sets. */
        intentAt?: number;
        up?: UpTime | null;
      } = {},
    ): Promise<void> => {
      const {
        candidate = 1,
        server = intent.server,
        attempt = 1,
        taskId = 'old',
        demo = false,
        results,
      } = more;
      const { intentAt = START - 60_000, up = null } = more;
      await db.commits.write(() => {
        const row = { ...intent, candidate, server, attempt, demo, runId: 'run-1' };
        const id = db.journal.intend(row, intentAt, up);
        if (state === 'intent') return;
        const told = state === 'parked' || taskId === null ? {} : { taskId };
        const found = results ? { results: JSON.stringify(results) } : {};
        db.journal.step(id, { state, ...told, ...found }, START - 50_000);
      });
    },
    states: () =>
      ['run-1', 'run-2'].flatMap((run) => db.journal.ofNode(run, intent.nodeId)).map((row) => row.state),
    close: async () => {
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type Journal = Awaited<ReturnType<typeof openJournal>>;

/** A backend of which the test says what differs from one where all goes well. Waiting moves the clock only. */
export function candidateBench({ db }: Journal, backend: Partial<Backend>) {
  let at = START;
  const waits: number[] = [];
  let sleeps = 0;
  const clock: Clock = {
    now: () => Math.round(at),
    monotonic: () => at,
    sinceBoot: () => at,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      // What would go on for ever ends here, as a failure of the test.
      if (++sleeps > PATIENCE) throw new Error('this never ends');
      waits.push(ms);
      await setImmediate();
      at += ms;
    },
  };
  const ending = new AbortController();
  const aborted: FlowdeckError[] = [];
  const all: Backend = {
    server: 'http://g',
    way: 'direct',
    knows: (server) => server === 'http://g',
    health: async () => ({
      healthPath: '/api/health',
      serverName: null,
      uptimeS: 3600,
      tasksPending: null,
      tasksRunning: null,
      demo: false,
    }),
    checkKey: async () => undefined,
    submit: async () => ({ taskId: 'new', results: null }),
    poll: async (taskId) => report(taskId),
    listTasks: async () => [],
    stop: async () => false,
    download: async () => ({ bytes: new Uint8Array(), expectedBytes: null }),
    ...backend,
  };
  const dispatch = createDispatch({
    clock,
    random: () => 0.5,
    backend: all,
    signal: ending.signal,
    prompts: createPromptLocks(),
    maxTasks: 10,
    waitForBackendMs: 600_000,
    quotaPauseMs: 30_000,
    abort: (error) => {
      aborted.push(error);
      ending.abort(error);
    },
    onHealth: () => null,
    watch: { listen: () => () => undefined, mended: async () => false },
    onDown: () => undefined,
    onUp: () => undefined,
    onState: () => undefined,
    onNotice: (message) => notices.push(message),
  });
  const told: string[] = [];
  const notices: string[] = [];
  const deps: CandidateDeps = {
    db,
    backend: all,
    dispatch,
    clock,
    random: () => 0.5,
    counts: emptyCounts(),
    signal: ending.signal,
    answerSignal: ending.signal,
    backendStart: () => null,
    onState: () => undefined,
    onPaid: () => undefined,
    onLost: () => undefined,
    onTask: (taskId, how) => told.push(`${how} ${taskId}`),
    intact: async () => false,
    pollMs: 3000,
    timeoutMs: 120_000,
    inFlight: new Set(),
    retries: 3,
    reuse: true,
    offer: null,
    onNotice: (message) => notices.push(message),
    self: { boot: 'this start' },
    asked: false,
    gone: new Set(),
  };
  return { deps, told, notices, waits, aborted, counts: deps.counts };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyCounts } from '../../shared/domain.ts';
import type { FlowdeckError } from '../../shared/failure.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { type Backend, BackendError, type BackendErrorKind, type TaskReport } from '../backend/backend.ts';
import { type Database, openDatabase } from '../db/database.ts';
import type { Clock } from '../platform/clock.ts';
import { type CandidateDeps, makeCandidate } from './candidate.ts';
import { createDispatch } from './dispatch.ts';
import { fetchResult } from './outputs.ts';
import { createPromptLocks } from './prompt-locks.ts';

/** One candidate against a real journal, a backend that does what the test says, and a clock that jumps. */

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-candidate-'));
  db = openDatabase(join(folder, 'flowdeck.db'));
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
    };
    await db.commits.write(() => db.runs.insert(row, {} as RunSummary));
  }
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

const START = 1_700_000_000_000;
const PATIENCE = 2000;
const prompt = 'A jar on a table.';
const intent = {
  runId: 'run-2',
  workflow: '/w.nbflow',
  nodeId: 4,
  row: 1,
  candidate: 1,
  kind: 'image' as const,
  fingerprint: 'v1:x',
  prompt,
  server: 'http://g',
};
const request = { kind: 'image' as const, prompt, model: 'm', aspectRatio: '9:16', references: [] };

const problem = (kind: BackendErrorKind, arrived: 'no' | 'unknown' = 'no') =>
  new BackendError({ kind, class: 'connection refused', arrived, message: `it is ${kind}`, cure: 'look' });
const report = (taskId: string, more: Partial<TaskReport> = {}): TaskReport => ({
  taskId,
  status: 'completed',
  prompt,
  createdAt: START,
  results: [{ url: `http://g/api/files/${taskId}.png`, bytes: null }],
  error: null,
  ...more,
});

function bench(backend: Partial<Backend>) {
  let at = START;
  let sleeps = 0;
  const clock: Clock = {
    now: () => Math.round(at),
    monotonic: () => at,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      // What would go on for ever ends here, as a failure of the test.
      if (++sleeps > PATIENCE) throw new Error('this never ends');
      await setImmediate();
      at += ms;
    },
  };
  const ending = new AbortController();
  const aborted: FlowdeckError[] = [];
  const all: Backend = {
    server: 'http://g',
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
    onHealth: () => undefined,
    onDown: () => undefined,
    onUp: () => undefined,
    onState: () => undefined,
    onNotice: () => undefined,
  });
  const told: string[] = [];
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
    onTask: (taskId, how) => told.push(`${how} ${taskId}`),
    intact: async () => false,
    pollMs: 3000,
    timeoutMs: 120_000,
    inFlight: new Set(),
    retries: 3,
    reuse: true,
  };
  return { deps, told, counts: deps.counts, clock, dispatch };
}

/** A row as an earlier run left it. */
async function earlier(
  state: 'intent' | 'submitted' | 'timeout' | 'completed',
  more: { taskId?: string; results?: string[]; candidate?: number } = {},
): Promise<void> {
  await db.commits.write(() => {
    const id = db.journal.intend(
      { ...intent, candidate: more.candidate ?? 1, runId: 'run-1', attempt: 1 },
      START - 60_000,
    );
    if (state === 'intent') return;
    db.journal.step(
      id,
      {
        state,
        taskId: more.taskId ?? 'old',
        ...(more.results ? { results: JSON.stringify(more.results) } : {}),
      },
      START - 50_000,
    );
  });
}

describe('a request of an earlier run that was never answered', () => {
  it('is looked for while nothing else with its prompt is on the way, so that no task gets two owners', async () => {
    await earlier('intent');
    const tasks: string[] = [];
    let looked: () => void = () => undefined;
    const { deps } = bench({
      submit: async () => {
        const taskId = `t${tasks.length + 1}`;
        tasks.push(taskId);
        // The backend has it, the answer is on its way: long enough for a look at the list.
        const look = new Promise<void>((resolve) => {
          looked = resolve;
        });
        for (let i = 0; i < 50; i++) await setImmediate();
        await Promise.race([look, setImmediate()]);
        return { taskId, results: null };
      },
      listTasks: async () => {
        looked();
        return tasks
          .map((taskId) => ({
            taskId,
            status: 'running' as const,
            promptStart: prompt,
            promptWhole: true,
            createdAt: START,
          }))
          .reverse();
      },
    });
    const [second, first] = await Promise.all([
      makeCandidate({ ...intent, candidate: 2 }, request, deps),
      makeCandidate(intent, request, deps),
    ]);
    const ids = [first, second].map((outcome) => outcome.kind === 'generated' && outcome.taskId);
    expect(ids.sort()).toEqual(['t1', 't2']);
  });

  it('is adopted, and not counted as sent by this run', async () => {
    await earlier('intent');
    const { deps, counts, told } = bench({
      listTasks: async () => [
        {
          taskId: 'old',
          status: 'completed',
          promptStart: prompt,
          promptWhole: true,
          createdAt: START - 59_000,
        },
      ],
    });
    expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'generated', taskId: 'old' });
    expect(counts).toMatchObject({ adopted: 1, submitted: 0, lost: 0 });
    expect(told).toEqual(['reattached old']);
  });

  it('is lost with a backend that began anew, and this run counts only what it sends itself', async () => {
    await earlier('intent');
    const { deps, counts } = bench({
      health: async () => ({
        healthPath: '/api/health',
        serverName: null,
        uptimeS: 5,
        tasksPending: null,
        tasksRunning: null,
        demo: false,
      }),
    });
    expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'generated', taskId: 'new' });
    expect(counts).toMatchObject({ adopted: 0, submitted: 1, lost: 1 });
  });
});

describe('a backend without a list of tasks', () => {
  it('leaves an unanswered request to a person, instead of looking for ever', async () => {
    const { deps, counts } = bench({
      submit: async () => Promise.reject(problem('unreachable', 'unknown')),
      listTasks: async () => Promise.reject(problem('wrong-service')),
    });
    expect(await makeCandidate(intent, request, deps)).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('cannot be told'),
    });
    expect(counts.submitted).toBe(1);
  });
});

describe('a key that is refused', () => {
  it('in the search for an unanswered request ends the run as refused', async () => {
    const { deps } = bench({
      submit: async () => Promise.reject(problem('no-answer', 'unknown')),
      listTasks: async () => Promise.reject(problem('refused')),
    });
    await expect(makeCandidate(intent, request, deps)).rejects.toMatchObject({
      failure: { code: 'backend-refused' },
    });
  });

  it('at a download ends the run as refused', async () => {
    const { deps } = bench({ download: async () => Promise.reject(problem('refused')) });
    const result = { url: 'http://g/api/files/a.png', bytes: null };
    await expect(fetchResult(result, 'image', deps)).rejects.toMatchObject({
      failure: { code: 'backend-refused' },
    });
  });
});

describe('a task', () => {
  it('that can never be asked for is a timeout at last, though the backend says it is well', async () => {
    for (const kind of ['no-answer', 'unreachable', 'wrong-service'] as const) {
      const { deps } = bench({ poll: async () => Promise.reject(problem(kind)) });
      expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'failed', class: 'timeout' });
      db.journal.latest(intent.workflow, intent.nodeId, 1, 1, intent.fingerprint);
      deps.reuse = false;
    }
  });

  it('that was given up by an earlier run and failed since is asked for anew, whatever it failed of', async () => {
    await earlier('timeout');
    const { deps, counts } = bench({
      poll: async (taskId) =>
        taskId === 'old'
          ? report('old', {
              status: 'failed',
              results: [],
              error: { class: 'timeout', code: 0, message: 'Timeout: no result generated' },
            })
          : report(taskId),
    });
    expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'generated', taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, reattached: 1 });
  });

  it('that was given up by an earlier run and still does not end is not bought again', async () => {
    await earlier('timeout');
    const { deps, counts } = bench({
      poll: async (taskId) => report(taskId, { status: 'running', results: [] }),
    });
    expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'failed', class: 'timeout' });
    expect(counts.submitted).toBe(0);
  });
});

describe('a result', () => {
  it('that came in the answer and was lost with the program is counted as lost, once', async () => {
    await earlier('completed', { results: [] });
    const { deps, counts } = bench({});
    expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'generated', taskId: 'new' });
    expect(counts).toMatchObject({ submitted: 1, lost: 1, reattached: 0 });
  });

  it('whose keeper cannot be reached, though the backend can, is given up and not asked for for ever', async () => {
    let asked = 0;
    const { deps } = bench({
      download: async () => {
        asked++;
        return Promise.reject(problem('unreachable'));
      },
    });
    const result = { url: 'https://elsewhere.example/a.png', bytes: null };
    await expect(fetchResult(result, 'image', deps)).rejects.toThrow('could not be fetched');
    expect(asked).toBeGreaterThan(3);
  });
});

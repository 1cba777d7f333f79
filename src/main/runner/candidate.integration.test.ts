import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inspectMedia } from '../platform/media.ts';
import { makeCandidate } from './candidate.ts';
import {
  candidateBench,
  intent,
  type Journal,
  openJournal,
  problem,
  prompt,
  report,
  request,
  START,
} from './candidate-support.ts';
import { fetchResult } from './outputs.ts';

let journal: Journal;
beforeEach(async () => {
  journal = await openJournal();
});
afterEach(() => journal.close());

const bench = (backend: Parameters<typeof candidateBench>[1]) => candidateBench(journal, backend);
const earlier: Journal['earlier'] = (...row) => journal.earlier(...row);

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

describe('a 502 in answer to a request', () => {
  /** The tunnel says that G-Labs is away: before it had the request, or after. `uptimeS`: how long G-Labs runs since. */
  const answered502 = (taken: boolean, uptimeS: number) => {
    let requests = 0;
    return bench({
      submit: async () => {
        if (++requests === 1) throw problem('unreachable', 'unknown', 502);
        return { taskId: 'new', results: null };
      },
      health: async () => ({
        healthPath: '/api/health',
        serverName: null,
        uptimeS,
        tasksPending: null,
        tasksRunning: null,
        demo: false,
      }),
      listTasks: async () =>
        taken
          ? [
              {
                taskId: 'taken',
                status: 'running',
                promptStart: prompt,
                promptWhole: true,
                createdAt: START,
              },
            ]
          : [],
    });
  };

  it('is no proof that it did not arrive: a task that is there is taken, and nothing is sent again', async () => {
    const { deps, counts } = answered502(true, 3600);
    expect(await makeCandidate(intent, request, { ...deps, retries: 0 })).toMatchObject({
      kind: 'generated',
      taskId: 'taken',
    });
    expect(counts).toMatchObject({ submitted: 1, adopted: 1, lost: 0 });
  });

  it('of a G-Labs that ran all the time and has no such task never arrived: it is sent, and no retry is used', async () => {
    const { deps, counts } = answered502(false, 3600);
    expect(await makeCandidate(intent, request, { ...deps, retries: 0 })).toMatchObject({
      kind: 'generated',
      taskId: 'new',
    });
    expect(counts).toMatchObject({ submitted: 1, adopted: 0, lost: 0 });
  });

  it('of a G-Labs that was restarted since may have been paid for: it counts as lost, and is sent again', async () => {
    const { deps, counts } = answered502(false, 0);
    expect(await makeCandidate(intent, request, { ...deps, retries: 0 })).toMatchObject({
      kind: 'generated',
      taskId: 'new',
    });
    expect(counts).toMatchObject({ submitted: 2, adopted: 0, lost: 1 });
    expect(journal.states()).toEqual(['lost', 'completed']);
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
    await expect(fetchResult(result, 'image', { ...deps, inspect: inspectMedia })).rejects.toMatchObject({
      failure: { code: 'backend-refused' },
    });
  });
});

describe('a task', () => {
  it('that can never be asked for is a timeout at last, though the backend says it is well', async () => {
    for (const kind of ['no-answer', 'unreachable', 'wrong-service'] as const) {
      const { deps } = bench({ poll: async () => Promise.reject(problem(kind)) });
      expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'failed', class: 'timeout' });
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

  it.each([401, 403, 429])(
    'of an earlier run that was refused with %i tells nothing of today',
    async (code) => {
      await earlier('submitted');
      const { deps } = bench({
        poll: async (taskId) =>
          taskId === 'old'
            ? report('old', {
                status: 'failed',
                results: [],
                error: { class: 'api_error', code, message: 'UNAUTHENTICATED' },
              })
            : report(taskId),
      });
      const quota = vi.spyOn(deps.dispatch, 'quota');
      expect(await makeCandidate(intent, request, deps)).toMatchObject({ kind: 'generated', taskId: 'new' });
      expect(quota).not.toHaveBeenCalled();
    },
  );

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
    await expect(fetchResult(result, 'image', { ...deps, inspect: inspectMedia })).rejects.toThrow(
      'could not be fetched',
    );
    expect(asked).toBeGreaterThan(3);
  });
});

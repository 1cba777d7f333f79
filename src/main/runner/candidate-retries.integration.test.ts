import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Backend, TaskReport } from '../backend/backend.ts';
import { makeCandidate } from './candidate.ts';
import {
  candidateBench,
  intent,
  type Journal,
  openJournal,
  problem,
  report,
  request,
  START,
} from './candidate-support.ts';

/** What is tried again, how often and when (behaviour.md §5), on a clock that jumps. */

let journal: Journal;
beforeEach(async () => {
  journal = await openJournal();
});
afterEach(() => journal.close());

/** A backend whose tasks end like this, one after the other; then well. */
const endings = (...errors: (NonNullable<TaskReport['error']> | null)[]): Partial<Backend> => {
  let given = 0;
  return {
    submit: async () => ({ taskId: `t${given++}`, results: null }),
    poll: async (taskId) => {
      const error = errors[Number(taskId.slice(1))] ?? null;
      return error ? report(taskId, { status: 'failed', results: [], error }) : report(taskId);
    },
  };
};
const error = (
  errorClass: 'content_policy' | 'timeout' | 'api_error' | 'model not available',
  code: number,
) => ({
  class: errorClass,
  code,
  message: `it says ${code}`,
});
const make = (backend: Partial<Backend>) => {
  const bench = candidateBench(journal, backend);
  return { ...bench, outcome: makeCandidate(intent, request, bench.deps) };
};
/** Waits that are not the looks at a task. */
const backoff = (waits: readonly number[]) => waits.filter((ms) => ms >= 1000);

describe('a task that goes with a backend that is restarted', () => {
  it('again and again is made again all the same, each loss counted', async () => {
    let polls = 0;
    const { deps, counts } = candidateBench(journal, {
      poll: async (taskId) => (++polls <= 8 ? null : report(taskId)),
      health: async () => ({
        healthPath: '/api/health',
        serverName: null,
        uptimeS: 0,
        tasksPending: null,
        tasksRunning: null,
        demo: false,
      }),
    });
    const known = { ...deps, backendStart: () => START - 3_600_000 };
    expect(await makeCandidate(intent, request, known)).toMatchObject({ kind: 'generated' });
    expect(counts).toMatchObject({ submitted: 9, lost: 8 });
  });
});

describe('a task while this machine sleeps', () => {
  it('has not had its time yet when the machine wakes up', async () => {
    let polls = 0;
    const { deps } = candidateBench(journal, {
      poll: async (taskId) => report(taskId, { status: ++polls < 5 ? 'running' : 'completed' }),
    });
    const { sleep } = deps.clock;
    const slow = {
      ...deps.clock,
      sleep: (ms: number, signal?: AbortSignal) => sleep(ms + (polls === 2 ? 3_600_000 : 0), signal),
    };
    expect(await makeCandidate(intent, request, { ...deps, clock: slow })).toMatchObject({
      kind: 'generated',
    });
  });
});

describe('a task that fails', () => {
  it.each([
    ['of policy', error('content_policy', 400)],
    ['with 500', error('api_error', 500)],
  ])('%s is tried three times more, after 1, 2 and 4 seconds', async (_what, failure) => {
    const { outcome, counts, waits } = make(endings(failure, failure, failure, failure, failure));
    expect(await outcome).toMatchObject({ ...failure, kind: 'failed', attempts: 4 });
    expect(counts.submitted).toBe(4);
    expect(backoff(waits)).toEqual([1000, 2000, 4000]);
  });

  it('spreads its tries by a quarter either way', async () => {
    const spread = async (random: number) => {
      const bench = candidateBench(journal, endings(error('api_error', 500)));
      bench.deps.random = () => random;
      bench.deps.reuse = false;
      bench.deps.pollMs = 100;
      await makeCandidate(intent, request, bench.deps);
      return bench.waits.filter((ms) => ms > 200);
    };
    expect(await spread(0)).toEqual([750]);
    expect(await spread(1)).toEqual([1250]);
  });

  it.each([
    ['of its time', error('timeout', 504)],
    ['for its model', error('model not available', 400)],
    ['with 400', error('api_error', 400)],
    ['with 0', error('api_error', 0)],
  ])('%s is not tried again', async (_what, failure) => {
    const { outcome, counts } = make(endings(failure));
    expect(await outcome).toMatchObject({ ...failure, kind: 'failed', attempts: 1 });
    expect(counts.submitted).toBe(1);
  });

  it('may do better the second time', async () => {
    const { outcome } = make(endings(error('content_policy', 400)));
    expect(await outcome).toMatchObject({ kind: 'generated', attempts: 2 });
    expect(journal.states()).toEqual(['failed', 'completed']);
  });

  it('because somebody stopped it is noted as cancelled, and the next run submits anew without asking', async () => {
    const first = make(endings(error('api_error', 499)));
    expect(await first.outcome).toMatchObject({ kind: 'failed', code: 499, attempts: 1 });
    expect(journal.states()).toEqual(['cancelled']);
    const second = make({});
    expect(await second.outcome).toMatchObject({ kind: 'generated', taskId: 'new' });
    expect(second.told).toEqual(['submitted new']);
  });
});

it('a request that cannot be sent at all is no attempt and no submission', async () => {
  const { outcome, counts } = make({ submit: async () => Promise.reject(problem('rejected')) });
  expect(await outcome).toMatchObject({ kind: 'failed', attempts: 0 });
  expect(counts.submitted).toBe(0);
});

it('a request without an answer counts as sent, also when the run ends before its fate is known', async () => {
  const { outcome, counts } = make({
    submit: async () => Promise.reject(problem('unreachable', 'unknown')),
    health: async () => Promise.reject(problem('unreachable')),
  });
  await expect(outcome).rejects.toMatchObject({ failure: { code: 'backend-unreachable' } });
  expect(counts.submitted).toBe(1);
  expect(journal.states()).toEqual(['intent']);
});

describe('a quota answer', () => {
  it.each([403, 429])('of a task (%i) pauses, counts as an attempt, and uses up no retry', async (code) => {
    const bench = candidateBench(journal, endings(error('api_error', code), error('api_error', code)));
    bench.deps.retries = 0;
    expect(await makeCandidate(intent, request, bench.deps)).toMatchObject({
      kind: 'generated',
      attempts: 3,
    });
    expect(bench.counts.submitted).toBe(3);
    expect(backoff(bench.waits)).toEqual([30_000, 60_000]);
  });

  it('to the request itself does the same', async () => {
    let refusals = 2;
    const bench = candidateBench(journal, {
      submit: async () =>
        refusals-- > 0 ? Promise.reject(problem('quota', 'no', 429)) : { taskId: 'new', results: null },
    });
    bench.deps.retries = 0;
    expect(await makeCandidate(intent, request, bench.deps)).toMatchObject({
      kind: 'generated',
      attempts: 3,
    });
    expect(bench.counts.submitted).toBe(3);
    expect(backoff(bench.waits)).toEqual([30_000, 60_000]);
    expect(journal.states()).toEqual(['failed', 'failed', 'completed']);
  });

  it('after three pauses in a row ends the run as refused', async () => {
    const quota = error('api_error', 429);
    const { outcome, aborted, waits } = make(endings(quota, quota, quota, quota));
    await expect(outcome).rejects.toMatchObject({ failure: { code: 'backend-refused' } });
    expect(aborted).toHaveLength(1);
    expect(backoff(waits)).toEqual([30_000, 60_000, 120_000]);
  });
});

describe('a backend that is away', () => {
  it('costs no attempt and no retry, however often it is', async () => {
    let away = 4;
    const bench = candidateBench(journal, {
      submit: async () =>
        away-- > 0 ? Promise.reject(problem('unreachable')) : { taskId: 'new', results: null },
    });
    bench.deps.retries = 0;
    expect(await makeCandidate(intent, request, bench.deps)).toMatchObject({
      kind: 'generated',
      attempts: 1,
    });
    expect(bench.counts.submitted).toBe(1);
    expect(journal.states()).toEqual(['unsent', 'unsent', 'unsent', 'unsent', 'completed']);
  });

  it('is asked after 1 s, then ever less often, up to once a minute, until the patience of the run ends', async () => {
    const asked: number[] = [];
    const waited = () => waits.reduce((sum, ms) => sum + ms, 0);
    const { outcome, aborted, waits } = make({
      submit: async () => Promise.reject(problem('unreachable')),
      health: async () => {
        asked.push(waited());
        throw problem('unreachable');
      },
    });
    await expect(outcome).rejects.toMatchObject({ failure: { code: 'backend-unreachable' } });
    expect(aborted).toHaveLength(1);
    const pauses = asked.map((at, index) => at - (asked[index - 1] ?? 0));
    expect(pauses.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(waited()).toBe(600_000);
  });
});

describe('a key that is refused', () => {
  it('by a task ends the run at once', async () => {
    const { outcome, counts } = make(endings(error('api_error', 401)));
    await expect(outcome).rejects.toMatchObject({
      failure: { code: 'backend-refused', message: expect.stringMatching(/^A task was refused for want of/) },
    });
    expect(counts.submitted).toBe(1);
  });

  it('by the backend ends the run at once, and the request counts as sent', async () => {
    const { outcome, counts } = make({ submit: async () => Promise.reject(problem('refused', 'no', 401)) });
    await expect(outcome).rejects.toMatchObject({ failure: { code: 'backend-refused' } });
    expect(counts.submitted).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import {
  applyRunChange,
  type RunChange,
  type RunNodeView,
  type RunSummary,
  type RunView,
} from '../../shared/run-view.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { RunHandle } from '../runner/runner-api.ts';
import { createRunTopics, difference } from './run-topics.ts';
import { changedRuns, openRunsTopic } from './runs-topic.ts';
import { supervisedAddress } from './supervision.ts';
import { runSummary } from './test-support.ts';

const settle = async () => {
  for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock whose sleeps end when the test says so. */
function steppedClock() {
  const sleepers: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  const step = async () => {
    for (const wake of sleepers.splice(0)) wake();
    await settle();
  };
  return { clock, step, sleeping: () => sleepers.length };
}

/** A run of this process, moved by the test. */
function liveRun(initial: RunView) {
  const listeners = new Set<(change: RunChange) => void>();
  const over = Promise.withResolvers<void>();
  let view = initial;
  const handle = {
    runId: initial.summary.runId,
    workflow: initial.summary.workflow,
    view: () => view,
    onChange: (listener: (change: RunChange) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    finished: over.promise,
  } as unknown as RunHandle;
  const change = (next: RunChange) => {
    view = applyRunChange(view, next);
    for (const listener of listeners) listener(next);
  };
  return { handle, change, finish: over.resolve, listeners };
}

/** A runner of records and live runs. */
function stage(records: RunView[] = []) {
  const starters = new Set<(handle: RunHandle) => void>();
  const runner = {
    view: async (runId: string) => records.find(({ summary }) => summary.runId === runId) ?? null,
    recentRuns: async () => records.map(({ summary }) => summary),
    onStarted: (listener: (handle: RunHandle) => void) => {
      starters.add(listener);
      return () => starters.delete(listener);
    },
  };
  const start = (handle: RunHandle) => {
    for (const starter of starters) starter(handle);
  };
  return { runner, records, start };
}

describe('the topic of a run', () => {
  it('has each notice of a live run once, though a view taken later holds it already', async () => {
    const { runner, start } = stage();
    const topics = createRunTopics(runner, systemClock);
    const run = liveRun(viewOf({ runId: 'a' }));
    start(run.handle);
    run.change({ notices: [{ at: '1', message: 'first', nodeId: null }] });
    const reader = (await topics.open('a'))?.subscribe();
    const { value } = (await reader?.next()) ?? {};
    expect(value?.kind === 'snapshot' && value.value.notices).toHaveLength(1);
    run.change({ notices: [{ at: '2', message: 'second', nodeId: null }] });
    expect((await reader?.next())?.value).toMatchObject({
      kind: 'change',
      change: { notices: [{ message: 'second' }] },
    });
  });

  it('tells a pick made after the end to everybody who still looks', async () => {
    const ended = viewOf({ runId: 'a', status: 'completed', finishedAt: '9' });
    const { runner, records } = stage([ended]);
    const topics = createRunTopics(runner, systemClock);
    const reader = (await topics.open('a'))?.subscribe();
    await reader?.next();
    records.splice(0, 1, { ...ended, notices: [{ at: '9', message: 'picked', nodeId: null }] });
    await topics.refresh('a');
    expect((await reader?.next())?.value).toMatchObject({
      kind: 'change',
      change: { notices: [{ message: 'picked' }] },
    });
    await topics.refresh('nobody looks at this one');
  });

  it('is let go when the run is over and nobody reads', async () => {
    const { runner, start } = stage([viewOf({ runId: 'a', status: 'completed', finishedAt: '9' })]);
    const topics = createRunTopics(runner, systemClock);
    const run = liveRun(viewOf({ runId: 'a' }));
    start(run.handle);
    const topic = await topics.open('a');
    const reader = topic?.subscribe();
    run.finish();
    await settle();
    expect(await topics.open('a')).toBe(topic);
    await reader?.return();
    expect(run.listeners.size).toBe(0);
    expect(await topics.open('a')).not.toBe(topic);
  });

  it('follows the record of a run that another process drives, only while somebody reads', async () => {
    const at = stage([viewOf({ runId: 'a' })]);
    const { clock, step, sleeping } = steppedClock();
    const topics = createRunTopics(at.runner, clock);
    const reader = (await topics.open('a'))?.subscribe();
    await reader?.next();
    await settle();
    expect(sleeping()).toBe(1);
    at.records[0] = viewOf({ runId: 'a', status: 'completed', finishedAt: '9' });
    await step();
    expect((await reader?.next())?.value).toMatchObject({ change: { summary: { status: 'completed' } } });
    await reader?.return();
    await step();
    expect(sleeping()).toBe(0);
  });

  it('is null for a run that is not there', async () => {
    expect(await createRunTopics(stage().runner, systemClock).open('nothing')).toBeNull();
  });
});

describe('the difference of two views', () => {
  it('leads from the one to the other, and is nothing between equals', () => {
    const node = (nodeId: number, note: string | null) => ({ nodeId, note }) as RunNodeView;
    const before = viewOf({ runId: 'a' }, [node(1, null), node(2, null)]);
    const now = viewOf({ runId: 'a', done: 1 }, [node(1, null), node(2, 'new')]);
    const change = difference(before, now);
    expect(change?.nodes).toEqual([node(2, 'new')]);
    expect(change && applyRunChange(before, change)).toEqual(now);
    expect(difference(now, structuredClone(now))).toBeNull();
  });
});

describe('the list of runs', () => {
  it('shows a live run as it goes and as it ended', async () => {
    const { runner, start } = stage([viewOf({ runId: 'old', finishedAt: '1' })]);
    const heard: string[] = [];
    const { topic } = await openRunsTopic(runner, systemClock, ({ runId, status }) =>
      heard.push(`${runId} ${status}`),
    );
    const run = liveRun(viewOf({ runId: 'new', startedAt: '2' }));
    start(run.handle);
    run.change({
      summary: runSummary({
        runId: 'new',
        startedAt: '2',
        status: 'completed',
        finishedAt: '3',
        live: false,
      }),
    });
    run.finish();
    await settle();
    expect(topic.state().runs.map(({ runId, status }) => [runId, status])).toEqual([
      ['new', 'completed'],
      ['old', 'running'],
    ]);
    expect(heard.at(-1)).toBe('new completed');
    expect(run.listeners.size).toBe(0);
  });

  it('takes up what records say anew, but brings nothing back to life', () => {
    const live = runSummary({ runId: 'mine', live: true });
    const ended = runSummary({ runId: 'ended', finishedAt: '5' });
    const foreign = runSummary({ runId: 'foreign', live: false });
    const now = [
      { ...live, done: 7 },
      { ...ended, finishedAt: null },
      { ...foreign, done: 3 },
      runSummary({ runId: 'new' }),
    ];
    expect(changedRuns([live, ended, foreign], now).map(({ runId }) => runId)).toEqual(['foreign', 'new']);
  });
});

describe('the supervised G-Labs', () => {
  const record = (view: object) => ({
    get: () => ({
      service: 'glabs' as const,
      view: JSON.stringify(view),
      ownerPid: 7,
      ownerStarted: 's',
      at: 0,
    }),
  });
  const ready = record({ state: 'ready', url: 'http://127.0.0.1:1' });
  it('counts only when it is ready and its Flowdeck still runs', async () => {
    expect(await supervisedAddress(ready, async () => true)).toBe('http://127.0.0.1:1');
    expect(await supervisedAddress(ready, async () => false)).toBeNull();
    expect(
      await supervisedAddress(record({ state: 'failed', url: 'http://x' }), async () => true),
    ).toBeNull();
    expect(await supervisedAddress({ get: () => null }, async () => true)).toBeNull();
  });
});

function viewOf(change: Partial<RunSummary>, nodes: RunNodeView[] = []): RunView {
  return { summary: runSummary(change), tabs: [], nodes, notices: [], outages: [] };
}

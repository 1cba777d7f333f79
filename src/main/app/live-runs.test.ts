import { describe, expect, it } from 'vitest';
import { emptyCounts } from '../../shared/domain.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import { followRuns } from './live-runs.ts';
import { runNotice } from './run-notices.ts';
import { runSummary } from './test-support.ts';

/** A runner whose one run is moved by the test. */
function oneRun() {
  const started = new Set<(handle: RunHandle) => void>();
  const changed = new Set<() => void>();
  const over = Promise.withResolvers<void>();
  let summary = runSummary({});
  const handle = {
    view: () => ({ summary }),
    onChange: (listener: () => void) => {
      changed.add(listener);
      return () => changed.delete(listener);
    },
    finished: over.promise,
  } as unknown as RunHandle;
  const runner: Pick<Runner, 'onStarted'> = {
    onStarted: (listener) => {
      started.add(listener);
      return () => void started.delete(listener);
    },
  };
  return {
    runner,
    begin: () => {
      for (const hear of started) hear(handle);
    },
    move: (next: Partial<RunSummary>) => {
      summary = runSummary(next);
      for (const hear of changed) hear();
    },
    finish: async (next: Partial<RunSummary>) => {
      summary = runSummary(next);
      over.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
    listening: () => started.size + changed.size,
  };
}

describe('the runs of this process', () => {
  it('are heard from their first moment to their end, each time with what was before', async () => {
    const run = oneRun();
    const heard: unknown[] = [];
    followRuns(run.runner, (now, before, over) => heard.push([before?.done ?? null, now.done, over]));
    run.begin();
    run.move({ done: 3 });
    await run.finish({ done: 4, status: 'completed' });
    expect(heard).toEqual([
      [null, 0, false],
      [0, 3, false],
      [3, 4, true],
    ]);
  });

  it('are let alone once nobody wants to hear of them', async () => {
    const run = oneRun();
    const heard: RunSummary[] = [];
    const end = followRuns(run.runner, (now) => heard.push(now));
    run.begin();
    end();
    run.move({ done: 3 });
    await run.finish({ status: 'completed' });
    expect([heard.length, run.listening()]).toEqual([1, 0]);
  });
});

describe('a notice', () => {
  const of = (now: Partial<RunSummary>, before: Partial<RunSummary> | null, over: boolean) =>
    runNotice(runSummary({ name: 'XYZG3-V0-1', ...now }), before && runSummary(before), over);

  it('says how a run ended', () => {
    expect(of({ status: 'completed', done: 40, total: 40 }, {}, true)).toEqual({
      title: 'XYZG3-V0-1',
      body: 'Done: 40 of 40.',
    });
    const failed = (n: number) =>
      of({ status: 'failed-nodes', counts: { ...emptyCounts(), failed: n } }, {}, true);
    expect([failed(1)?.body, failed(3)?.body]).toEqual(['One node failed.', '3 nodes failed.']);
    expect(of({ status: 'aborted', message: 'The disk is full.' }, {}, true)?.body).toBe('The disk is full.');
  });

  it('calls for a pick once, and not again while it waits', () => {
    expect(of({ picksOpen: 2 }, { picksOpen: 0 }, false)?.body).toBe('Waits for 2 picks.');
    expect(of({ picksOpen: 1 }, { picksOpen: 2 }, false)).toBeNull();
    expect(of({ status: 'held', picksOpen: 1 }, {}, true)?.body).toBe('Waits for a pick.');
  });

  it('says nothing of progress, nor of what a person ended', () => {
    expect(of({ done: 5 }, { done: 4 }, false)).toBeNull();
    expect(of({ status: 'interrupted' }, {}, true)).toBeNull();
  });
});

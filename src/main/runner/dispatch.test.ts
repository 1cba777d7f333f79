import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Backend, BackendError } from '../backend/backend.ts';
import type { Clock } from '../platform/clock.ts';
import { createDispatch, type DispatchDeps } from './dispatch.ts';
import { createPromptLocks } from './prompt-locks.ts';

const gone = new BackendError({
  kind: 'unreachable',
  class: 'connection refused',
  arrived: 'no',
  message: 'refused',
  cure: 'start it',
});

/** Waits for nothing; the time is what the sleeps add up to. */
function clockOf(): Clock {
  let at = 1_000_000;
  return {
    now: () => at,
    monotonic: () => at,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await setImmediate();
      signal?.throwIfAborted();
      at += ms;
    },
  };
}

function dispatchOf(more: Partial<DispatchDeps> = {}) {
  const told: string[] = [];
  const ending = new AbortController();
  const dispatch = createDispatch({
    clock: clockOf(),
    prompts: createPromptLocks(),
    random: () => 0.5,
    backend: {
      server: 'http://g',
      health: async () => Promise.reject(gone),
    } as Partial<Backend> as Backend,
    signal: ending.signal,
    maxTasks: 10,
    waitForBackendMs: 60_000,
    quotaPauseMs: 30_000,
    abort: (error) => ending.abort(error),
    onHealth: () => undefined,
    onDown: () => told.push('down'),
    onUp: () => told.push('up'),
    onState: () => undefined,
    onNotice: (message) => told.push(message),
    ...more,
  });
  return { dispatch, ending, told };
}

describe('a run that is ending', () => {
  it('waits for no backend any more, and leaves no rejection behind', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      const { dispatch, ending, told } = dispatchOf();
      ending.abort(new Error('cancelled'));
      await expect(dispatch.outage(gone)).rejects.toThrow('cancelled');
      await expect(dispatch.quota({ message: 'no more', cure: '' }, 2_000_000)).rejects.toThrow('cancelled');
      await setImmediate();
      await setImmediate();
      expect(unhandled).toEqual([]);
      expect(told).toEqual([]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });
});

import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Backend, BackendError } from '../backend/backend.ts';
import type { Clock } from '../platform/clock.ts';
import type { BackendNews, BackendWatch } from './backend-news.ts';
import { createDispatch, type DispatchDeps } from './dispatch.ts';
import { createPromptLocks } from './prompt-locks.ts';

const gone = new BackendError({
  kind: 'unreachable',
  class: 'connection refused',
  arrived: 'no',
  message: 'refused',
  cure: 'start it',
});

/** Waits for nothing; the time is what the sleeps add up to, and `sleeps` has them. */
function clockOf(): Clock & { sleeps: number[] } {
  let at = 1_000_000;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => at,
    monotonic: () => at,
    sinceBoot: () => at,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await setImmediate();
      signal?.throwIfAborted();
      sleeps.push(ms);
      at += ms;
    },
  };
}

const healthy = {
  healthPath: '/api/health',
  serverName: null,
  uptimeS: 1,
  tasksPending: null,
  tasksRunning: null,
  demo: false,
};

/** A supervisor that says what the test says. */
function supervisor(mended = true) {
  const listeners = new Set<(news: BackendNews) => void>();
  return {
    listeners,
    tell: (news: BackendNews) => {
      for (const listener of listeners) listener(news);
    },
    watch: {
      listen: (listener: (news: BackendNews) => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      mended: async () => mended,
    } satisfies BackendWatch,
  };
}

/** A backend that is away until the test says otherwise. */
function backendOf() {
  const state = { up: false, looks: 0, health: healthy };
  const backend = {
    server: 'http://g',
    way: 'direct',
    health: async () => {
      state.looks++;
      if (!state.up) throw gone;
      return state.health;
    },
  } as Partial<Backend> as Backend;
  return { state, backend };
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
    onHealth: () => null,
    watch: { listen: () => () => undefined, mended: async () => false },
    onDown: ({ what, message, mended }) => told.push(`down ${what} ${mended ? 'mended ' : ''}${message}`),
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

describe('a backend that somebody supervises', () => {
  const away: BackendNews = { state: 'away', what: 'glabs', message: 'G-Labs is being restarted.' };

  it('keeps submissions back from the moment it is seen to go, and lets them go on when it is back', async () => {
    const { watch, tell } = supervisor();
    const { state, backend } = backendOf();
    const { dispatch, told } = dispatchOf({ watch, backend });
    tell(away);
    expect(dispatch.state()).toBe('waiting-backend');
    let posted = false;
    const posting = dispatch.posting('a prompt', async () => {
      posted = true;
    });
    while (state.looks < 3) await setImmediate();
    expect(posted).toBe(false);
    state.up = true;
    tell({ state: 'ready' });
    await posting;
    expect(told).toEqual(['down glabs mended G-Labs is being restarted.', 'up']);
    expect(dispatch.state()).toBe('running');
    dispatch.close();
  });

  it('is looked at when the supervisor says so, not when the pause is over', async () => {
    const { watch, tell } = supervisor();
    const { state, backend } = backendOf();
    const clock = clockOf();
    // This sleep never ends by itself.
    clock.sleep = (_ms, signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const { dispatch } = dispatchOf({ watch, backend, clock });
    const outage = dispatch.outage(gone);
    await setImmediate();
    expect(state.looks).toBe(0);
    state.up = true;
    tell({ state: 'ready' });
    await outage;
    expect(state.looks).toBe(1);
  });

  it('is asked every two seconds at most, one that nobody supervises more and more seldom', async () => {
    const longest = async (mended: boolean) => {
      const clock = clockOf();
      const looks = [clock.now()];
      const { backend } = backendOf();
      const { dispatch } = dispatchOf({
        watch: supervisor(mended).watch,
        backend: {
          ...backend,
          health: async () => {
            looks.push(clock.now());
            throw gone;
          },
        },
        clock,
        waitForBackendMs: 600_000,
      });
      await expect(dispatch.outage(gone)).rejects.toThrow('did not come back');
      return Math.max(...looks.slice(1).map((at, index) => at - (looks[index] ?? 0)));
    };
    expect(await longest(true)).toBe(2000);
    expect(await longest(false)).toBe(60_000);
  });

  it('is looked at within seconds of the moment in which somebody begins to mend it, however long nobody did', async () => {
    const clock = clockOf();
    const { state, backend } = backendOf();
    const began = clock.now();
    const comesAt = began + 70_000;
    const watch: BackendWatch = {
      listen: () => () => undefined,
      mended: async () => {
        state.up = clock.now() >= comesAt;
        return state.up;
      },
    };
    const { dispatch } = dispatchOf({ watch, backend, clock, waitForBackendMs: 600_000 });
    await dispatch.outage(gone);
    expect(clock.now() - comesAt).toBeLessThanOrEqual(2000);
  });

  it('ends the run when it does not come back in time, also when only the supervisor saw it go', async () => {
    const { watch, tell } = supervisor();
    const { dispatch, ending } = dispatchOf({ watch, backend: backendOf().backend });
    tell(away);
    await expect(dispatch.posting('a prompt', async () => undefined)).rejects.toThrow(/within 60 s/);
    expect(ending.signal.aborted).toBe(true);
  });

  it('is waited for that long while somebody is there: a machine that slept has not waited', async () => {
    const clock = clockOf();
    const { sleep } = clock;
    let asleepMs = 3_600_000;
    clock.sleep = async (ms, signal) => {
      await sleep(ms + asleepMs, signal);
      asleepMs = 0;
    };
    const { state, backend } = backendOf();
    const { dispatch, told } = dispatchOf({ watch: supervisor().watch, backend, clock });
    const outage = dispatch.outage(gone);
    while (state.looks < 2) await setImmediate();
    state.up = true;
    await outage;
    expect(told.at(-1)).toBe('up');
  });

  it('is not taken for back when another one answers in its place', async () => {
    const { watch, tell } = supervisor();
    const { state, backend } = backendOf();
    state.up = true;
    state.health = { ...healthy, demo: true };
    const { dispatch, told } = dispatchOf({
      watch,
      backend,
      onHealth: ({ demo }) => (demo ? 'The demo answers there.' : null),
    });
    tell(away);
    while (state.looks < 3) await setImmediate();
    expect(told).toHaveLength(1);
    state.health = healthy;
    await dispatch.outage(gone);
    expect(told.at(-1)).toBe('up');
  });

  it('is no longer listened to, nor waited for, when the run is over', async () => {
    const { watch, tell, listeners } = supervisor();
    const { state, backend } = backendOf();
    const { dispatch, told } = dispatchOf({ watch, backend });
    tell(away);
    while (state.looks === 0) await setImmediate();
    dispatch.close();
    expect(listeners.size).toBe(0);
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    const { looks } = state;
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    expect(state.looks).toBe(looks);
    expect(told).not.toContain('up');
  });

  it('whatever comes in whatever order, every outage that is told ends once, and submissions go on at the end', async () => {
    const step = fc.constantFrom('away', 'ready', 'up', 'down', 'error', 'turn');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { watch, tell } = supervisor();
        const { state, backend } = backendOf();
        const { dispatch, told, ending } = dispatchOf({ watch, backend, waitForBackendMs: 1e9 });
        const outages: Promise<unknown>[] = [];
        for (const what of steps) {
          if (what === 'away') tell(away);
          else if (what === 'ready') tell({ state: 'ready' });
          else if (what === 'error') outages.push(dispatch.outage(gone));
          else if (what === 'turn') await setImmediate();
          else state.up = what === 'up';
        }
        state.up = true;
        await dispatch.posting('a prompt', async () => undefined);
        await Promise.all(outages);
        expect(told.map((word) => word.split(' ')[0])).toEqual(
          told.map((_, i) => (i % 2 === 0 ? 'down' : 'up')),
        );
        expect(told.length % 2).toBe(0);
        expect(ending.signal.aborted).toBe(false);
        dispatch.close();
      }),
      { numRuns: 200 },
    );
  });
});

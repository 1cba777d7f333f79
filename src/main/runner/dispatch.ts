import PQueue from 'p-queue';
import type { AwayPart } from '../../shared/domain.ts';
import { type FlowdeckError, fail } from '../../shared/failure.ts';
import type { Backend, BackendError, BackendHealth } from '../backend/backend.ts';
import { awayPart } from '../backend/errors.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { BackendNews, BackendWatch } from './backend-news.ts';
import { overslept } from './overslept.ts';
import type { PromptLocks } from './prompt-locks.ts';

/**
 * When a submission may go out: not while a person paused the run, not while the backend is away, not during a
 * quota pause, never more than `maxTasks` at once, and only one unanswered submission per prompt text
 * (behaviour.md §5, §7).
 */
export interface Dispatch {
  /** Runs `work` in one of the backend's task slots; lower `urgency` first. */
  inSlot<T>(urgency: number, work: () => Promise<T>): Promise<T>;
  /** Waits for clearance and for the prompt, then posts. */
  posting<T>(prompt: string, post: () => Promise<T>): Promise<T>;
  /** Tells of an outage and resolves, with its length in ms, when the backend answers again. */
  outage(error: BackendError): Promise<number>;
  /** Tells of a quota answer to something submitted at `since` (`clock.monotonic`); resolves when dispatch goes on. */
  quota(error: BackendError | { message: string; cure: string }, since: number): Promise<void>;
  /** A task was completed: quota pauses are no longer in a row. */
  progress(): void;
  pause(): void;
  resume(): void;
  state(): 'running' | 'paused' | 'waiting-backend';
  /** The run is over: nobody waits for the backend any more. */
  close(): void;
}

/** Why a run waits for its backend. */
export interface Outage {
  what: AwayPart;
  message: string;
  /** A Flowdeck that lives mends it. */
  mended: boolean;
}

export interface DispatchDeps {
  clock: Clock;
  random: Random;
  backend: Backend;
  signal: AbortSignal;
  prompts: PromptLocks;
  maxTasks: number;
  waitForBackendMs: number;
  quotaPauseMs: number;
  /** Ends the whole run. */
  abort: (error: FlowdeckError) => void;
  /** Hears of a backend that is back. Why it is not the one the run began with, else null. */
  onHealth: (health: BackendHealth) => string | null;
  watch: BackendWatch;
  onDown: (outage: Outage) => void;
  onUp: (downMs: number) => void;
  onState: () => void;
  onNotice: (message: string) => void;
}

const FIRST_PROBE_MS = 1000;
const LAST_PROBE_MS = 60_000;
/** Somebody mends it, so it is back soon, or is already. */
const FIRST_PROBE_MENDED_MS = 250;
const LAST_PROBE_MENDED_MS = 2000;
const QUOTA_PAUSES = 3;

export function createDispatch(deps: DispatchDeps): Dispatch {
  const { clock, random, backend, signal } = deps;
  const slots = new PQueue({ concurrency: deps.maxTasks });
  let paused: { until: Promise<void>; resume: () => void } | null = null;
  const over = new AbortController();
  const life = AbortSignal.any([signal, over.signal]);
  let outage: Promise<number> | null = null;
  /** The supervisor said that it is back, and nobody has looked since. */
  let called = false;
  let wake: () => void = () => undefined;
  let quota: { until: Promise<void> } | null = null;
  let quotaPauses = 0;
  let lastQuotaEnd = Number.NEGATIVE_INFINITY;

  /** What submissions wait for now, if anything. */
  const barrier = (): Promise<unknown> | undefined => paused?.until ?? outage ?? quota?.until;

  /** Resolves after so long, or when the supervisor calls; true: it did. */
  const nap = async (ms: number): Promise<boolean> => {
    const sleep = new AbortController();
    wake = () => sleep.abort();
    if (called) wake();
    try {
      await clock.sleep(ms, AbortSignal.any([life, sleep.signal]));
    } catch (error) {
      life.throwIfAborted();
      if (!sleep.signal.aborted) throw error;
    } finally {
      wake = () => undefined;
    }
    const woken = called;
    called = false;
    return woken;
  };

  /** As nap, but of an outage that nobody mends: it also ends when somebody begins to. */
  const napAlone = async (ms: number): Promise<boolean> => {
    const until = clock.monotonic() + ms;
    for (let left = ms; left > 0; left = until - clock.monotonic()) {
      if (await nap(Math.min(left, LAST_PROBE_MENDED_MS))) return true;
      if (await deps.watch.mended()) return true;
    }
    return false;
  };

  const waitForBackend = async (why: Omit<Outage, 'mended'>, cause?: BackendError): Promise<number> => {
    const began = clock.monotonic();
    let deadline = began + deps.waitForBackendMs;
    let { message } = why;
    let mended = await deps.watch.mended();
    life.throwIfAborted();
    deps.onDown({ ...why, mended });
    for (let wait = mended ? FIRST_PROBE_MENDED_MS : FIRST_PROBE_MS; ; wait *= 2) {
      const now = clock.monotonic();
      const left = deadline - now;
      if (left <= 0) {
        const failure = fail(
          'backend-unreachable',
          `G-Labs ${backend.way === 'tunnel' ? 'through the tunnel' : `at ${backend.server}`} did not come back within ${Math.round(deps.waitForBackendMs / 1000)} s: ${message}`,
          {
            where: backend.server,
            cure: 'Start G-Labs, then run again: what is done is reused.',
            cause,
          },
        );
        deps.abort(failure);
        throw failure;
      }
      wait = Math.min(wait, mended ? LAST_PROBE_MENDED_MS : LAST_PROBE_MS);
      const pause = Math.min(left, wait * (0.75 + random() * 0.5));
      if (await (mended ? nap(pause) : napAlone(pause))) wait = FIRST_PROBE_MENDED_MS;
      deadline += overslept(pause, clock.monotonic() - now);
      try {
        const stranger = deps.onHealth(await backend.health(life));
        if (stranger === null) break;
        message = stranger;
      } catch (again) {
        life.throwIfAborted();
        if (!(again instanceof Error)) throw again;
        message = again.message;
      }
      mended = await deps.watch.mended();
    }
    life.throwIfAborted();
    const downMs = clock.monotonic() - began;
    // Before the listeners hear of it, so that they see the state as it now is.
    outage = null;
    deps.onUp(downMs);
    deps.onState();
    return downMs;
  };

  const begin = (why: Omit<Outage, 'mended'>, cause?: BackendError): Promise<number> => {
    if (outage) return outage;
    called = false;
    outage = waitForBackend(why, cause).catch((failure: unknown) => {
      outage = null;
      throw failure;
    });
    // Who waits for it hears how it ends; of one that the supervisor told, there may be nobody.
    outage.catch(() => undefined);
    deps.onState();
    return outage;
  };

  const hear = (news: BackendNews) => {
    if (life.aborted) return;
    if (news.state === 'away') {
      called = false;
      void begin({ what: news.what, message: news.message });
    } else if (outage) {
      called = true;
      wake();
    }
  };
  const stopListening = deps.watch.listen(hear);
  life.addEventListener('abort', stopListening, { once: true });

  return {
    inSlot: async (urgency, work) => {
      // p-queue types its result as possibly void; the value is what `work` gives.
      let result: { value: Awaited<ReturnType<typeof work>> } | undefined;
      await slots.add(
        async () => {
          signal.throwIfAborted();
          result = { value: await work() };
        },
        { priority: -urgency },
      );
      if (!result) throw signal.reason;
      return result.value;
    },
    posting: async (prompt, post) => {
      for (;;) {
        signal.throwIfAborted();
        const wait = barrier();
        if (wait) {
          await orAborted(wait, signal);
          continue;
        }
        // A run that waits for clearance must not keep others from the same prompt: it lets go and comes back.
        const posted = await deps.prompts.hold(prompt, async () => {
          signal.throwIfAborted();
          return barrier() ? null : { answer: await post() };
        });
        if (posted) return posted.answer;
      }
    },
    outage: async (error) => {
      life.throwIfAborted();
      const what = backend.way === 'tunnel' ? awayPart(error) : 'glabs';
      return orAborted(begin({ what, message: error.message }, error), signal);
    },
    quota: async (error, since) => {
      signal.throwIfAborted();
      if (quota) return orAborted(quota.until, signal);
      // Answers to what was submitted before the last pause belong to that pause.
      if (since < lastQuotaEnd) return;
      quotaPauses++;
      if (quotaPauses > QUOTA_PAUSES) {
        const failure = fail(
          'backend-refused',
          `G-Labs refused again after ${QUOTA_PAUSES} pauses: ${error.message}`,
          {
            where: backend.server,
            cure: error.cure,
          },
        );
        deps.abort(failure);
        throw failure;
      }
      const ms = deps.quotaPauseMs * 2 ** (quotaPauses - 1);
      deps.onNotice(
        `G-Labs answers: ${error.message} Waiting ${Math.round(ms / 1000)} s (pause ${quotaPauses} of ${QUOTA_PAUSES}).`,
      );
      const until = clock.sleep(ms, signal).finally(() => {
        quota = null;
        lastQuotaEnd = clock.monotonic();
      });
      quota = { until };
      return orAborted(until, signal);
    },
    progress: () => {
      quotaPauses = 0;
    },
    pause: () => {
      if (paused) return;
      let resume: () => void = () => undefined;
      const until = new Promise<void>((resolve) => {
        resume = resolve;
      });
      paused = { until, resume };
      deps.onState();
    },
    resume: () => {
      const was = paused;
      paused = null;
      was?.resume();
      if (was) deps.onState();
    },
    close: () => over.abort(new Error('the run is over')),
    state: () => (outage ? 'waiting-backend' : paused ? 'paused' : 'running'),
  };
}

/** Follows a promise that others share, but lets go at once when this run is aborted. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const listener = () => reject(signal.reason);
    signal.addEventListener('abort', listener, { once: true });
    stop = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop();
  }
}

import PQueue from 'p-queue';
import { type FlowdeckError, fail } from '../../shared/failure.ts';
import type { Backend, BackendError, BackendHealth } from '../backend/backend.ts';
import type { Clock, Random } from '../platform/clock.ts';
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
  /** Tells of a quota answer to something submitted at `since`; resolves when dispatch goes on. */
  quota(error: BackendError | { message: string; cure: string }, since: number): Promise<void>;
  /** A task was completed: quota pauses are no longer in a row. */
  progress(): void;
  pause(): void;
  resume(): void;
  state(): 'running' | 'paused' | 'waiting-backend';
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
  onHealth: (health: BackendHealth) => void;
  onDown: (message: string) => void;
  onUp: (downMs: number) => void;
  onState: () => void;
  onNotice: (message: string) => void;
}

const FIRST_PROBE_MS = 1000;
const LAST_PROBE_MS = 60_000;
const QUOTA_PAUSES = 3;

export function createDispatch(deps: DispatchDeps): Dispatch {
  const { clock, random, backend, signal } = deps;
  const slots = new PQueue({ concurrency: deps.maxTasks });
  let paused: { until: Promise<void>; resume: () => void } | null = null;
  let outage: Promise<number> | null = null;
  let quota: { until: Promise<void> } | null = null;
  let quotaPauses = 0;
  let lastQuotaEnd = 0;

  /** What submissions wait for now, if anything. */
  const barrier = (): Promise<unknown> | undefined => paused?.until ?? outage ?? quota?.until;

  const waitForBackend = async (error: BackendError): Promise<number> => {
    const began = clock.monotonic();
    for (let wait = FIRST_PROBE_MS; ; wait = Math.min(wait * 2, LAST_PROBE_MS)) {
      const left = deps.waitForBackendMs - (clock.monotonic() - began);
      if (left <= 0) {
        const failure = fail(
          'backend-unreachable',
          `G-Labs at ${backend.server} did not come back within ${Math.round(deps.waitForBackendMs / 1000)} s: ${error.message}`,
          {
            where: backend.server,
            cure: 'Start G-Labs, then run again: what is done is reused.',
            cause: error,
          },
        );
        deps.abort(failure);
        throw failure;
      }
      await clock.sleep(Math.min(left, wait * (0.75 + random() * 0.5)), signal);
      try {
        deps.onHealth(await backend.health(signal));
        break;
      } catch (again) {
        signal.throwIfAborted();
        if (!(again instanceof Error)) throw again;
      }
    }
    const downMs = clock.monotonic() - began;
    // Before the listeners hear of it, so that they see the state as it now is.
    outage = null;
    deps.onUp(downMs);
    deps.onState();
    return downMs;
  };

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
      signal.throwIfAborted();
      if (!outage) {
        outage = waitForBackend(error).catch((failure: unknown) => {
          outage = null;
          throw failure;
        });
        deps.onDown(error.message);
        deps.onState();
      }
      return orAborted(outage, signal);
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
        lastQuotaEnd = clock.now();
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

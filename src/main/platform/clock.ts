import { uptime } from 'node:os';

/** Time as a parameter: nothing else in Flowdeck reads a clock (architecture.md, rule 3). */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow, for durations and deadlines. */
  monotonic(): number;
  /**
   * Milliseconds since the machine started, the time it slept included, by a clock that nobody sets: two processes read
   * the same. A rough one: some systems tell whole seconds.
   */
  sinceBoot(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sinceBoot: () => uptime() * 1000,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/** A signal that is aborted `ms` from now by this clock, unless it is cleared before. */
export function timeLimit(clock: Pick<Clock, 'sleep'>, ms: number): { signal: AbortSignal; clear(): void } {
  const late = new AbortController();
  const over = new AbortController();
  clock.sleep(ms, over.signal).then(
    () => late.abort(new DOMException('The time is up.', 'TimeoutError')),
    (reason: unknown) => reason,
  );
  return { signal: late.signal, clear: () => over.abort() };
}

/** Numbers in [0, 1), as a parameter. */
export type Random = () => number;

export const isoTime = (clock: Clock): string => new Date(clock.now()).toISOString();

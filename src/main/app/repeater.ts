import type { Clock } from '../platform/clock.ts';

/** Something done again and again while it is wanted. `start` twice is `start` once. */
export interface Repeater {
  start(): void;
  stop(): void;
}

/** Does `work` at `start` and then each `ms`; what `work` throws goes to `onFault` and does not end it. */
export function createRepeater(
  clock: Clock,
  ms: number,
  work: () => void | Promise<void>,
  onFault?: (error: unknown) => void,
): Repeater {
  let going: AbortController | null = null;

  const go = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        onFault?.(error);
      }
      // Only an abort ends the sleep early, and the loop looks at that itself.
      await clock.sleep(ms, signal).catch(() => undefined);
    }
  };

  return {
    start() {
      if (going) return;
      going = new AbortController();
      void go(going.signal);
    },
    stop() {
      going?.abort();
      going = null;
    },
  };
}

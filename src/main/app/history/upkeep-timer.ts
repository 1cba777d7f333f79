import type { Clock } from '../../platform/clock.ts';

/** Upkeep does not stand in the way of what a person opens Flowdeck for. */
const FIRST_AFTER_MS = 3 * 60_000;

/**
 * Does the upkeep some time after the start, and then each day a little after midnight, where this goes on so long. One
 * timer, to the next time it is due. `close` waits for what is at work.
 */
export function startUpkeep(
  upkeep: (signal: AbortSignal) => Promise<void>,
  clock: Pick<Clock, 'now' | 'sleep'>,
  onFault: (error: unknown) => void,
): { close(): Promise<void> } {
  const closing = new AbortController();
  const { signal } = closing;
  const going = (async () => {
    for (let wait = FIRST_AFTER_MS; ; wait = untilTomorrow(clock.now()) + FIRST_AFTER_MS) {
      // Only the end of it all cuts the sleep short.
      await clock.sleep(wait, signal).catch(() => undefined);
      if (signal.aborted) return;
      await upkeep(signal).catch(onFault);
    }
  })();
  return {
    async close() {
      closing.abort();
      await going;
    },
  };
}

/** Milliseconds to the next local midnight. Pure. */
export function untilTomorrow(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - now;
}

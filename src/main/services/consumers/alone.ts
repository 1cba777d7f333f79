import type { Clock } from '../../platform/clock.ts';
import { withFileLock, writeLockOf } from '../../platform/lock.ts';

/**
 * Does work on a file while nothing else of ours writes it: in turn within this process, which costs no waiting, and
 * under the lock that all processes share.
 */
export function createAlone(clock: Clock): <T>(real: string, work: () => Promise<T>) => Promise<T> {
  const turns = new Map<string, Promise<unknown>>();
  return async (real, work) => {
    const mine = (turns.get(real) ?? Promise.resolve()).then(() =>
      withFileLock(writeLockOf(real), `telling ${real} the address of the tunnel`, work, { clock }),
    );
    // Whoever asked hears of a failure; the next in turn has nothing to do with it.
    const over = mine.catch(() => undefined);
    turns.set(real, over);
    try {
      return await mine;
    } finally {
      if (turns.get(real) === over) turns.delete(real);
    }
  };
}

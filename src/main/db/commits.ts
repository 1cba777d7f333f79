import type { Connection } from './connection.ts';

/**
 * Group commit: the writes of tasks in flight share one transaction, and so one fsync. A write's promise resolves
 * only after the commit that holds it, so "committed before the next step begins" (behaviour.md §7) holds for each.
 */
export interface Commits {
  /** Runs `work` inside the next transaction; rejects with what it throws, without harm to the others. */
  write<T>(work: () => T): Promise<T>;
  /** Commits what is waiting now. */
  flush(): void;
}

interface Waiting {
  work: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

export function createCommits(connection: Connection): Commits {
  let waiting: Waiting[] = [];
  let scheduled = false;
  // A nested transaction is a savepoint: a write that fails is undone alone.
  const savepoint = connection.transaction((work: () => unknown) => work());
  const batch = connection.transaction((writes: Waiting[]) =>
    writes.map((write) => {
      try {
        return { value: savepoint(write.work) };
      } catch (error) {
        return { error };
      }
    }),
  );

  const flush = () => {
    scheduled = false;
    if (waiting.length === 0) return;
    const writes = waiting;
    waiting = [];
    try {
      const outcomes = batch.immediate(writes);
      writes.forEach((write, i) => {
        const outcome = outcomes[i];
        if (outcome && 'error' in outcome) write.reject(outcome.error);
        else write.resolve(outcome?.value);
      });
    } catch (error) {
      for (const write of writes) write.reject(error);
    }
  };

  return {
    write: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      }),
    flush,
  };
}

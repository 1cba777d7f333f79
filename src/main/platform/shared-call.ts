/**
 * Joins calls that do the same thing, such as putting a folder on the disk: while one is under way for a key, all that
 * come meanwhile share the one after it. A caller never gets the result of a call that had begun before it asked.
 */
export function sharedCall<K>(work: (key: K) => Promise<void>): (key: K) => Promise<void> {
  const running = new Map<K, { done: Promise<void>; next: Promise<void> | null }>();

  const start = (key: K): Promise<void> => {
    const turn: { done: Promise<void>; next: Promise<void> | null } = { done: work(key), next: null };
    running.set(key, turn);
    const over = () => {
      if (running.get(key) === turn) running.delete(key);
    };
    turn.done.then(over, over);
    return turn.done;
  };

  return (key) => {
    const now = running.get(key);
    if (!now) return start(key);
    now.next ??= now.done.then(
      () => start(key),
      () => start(key),
    );
    return now.next;
  };
}

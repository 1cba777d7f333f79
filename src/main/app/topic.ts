import type { LiveMessage } from '../../shared/live.ts';

/**
 * Something the window watches: a state on the main side and its numbered changes (architecture.md, rule 4). Taking
 * the snapshot and joining the readers is one synchronous step, so a reader misses nothing and sees nothing twice.
 */
export interface Topic<S, C> {
  state(): S;
  /** Folds a change into the state and passes it to every reader. */
  publish(change: C): void;
  /**
   * The snapshot, then every change, until the signal is aborted, the caller returns, or the topic is closed. A reader
   * that lags more than `backlog` changes behind loses them and gets a fresh snapshot instead, so that a sleeping
   * page costs no memory.
   */
  subscribe(signal?: AbortSignal): AsyncGenerator<LiveMessage<S, C>, void, void>;
  /** Hears of every change in this process, after it was folded in. Returns what ends it. */
  listen(listener: () => void): () => void;
  /** How many read now. */
  readers(): number;
  /** Ends every reader; later ones end at once. */
  close(): void;
}

export interface TopicOptions<S, C> {
  initial: S;
  /** Pure; never changes the state it is given. */
  apply: (state: S, change: C) => S;
  /** Changes kept for a slow reader. */
  backlog?: number;
  /** Hears when the first reader came and when the last one left. */
  onWatched?: (watched: boolean) => void;
}

const BACKLOG = 64;

export function createTopic<S, C>(options: TopicOptions<S, C>): Topic<S, C> {
  const { apply, backlog = BACKLOG, onWatched } = options;
  const readers = new Set<Reader<S, C>>();
  const listeners = new Set<() => void>();
  let state = options.initial;
  let seq = 0;
  let closed = false;

  const snapshot = (): LiveMessage<S, C> => ({ kind: 'snapshot', seq, value: state });

  return {
    state: () => state,
    publish(change) {
      if (closed) return;
      state = apply(state, change);
      seq += 1;
      for (const reader of readers) reader.push({ kind: 'change', seq, change });
      for (const listener of [...listeners]) listener();
    },
    subscribe(signal) {
      const onEnd = () => {
        signal?.removeEventListener('abort', reader.end);
        if (readers.delete(reader) && readers.size === 0) onWatched?.(false);
      };
      const reader: Reader<S, C> = createReader({ backlog, snapshot, onEnd });
      if (closed || signal?.aborted) {
        reader.end();
        return reader.messages;
      }
      readers.add(reader);
      signal?.addEventListener('abort', reader.end, { once: true });
      if (readers.size === 1) onWatched?.(true);
      return reader.messages;
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readers: () => readers.size,
    close() {
      closed = true;
      listeners.clear();
      for (const reader of [...readers]) reader.end();
    },
  };
}

interface Reader<S, C> {
  push(message: LiveMessage<S, C>): void;
  end(): void;
  messages: AsyncGenerator<LiveMessage<S, C>, void, void>;
}

/**
 * Not an `async function*`: that one cannot be ended while it waits, and a reader mostly waits. `next` may be called
 * again before the last call has settled.
 */
function createReader<S, C>(options: {
  backlog: number;
  snapshot: () => LiveMessage<S, C>;
  onEnd: () => void;
}): Reader<S, C> {
  type Result = IteratorResult<LiveMessage<S, C>, void>;
  const waiting: ((result: Result) => void)[] = [];
  let pending: LiveMessage<S, C>[] = [];
  let behind = true; // The next message is a snapshot.
  let ended = false;

  const take = (): LiveMessage<S, C> | undefined => {
    if (!behind) return pending.shift();
    behind = false;
    pending = [];
    return options.snapshot();
  };
  const end = () => {
    if (ended) return;
    ended = true;
    pending = [];
    options.onEnd();
    for (const resolve of waiting.splice(0)) resolve({ done: true, value: undefined });
  };

  return {
    push(message) {
      const resolve = waiting.shift();
      if (resolve) return resolve({ done: false, value: message });
      if (behind) return;
      pending.push(message);
      if (pending.length <= options.backlog) return;
      behind = true;
      pending = [];
    },
    end,
    messages: {
      next() {
        if (ended) return Promise.resolve({ done: true, value: undefined });
        const message = take();
        if (message) return Promise.resolve({ done: false, value: message });
        return new Promise((resolve) => waiting.push(resolve));
      },
      return() {
        end();
        return Promise.resolve({ done: true, value: undefined });
      },
      throw(error) {
        end();
        return Promise.reject(error);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
      async [Symbol.asyncDispose]() {
        end();
      },
    },
  };
}

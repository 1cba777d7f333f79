import { ORPCError } from '@orpc/client';
import { type QueryClient, type QueryKey, queryOptions } from '@tanstack/react-query';
import type { FlowdeckError } from '../../shared/failure.ts';
import type { LiveMessage } from '../../shared/live.ts';
import type { Wire } from './client.ts';
import { type FlowdeckClient, wireOpen } from './connection.ts';
import { toFlowdeckError } from './failure.ts';

/** A live topic of the contract and how its changes are folded. */
export interface LiveTopic<S, C> {
  key: QueryKey;
  open(client: FlowdeckClient, signal: AbortSignal): Promise<AsyncIterable<LiveMessage<S, C>>>;
  apply(view: S, change: C): S;
}

/**
 * A query whose data is the folded state of a topic for as long as somebody looks at it: the snapshot fills the
 * cache, changes patch it, and after a lost connection a fresh snapshot replaces it. The query function never
 * resolves; it ends when the last observer leaves, and the data stays until TanStack drops it. It fails only with a
 * Failure of the main side, such as `not-found`.
 */
export function liveQuery<S, C>(wire: LiveWire, topic: LiveTopic<S, C>) {
  return queryOptions<S, FlowdeckError>({
    queryKey: topic.key,
    queryFn: ({ client, signal }) => followTopic(wire, topic, client, signal),
    staleTime: 0,
    retry: false,
    networkMode: 'always',
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    // The apply functions share what did not change; comparing whole views at every change would be waste.
    structuralSharing: false,
  });
}

/** What following a topic needs of the wire. */
export type LiveWire = Pick<Wire, 'client' | 'state'>;

async function followTopic<S, C>(
  wire: LiveWire,
  topic: LiveTopic<S, C>,
  cache: QueryClient,
  signal: AbortSignal,
): Promise<S> {
  for (let empty = 0; !signal.aborted; ) {
    await wireOpen(wire.state, signal);
    if (signal.aborted) break;
    try {
      const got = await foldOnce(wire, topic, cache, signal);
      empty = got ? 0 : empty + 1;
    } catch (error) {
      if (signal.aborted) break;
      // Only the main side itself answers so. A broken connection is not the topic's failure: wait for the next one.
      if (error instanceof ORPCError) throw toFlowdeckError(error);
      empty += 1;
    }
    // A topic that ends at once, again and again, must not be asked in a tight loop. A lost wire is waited for above.
    if (wire.state.getState() !== 'open') empty = 0;
    if (empty > 0) await pause(Math.min(100 * 2 ** empty, 5_000), signal);
  }
  throw toFlowdeckError(signal.reason ?? new Error('No longer wanted.'));
}

/** Follows one subscription to its end; whether anything came of it. */
async function foldOnce<S, C>(
  wire: LiveWire,
  topic: LiveTopic<S, C>,
  cache: QueryClient,
  signal: AbortSignal,
) {
  let seq: number | null = null;
  for await (const message of await topic.open(wire.client, signal)) {
    if (signal.aborted) break;
    if (message.kind === 'snapshot') cache.setQueryData<S>(topic.key, message.value);
    else if (seq !== null && message.seq === seq + 1) {
      cache.setQueryData<S>(topic.key, (view) =>
        view === undefined ? view : topic.apply(view, message.change),
      );
    } else break; // A gap: subscribe anew (src/shared/live.ts).
    seq = message.seq;
  }
  return seq !== null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

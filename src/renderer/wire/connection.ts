import { createORPCClient } from '@orpc/client';
import { type StandardLinkClient, StandardRPCLink } from '@orpc/client/standard';
import { LinkWebsocketClient } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Contract } from '../../shared/contract.ts';
import { fail } from '../../shared/failure.ts';
import type { Channel, Dial } from './channel.ts';

export type FlowdeckClient = ContractRouterClient<Contract>;

/** `connecting` until the first connection stands, `lost` while one is sought again. */
export type WireState = 'connecting' | 'open' | 'lost';

export interface Connection {
  readonly client: FlowdeckClient;
  readonly state: StoreApi<WireState>;
  /** Ends the connection for good. */
  close(): void;
}

export interface ConnectionOptions {
  /** Resolves after `ms`, or at once when the signal is aborted. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Numbers in [0, 1). */
  random?: () => number;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/**
 * Keeps one channel open and speaks the contract over it. Calls made before the first connection stands wait for it;
 * calls made while it is lost, or that were under way when it broke, are refused with a Failure and never repeated:
 * only the caller knows whether that is safe.
 */
export function createConnection(dial: Dial, options: ConnectionOptions = {}): Connection {
  const wait = options.wait ?? waitFor;
  const random = options.random ?? Math.random;
  const ending = new AbortController();
  const state = createStore<WireState>(() => 'connecting');
  let peer: LinkWebsocketClient<Record<never, never>> | null = null;

  const keepOpen = async () => {
    for (let failures = 0; !ending.signal.aborted; failures += 1) {
      const line = frameLine();
      const closed = Promise.withResolvers<void>();
      try {
        const channel = await dial({ onFrame: line.deliver, onClose: closed.resolve }, ending.signal);
        ending.signal.addEventListener('abort', channel.close, { once: true });
        peer = line.open(channel);
        failures = 0;
        state.setState('open', true);
        await closed.promise;
        ending.signal.removeEventListener('abort', channel.close);
      } catch {
        // Why does not matter here: the state tells it, and the next try follows.
      }
      peer = null;
      state.setState('lost', true);
      line.close();
      await wait(
        Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.75 + random() / 2),
        ending.signal,
      );
    }
  };

  const transport: StandardLinkClient<Record<never, never>> = {
    async call(request, callOptions, path, input) {
      if (state.getState() === 'connecting') await firstAnswer(state, callOptions.signal);
      const open = peer;
      if (open === null) throw lost();
      try {
        return await open.call(request, callOptions, path, input);
      } catch (error) {
        throw peer === open ? error : lost();
      }
    },
  };

  void keepOpen();
  return {
    client: createORPCClient(new StandardRPCLink(transport, { url: 'http://orpc' })),
    state,
    close: () => ending.abort(),
  };
}

/** Resolves once the wire is open or the signal is aborted. */
export function wireOpen(state: StoreApi<WireState>, signal?: AbortSignal): Promise<void> {
  return reaches(state, (now) => now === 'open', signal);
}

const firstAnswer = (state: StoreApi<WireState>, signal?: AbortSignal) =>
  reaches(state, (now) => now !== 'connecting', signal);

function reaches(
  state: StoreApi<WireState>,
  is: (state: WireState) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (is(state.getState()) || signal?.aborted) return resolve();
    const done = () => {
      stop();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const stop = state.subscribe((now) => {
      if (is(now)) done();
    });
    signal?.addEventListener('abort', done, { once: true });
  });
}

const lost = () =>
  fail('internal', 'The connection to Flowdeck is lost.', {
    cure: 'Wait until it is back, look whether it was done, then try again.',
  });

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** oRPC's peer wants something shaped like a WebSocket; this lays it over any channel. */
function frameLine() {
  const events = new EventTarget();
  return {
    deliver: (text: string) => {
      events.dispatchEvent(new MessageEvent('message', { data: text }));
    },
    close: () => {
      events.dispatchEvent(new Event('close'));
    },
    open: (channel: Channel) =>
      new LinkWebsocketClient<Record<never, never>>({
        websocket: {
          readyState: 1,
          send: (data) => channel.send(String(data)),
          addEventListener: events.addEventListener.bind(events),
          removeEventListener: events.removeEventListener.bind(events),
        },
      }),
  };
}

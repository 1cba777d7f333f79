import { networkInterfaces } from 'node:os';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

/** What the machine tells of itself: sleep, and its own network (behaviour.md §10). */
export interface Network {
  /** Whether this machine has a network at all, as far as it can tell without asking anybody. */
  online(): boolean;
  /**
   * `resumed`: the machine slept. `changed`: addresses came or went. Returns what ends it. The machine is looked at
   * only while somebody listens.
   */
  subscribe(listener: (news: NetworkNews) => void): () => void;
  /** The system says that it woke up; else it is noticed within seconds. */
  resumed(): void;
  close(): void;
}

export type NetworkNews = 'resumed' | 'changed';

/** Addresses by the name of the interface, as the system gives them. */
type Interfaces = Record<string, { address: string; internal: boolean }[] | undefined>;

const lookEveryMs = 3000;
/** So much more than the pause has passed by the clock on the wall: nobody ran meanwhile. */
const sleptMs = 10_000;

/** The machine's sleep and its addresses, noticed by looking every three seconds. */
export function createNetwork(parts: { clock: Clock; log: Log; interfaces?: () => Interfaces }): Network {
  const { clock, log, interfaces = networkInterfaces } = parts;
  const listeners = new Set<(news: NetworkNews) => void>();
  let watch: AbortController | null = null;

  const tell = (news: NetworkNews): void => {
    for (const listener of [...listeners]) listener(news);
  };

  const look = async (signal: AbortSignal): Promise<void> => {
    let addresses = ownAddresses(interfaces()).join();
    for (;;) {
      const before = clock.now();
      await clock.sleep(lookEveryMs, signal);
      if (clock.now() - before > lookEveryMs + sleptMs) tell('resumed');
      const now = ownAddresses(interfaces()).join();
      if (now === addresses) continue;
      addresses = now;
      tell('changed');
    }
  };

  const begin = (): void => {
    const own = new AbortController();
    watch = own;
    look(own.signal).catch((error: unknown) => {
      if (!own.signal.aborted) log.error('the network of this machine is no longer watched', { err: error });
    });
  };

  const end = (): void => {
    watch?.abort();
    watch = null;
  };

  return {
    online: () => ownAddresses(interfaces()).length > 0,
    subscribe: (listener) => {
      listeners.add(listener);
      if (watch === null) begin();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) end();
      };
    },
    resumed: () => tell('resumed'),
    close: () => {
      listeners.clear();
      end();
    },
  };
}

/** Addresses other machines could know this one by, in order. One that an interface gives itself leads nowhere. */
export function ownAddresses(interfaces: Interfaces): string[] {
  return Object.entries(interfaces)
    .flatMap(([name, addresses]) =>
      (addresses ?? []).filter(({ internal }) => !internal).map(({ address }) => `${name} ${address}`),
    )
    .filter((each) => !/ (fe80:|169\.254\.)/i.test(each))
    .sort();
}

import { type Backend, BackendError } from '../backend/backend.ts';
import type { Clock } from '../platform/clock.ts';

/** What is lost more often than this by a backend that is well is not bought again. */
const TRIES = 3;
/**
 * What goes with a backend that is restarted is not the candidate's fault, and its budget is not touched (behaviour.md
 * §5). There is an end all the same: it may be this very task that brings the backend down, and each may be paid for.
 */
const TRIES_WITH_BACKEND = 20;

/** Uptime is told in whole seconds by some. */
const UPTIME_SLACK_MS = 1100;

/** When something was ordered, and since when the backend ran then, as far as it said; by `clock.sinceBoot`. */
export interface Order {
  at: number;
  backendStart: number | null;
}

/** Counts how often one candidate's task or result was lost. */
export interface Losses {
  /** Of something that is ordered now. */
  order(): Order;
  /** Counts its loss; whether it may be bought again. */
  mayTryAgain(order: Order): Promise<boolean>;
}

export function createLosses(deps: {
  backend: Pick<Backend, 'health'>;
  /** As last seen. */
  backendStart: () => number | null;
  clock: Pick<Clock, 'sinceBoot'>;
  signal: AbortSignal;
}): Losses {
  let alone = 0;
  let withBackend = 0;
  return {
    order: () => ({ at: deps.clock.sinceBoot(), backendStart: deps.backendStart() }),
    mayTryAgain: async (order) => {
      if (await beganAnewSince(order)) return ++withBackend <= TRIES_WITH_BACKEND;
      return ++alone <= TRIES;
    },
  };

  async function beganAnewSince({ at, backendStart }: Order): Promise<boolean> {
    try {
      const { uptimeS } = await deps.backend.health(deps.signal);
      if (uptimeS === null) return false;
      return deps.clock.sinceBoot() - uptimeS * 1000 > (backendStart ?? at) + UPTIME_SLACK_MS;
    } catch (error) {
      deps.signal.throwIfAborted();
      if (!(error instanceof BackendError)) throw error;
      // Away again already.
      return true;
    }
  }
}

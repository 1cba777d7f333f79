import { type Failure, fail, toFailure } from '../../shared/failure.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { ObjectStore, StoreObject } from '../storage/object-store.ts';

/** What became of an object on its way to a store. */
export type Sending = { uploaded: boolean; url: string } | { problem: Failure };

/**
 * Objects on their way to one store, at most eight at once. A store that does not answer gets a rest, each longer than
 * the one before, while objects go on coming in; then one object tries for all. A refusal concerns its object alone.
 */
export interface SendQueue {
  /** Settles when the store has it, has refused it, or was given up. Never rejects. */
  send(object: StoreObject): Promise<Sending>;
  /** One try, none while the store is away. Never rejects. */
  tryOnce(object: StoreObject): Promise<Sending>;
}

export interface SendQueueDeps {
  store: ObjectStore;
  clock: Clock;
  random: Random;
  /** Milliseconds a store may be away before it is given up; once given up, until it has answered again, at once. */
  giveUpMs: number;
  /** Ends everything: what is not sent is `interrupted`. */
  signal: AbortSignal;
}

interface Item {
  object: StoreObject;
  once: boolean;
  settle: (sending: Sending) => void;
}

/** Connections of a store, too (issue 3). */
const AT_ONCE = 8;
const FIRST_REST_MS = 1000;
const LAST_REST_MS = 60_000;

export function createSendQueue(deps: SendQueueDeps): SendQueue {
  const { store, clock, random, signal } = deps;
  const queue: Item[] = [];
  let onTheWay = 0;
  let resting = false;
  let outage: { since: number; rests: number; problem: Failure } | null = null;
  let givenUp = false;

  const pump = () => {
    const bound = outage === null ? AT_ONCE : 1;
    while (!resting && onTheWay < bound) {
      const item = queue.shift();
      if (item === undefined) break;
      onTheWay += 1;
      carry(item).then(pump);
    }
  };

  /** Never rejects. */
  async function carry(item: Item): Promise<void> {
    try {
      const { url, uploaded } = await store.put(item.object, signal);
      outage = null;
      givenUp = false;
      item.settle({ url, uploaded });
    } catch (error) {
      const problem = signal.aborted ? interrupted(store.name) : toFailure(error);
      if (problem.code !== 'store-unreachable') item.settle({ problem });
      else {
        if (item.once) item.settle({ problem });
        else queue.unshift(item);
        away(problem);
      }
    } finally {
      onTheWay -= 1;
    }
  }

  /** Others that were on their way tell of the same outage: it counts once. */
  function away(problem: Failure): void {
    if (resting) return;
    // What has one try is not kept until the store is back: a node waits for it.
    settleAll(problem, ({ once }) => once);
    const now = clock.monotonic();
    outage ??= { since: now, rests: 0, problem };
    outage.problem = problem;
    const left = outage.since + (givenUp ? 0 : deps.giveUpMs) - now;
    if (left <= 0) {
      givenUp = true;
      outage = null;
      settleAll(problem);
      return;
    }
    const rest = Math.min(FIRST_REST_MS * 2 ** outage.rests, LAST_REST_MS) * (0.75 + random() * 0.5);
    outage.rests += 1;
    resting = true;
    clock.sleep(Math.min(left, rest), signal).then(
      () => {
        resting = false;
        pump();
      },
      () => settleAll(interrupted(store.name)),
    );
  }

  const settleAll = (problem: Failure, which: (item: Item) => boolean = () => true) => {
    for (const item of queue.splice(0)) {
      if (which(item)) item.settle({ problem });
      else queue.push(item);
    }
  };

  const enter = (object: StoreObject, once: boolean) =>
    new Promise<Sending>((settle) => {
      if (signal.aborted) return settle({ problem: interrupted(store.name) });
      if (once && outage !== null) return settle({ problem: outage.problem });
      queue.push({ object, once, settle });
      pump();
    });

  return {
    send: (object) => enter(object, false),
    tryOnce: (object) => enter(object, true),
  };
}

const interrupted = (store: string): Failure =>
  fail('interrupted', `An upload to the store "${store}" was stopped.`, {
    cure: 'Run again: what is not there yet is sent then.',
  }).failure;

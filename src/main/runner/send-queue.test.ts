import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fail } from '../../shared/failure.ts';
import type { Clock } from '../platform/clock.ts';
import type { ObjectStore, StoreObject } from '../storage/object-store.ts';
import { createSendQueue, type Sending } from './send-queue.ts';

const away = () => fail('store-unreachable', 'The store "r2" does not answer.', { cure: 'Wait.' });
const refusal = () => fail('store-refused', 'The store "r2" does not allow this.', { cure: 'Set the key.' });
const objectOf = (key: string): StoreObject => ({
  key,
  file: `/objects/${key}`,
  sha256: 'a',
  size: 1,
  contentType: 'image/png',
});

/** A clock whose sleeps end as soon as nothing else is to do; its time is what they add up to. */
function clockOf(slept: number[]): Clock {
  let at = 0;
  return {
    now: () => at,
    monotonic: () => at,
    sinceBoot: () => at,
    async sleep(ms, signal) {
      slept.push(ms);
      for (let turn = 0; turn < 20; turn++) await setImmediate();
      signal?.throwIfAborted();
      at += ms;
    },
  };
}

/** A store that does to each object what `answer` says, a moment later. */
function queueOf(answer: (key: string, tries: number) => Error | null, giveUpMs = 100_000) {
  const tried: string[] = [];
  const slept: number[] = [];
  const ending = new AbortController();
  let now = 0;
  let most = 0;
  const store: ObjectStore = {
    name: 'r2',
    kind: 's3',
    urlOf: (key) => `https://cdn.example/${key}`,
    list: async () => [],
    async put({ key }, signal) {
      tried.push(key);
      most = Math.max(most, ++now);
      await setImmediate();
      now--;
      signal?.throwIfAborted();
      const problem = answer(key, tried.length);
      if (problem !== null) throw problem;
      return { url: `https://cdn.example/${key}`, uploaded: true, file: null };
    },
  };
  const queue = createSendQueue({
    store,
    clock: clockOf(slept),
    random: () => 0.5,
    giveUpMs,
    signal: ending.signal,
  });
  return { queue, tried, slept, ending, most: () => most };
}
const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`);
const problemOf = (sending: Sending) => ('problem' in sending ? sending.problem.code : null);

describe('a queue to a store', () => {
  test('sends all, in their order, never more than eight at once', async () => {
    const { queue, tried, most } = queueOf(() => null);
    const sent = await Promise.all(keys(50).map((key) => queue.send(objectOf(key))));
    expect(sent).toEqual(keys(50).map((key) => ({ uploaded: true, url: `https://cdn.example/${key}` })));
    expect(tried).toEqual(keys(50));
    expect(most()).toBe(8);
  });

  test('a refusal is for its object alone, and is not tried again', async () => {
    const { queue, tried, slept } = queueOf((key) => (key === 'k3' ? refusal() : null));
    const sent = await Promise.all(keys(6).map((key) => queue.send(objectOf(key))));
    expect(sent.map(problemOf)).toEqual([null, null, null, 'store-refused', null, null]);
    expect(tried).toHaveLength(6);
    expect(slept).toEqual([]);
  });

  test('an outage gets rests that double up to a minute, and one object tries for all', async () => {
    const { queue, tried, slept } = queueOf((_key, tries) => (tries <= 8 + 8 ? away() : null), 10_000_000);
    const sent = await Promise.all(keys(20).map((key) => queue.send(objectOf(key))));
    expect(sent.map(problemOf)).toEqual(keys(20).map(() => null));
    // Eight were on their way when it began; then one at a time.
    expect(slept).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(tried).toHaveLength(20 + 16);
  });

  test('what comes in during an outage waits for its end without a try', async () => {
    let up = false;
    const { queue, tried } = queueOf(() => (up ? null : away()), 10_000_000);
    const first = queue.send(objectOf('first'));
    while (tried.length < 2) await setImmediate();
    const later = keys(5).map((key) => queue.send(objectOf(key)));
    expect(tried.filter((key) => key !== 'first')).toEqual([]);
    up = true;
    expect((await Promise.all([first, ...later])).map(problemOf)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('a store that stays away is given up, for all that waits, and no sooner', async () => {
    const { queue, slept } = queueOf(() => away(), 10_000);
    const sent = await Promise.all(keys(12).map((key) => queue.send(objectOf(key))));
    expect(sent.map(problemOf)).toEqual(keys(12).map(() => 'store-unreachable'));
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(10_000);
  });

  test('once given up it is tried for what comes later, but not waited for until it has answered', async () => {
    let up = false;
    const { queue, slept } = queueOf(() => (up ? null : away()), 10_000);
    await queue.send(objectOf('first'));
    const rests = slept.length;
    expect(problemOf(await queue.send(objectOf('second')))).toBe('store-unreachable');
    expect(slept).toHaveLength(rests);
    up = true;
    expect(problemOf(await queue.send(objectOf('third')))).toBeNull();
    up = false;
    expect(problemOf(await queue.send(objectOf('fourth')))).toBe('store-unreachable');
    expect(slept.length).toBeGreaterThan(rests);
  });

  test('one try is one try, and none while the store is known to be away', async () => {
    const { queue, tried } = queueOf(() => away(), 10_000_000);
    expect(problemOf(await queue.tryOnce(objectOf('a')))).toBe('store-unreachable');
    expect(problemOf(await queue.tryOnce(objectOf('b')))).toBe('store-unreachable');
    expect(tried).toEqual(['a']);
  });

  test('one try does not wait for a place behind a store that turns out to be away', async () => {
    const { queue, tried, slept } = queueOf(() => away(), 10_000_000);
    const sent = await Promise.all(keys(20).map((key) => queue.tryOnce(objectOf(key))));
    expect(sent.map(problemOf)).toEqual(keys(20).map(() => 'store-unreachable'));
    expect(tried).toEqual(keys(8));
    expect(slept).toHaveLength(1);
  });

  test('a fault of ours is told and holds nothing up', async () => {
    const { queue } = queueOf((key) => (key === 'k0' ? new TypeError('not a function') : null));
    const sent = await Promise.all(keys(3).map((key) => queue.send(objectOf(key))));
    expect(sent.map(problemOf)).toEqual(['internal', null, null]);
  });

  test.each(['on its way', 'resting'])(
    'the end of the run interrupts all, with the store %s',
    async (when) => {
      const { queue, ending, slept } = queueOf(() => (when === 'resting' ? away() : null), 10_000_000);
      const sent = Promise.all(keys(30).map((key) => queue.send(objectOf(key))));
      while (when === 'resting' && slept.length === 0) await setImmediate();
      ending.abort(new Error('enough'));
      expect(new Set((await sent).map(problemOf))).toEqual(new Set(['interrupted']));
      expect(problemOf(await queue.send(objectOf('later')))).toBe('interrupted');
    },
  );

  test('whatever the store does, each object settles once, and is there or has a problem', async () => {
    const outcome = fc.constantFrom('there', 'away', 'refused');
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 40 }),
        fc.integer({ min: 0, max: 30 }),
        async (acts, count) => {
          const there = new Set<string>();
          const { queue, most } = queueOf((key, tries) => {
            const act = acts[tries - 1] ?? 'there';
            if (act === 'there') there.add(key);
            return act === 'there' ? null : act === 'away' ? away() : refusal();
          });
          const sent = await Promise.all(keys(count).map((key) => queue.send(objectOf(key))));
          sent.forEach((sending, i) => {
            expect('url' in sending).toBe(there.has(`k${i}`));
          });
          expect(most()).toBeLessThanOrEqual(8);
        },
      ),
      { numRuns: 50 },
    );
  });
});

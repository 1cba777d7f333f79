import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../shared/live.ts';
import { createTopic } from './topic.ts';

/** A state that shows every change and its place, so that a lost, doubled or swapped one is seen. */
const listTopic = (backlog?: number) =>
  createTopic<readonly number[], number>({
    initial: [],
    apply: (state, change) => [...state, change],
    ...(backlog === undefined ? {} : { backlog }),
  });

const fold = (view: readonly number[] | null, message: LiveMessage<readonly number[], number>) =>
  message.kind === 'snapshot' ? message.value : [...(view ?? []), message.change];

describe('a live topic', () => {
  it('folds to the same state for every interleaving of publish, subscribe and read', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('publish' as const), change: fc.nat(1000) }),
      fc.record({ do: fc.constant('subscribe' as const) }),
      fc.record({ do: fc.constant('read' as const), who: fc.nat(5) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        async (steps, backlog) => {
          const topic = listTopic(backlog);
          const history: (readonly number[])[] = [topic.state()];
          const readers: { view: readonly number[] | null; seq: number; reads: Promise<void> }[] = [];
          const sources: ReturnType<typeof topic.subscribe>[] = [];
          const read = (who: number) => {
            const reader = readers[who];
            const source = sources[who];
            if (!reader || !source) return;
            const next = source.next();
            reader.reads = reader.reads.then(async () => {
              const { value, done } = await next;
              if (done || !value) return;
              if (value.kind === 'change') expect(value.seq).toBe(reader.seq + 1);
              reader.view = fold(reader.view, value);
              reader.seq = value.seq;
              expect(reader.view).toEqual(history[value.seq]);
            });
          };
          for (const one of steps) {
            if (one.do === 'publish') {
              topic.publish(one.change);
              history.push(topic.state());
            } else if (one.do === 'subscribe') {
              sources.push(topic.subscribe());
              readers.push({ view: null, seq: -1, reads: Promise.resolve() });
            } else read(one.who);
          }
          // Read everything that is left, then every reader stands where the topic stands.
          for (const [who] of readers.entries()) for (let i = 0; i < steps.length + 2; i += 1) read(who);
          topic.close();
          for (const reader of readers) {
            await reader.reads;
            expect(reader.view).toEqual(topic.state());
          }
        },
      ),
    );
  });

  it('gives a reader that lags too far a fresh snapshot, then goes on with changes', async () => {
    const topic = listTopic(2);
    const reader = topic.subscribe();
    await reader.next();
    for (const change of [1, 2, 3]) topic.publish(change);
    expect((await reader.next()).value).toEqual({ kind: 'snapshot', seq: 3, value: [1, 2, 3] });
    topic.publish(4);
    expect((await reader.next()).value).toEqual({ kind: 'change', seq: 4, change: 4 });
  });

  it('ends a waiting reader when its signal is aborted, and forgets it', async () => {
    const topic = listTopic();
    const ending = new AbortController();
    const reader = topic.subscribe(ending.signal);
    await reader.next();
    const waiting = reader.next();
    ending.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(topic.readers()).toBe(0);
  });

  it('ends a waiting reader when it is returned', async () => {
    const topic = listTopic();
    const reader = topic.subscribe();
    await reader.next();
    const waiting = reader.next();
    await reader.return();
    expect((await waiting).done).toBe(true);
    expect(topic.readers()).toBe(0);
  });

  it('tells when the first reader comes and when the last one leaves', async () => {
    const told: boolean[] = [];
    const topic = createTopic({
      initial: 0,
      apply: (a: number, b: number) => a + b,
      onWatched: (on) => told.push(on),
    });
    const first = topic.subscribe();
    const second = topic.subscribe();
    await first.return();
    expect(told).toEqual([true]);
    await second.return();
    expect(told).toEqual([true, false]);
  });

  it('gives nothing after it is closed', async () => {
    const topic = listTopic();
    const reader = topic.subscribe();
    topic.close();
    expect((await reader.next()).done).toBe(true);
    expect((await topic.subscribe().next()).done).toBe(true);
  });
});

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../platform/clock.ts';
import { findPlaces } from '../places.ts';
import { createDiffThread, type DiffThread } from './diff-thread.ts';

/** The life of the thread that compares: real threads, and a clock that goes when the test says so. */

let thread: DiffThread;
afterEach(() => thread.close());

const content = (text: string) => ({
  bytes: new TextEncoder().encode(
    JSON.stringify({ tabs: [{ graphData: { nodes: [{ id: 1, type: 'Prompt', properties: { text } }] } }] }),
  ),
  file: 'a.nbflow',
});
const ask = async () => (await thread.diff(content('a'), content('b'), {})).totals.prompts;

/** A clock on which nothing passes before `pass`. */
function heldClock(): Pick<Clock, 'sleep'> & { waiting(): number; pass(): void } {
  const sleepers = new Set<() => void>();
  return {
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        const wake = () => {
          sleepers.delete(wake);
          resolve();
        };
        sleepers.add(wake);
        signal?.addEventListener('abort', () => {
          sleepers.delete(wake);
          reject(signal.reason);
        });
      }),
    waiting: () => sleepers.size,
    pass: () => {
      for (const wake of [...sleepers]) wake();
    },
  };
}

describe('the thread that compares', () => {
  it('is kept for the next question, and ends when there is none for a while', async () => {
    const clock = heldClock();
    const workers: Worker[] = [];
    thread = createDiffThread(() => {
      const worker = new Worker(findPlaces().diffWorker);
      workers.push(worker);
      return worker;
    }, clock);
    expect(await ask()).toBe(1);
    expect(await ask()).toBe(1);
    expect([workers.length, clock.waiting()]).toEqual([1, 1]);
    const [first] = workers;
    const ended = first && once(first, 'exit');
    clock.pass();
    await ended;
    expect(await ask()).toBe(1);
    expect(workers).toHaveLength(2);
  });

  it('that dies is told to those who wait, and another one takes the next question', async () => {
    const dies = "require('node:worker_threads').parentPort.on('message', () => process.exit(3))";
    let starts = 0;
    thread = createDiffThread(() => {
      starts += 1;
      return starts === 1 ? new Worker(dies, { eval: true }) : new Worker(findPlaces().diffWorker);
    }, heldClock());
    const waiting = [ask(), ask()];
    for (const answer of waiting)
      await expect(answer).rejects.toThrow('The thread that compares workflows ended.');
    expect(await ask()).toBe(1);
  });

  it('takes no question when Flowdeck closes, and tells those who wait', async () => {
    thread = createDiffThread(() => new Worker(findPlaces().diffWorker), heldClock());
    const waiting = ask();
    await Promise.all([thread.close(), expect(waiting).rejects.toThrow('ended')]);
    await expect(ask()).rejects.toThrow('Flowdeck is closing.');
  });
});

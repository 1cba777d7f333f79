import { describe, expect, it } from 'vitest';
import type { QueueEntry, QueueView } from '../../shared/queue.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { placeIfAdded, placeOf, queueInShort, queueSentence, runInTheWay } from './queue.ts';

const entry = (name: string, state: QueueEntry['state'] = 'waiting'): QueueEntry => ({
  id: name,
  path: `/p/${name}.nbflow`,
  name,
  options: { mode: 'full', gates: 'auto', qa: 'off' },
  state,
  problem: null,
  addedAt: '2026-05-12T10:00:00Z',
});
const queue = (entries: QueueEntry[], paused: Partial<QueueView> = {}): QueueView => ({
  entries,
  paused: false,
  pausedWhy: null,
  ...paused,
});
const run = (more: Partial<RunSummary>) =>
  ({ name: 'R', status: 'running', finishedAt: null, live: true, ...more }) as RunSummary;

describe('a run that is added', () => {
  it('starts at once when nothing runs or waits', () => {
    expect(placeIfAdded(queue([]), [], '/p/A.nbflow')).toBeNull();
    expect(placeIfAdded(queue([entry('B', 'held'), entry('C', 'failed')]), [], '/p/A.nbflow')).toBeNull();
    expect(
      placeIfAdded(queue([]), [run({ status: 'completed', finishedAt: 'x', live: false })], '/p/A.nbflow'),
    ).toBeNull();
  });

  it('gets the place behind all others, and says what it waits for', () => {
    const going = [run({ name: 'R' })];
    expect(placeIfAdded(queue([]), going, '/p/A.nbflow')).toEqual({ place: 1, because: 'R runs now.' });
    const view = queue([entry('B', 'held'), entry('C')]);
    expect(placeIfAdded(view, [], '/p/A.nbflow')).toEqual({ place: 3, because: 'C is next.' });
    expect(placeIfAdded(queue([], { paused: true }), [], '/p/A.nbflow')).toEqual({
      place: 1,
      because: 'The queue is paused.',
    });
  });

  it('takes the place of its own failed start', () => {
    const view = queue([entry('A', 'failed'), entry('B')]);
    expect(placeIfAdded(view, [], '/p/A.nbflow')?.place).toBe(2);
    expect(placeOf(view, '/p/A.nbflow')).toBeNull();
    expect(placeOf(view, '/p/B.nbflow')).toBe(2);
  });

  it('does not wait for a run that waits for picks', () => {
    expect(runInTheWay([run({ status: 'held' })])).toBeNull();
    expect(runInTheWay([run({ status: 'held' }), run({ name: 'S', status: 'paused' })])?.name).toBe('S');
  });
});

describe('the queue in words', () => {
  it('says nothing in the status bar when it is empty', () => {
    expect(queueInShort(queue([], { paused: true }))).toBeNull();
  });

  it.each([
    [queue([entry('A'), entry('B', 'held')]), 'waiting', '2 queued', '2 runs, 1 on hold.'],
    [queue([entry('A')], { paused: true }), 'waiting', '1 queued, paused', '1 run, paused.'],
    [
      queue([entry('A')], { paused: true, pausedWhy: 'Flowdeck ended.' }),
      'needs-you',
      '1 queued, paused',
      '1 run, paused.',
    ],
    [queue([entry('A', 'failed'), entry('B')]), 'failed', '2 queued, 1 failed', '2 runs, 1 could not start.'],
  ] as const)('%#', (view, mark, word, sentence) => {
    expect(queueInShort(view)).toEqual({ mark, word });
    expect(queueSentence(view)).toBe(sentence);
  });
});

import type { RunOptions } from '../../shared/domain.ts';
import { fail } from '../../shared/failure.ts';
import { applyQueueChange, type QueueChange, type QueueEntry, type QueueView } from '../../shared/queue.ts';
import { createTopic, type Topic } from './topic.ts';

/** Runs that wait their turn (behaviour.md §5). Entries live in the database: all processes of a data folder see them. */
export interface Queue {
  readonly topic: Topic<QueueView, QueueChange>;
  add(path: string, options: RunOptions): Promise<{ entry: QueueEntry; runId: string | null }>;
  /** `to` counts from 0. */
  move(id: string, to: number): Promise<void>;
  hold(id: string): Promise<void>;
  release(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

const notYet = async (): Promise<never> => {
  throw fail('usage', 'The queue comes with a later version.');
};

export function openQueue(): Queue {
  const topic = createTopic<QueueView, QueueChange>({
    initial: { entries: [], paused: false, pausedWhy: null },
    apply: applyQueueChange,
  });
  return {
    topic,
    add: notYet,
    move: notYet,
    hold: notYet,
    release: notYet,
    remove: notYet,
    pause: notYet,
    resume: notYet,
    close: async () => topic.close(),
  };
}

import { z } from 'zod';
import { RunOptions } from './domain.ts';

/** A run that waits for its turn. Entries of all processes of a data folder; one of them carries them out. */
export const QueueEntry = z.object({
  id: z.string(),
  /** Real path of the workflow. */
  path: z.string(),
  /** File name without `.nbflow`. */
  name: z.string(),
  options: RunOptions,
  /** `held`: passed over until a person lets it go. `failed`: its start was refused, see `problem`. */
  state: z.enum(['waiting', 'held', 'starting', 'failed']),
  /** Why it does not start, in words. */
  problem: z.string().nullable(),
  addedAt: z.string(),
});
export type QueueEntry = z.infer<typeof QueueEntry>;

/** In the order they will start. */
export const QueueView = z.object({
  entries: z.array(QueueEntry),
  /** Nothing starts by itself: a person paused it, or Flowdeck ended without closing it (behaviour.md §5). */
  paused: z.boolean(),
  pausedWhy: z.string().nullable(),
});
export type QueueView = z.infer<typeof QueueView>;

/** The queue is short: a change is the whole of it. */
export const QueueChange = z.object(QueueView.shape);
export type QueueChange = QueueView;

export const applyQueueChange = (_view: QueueView, change: QueueChange): QueueView => change;

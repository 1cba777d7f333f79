import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { QueueEntry } from '../../../shared/queue.ts';
import { notifyError, notifyUndo } from '../../components/toaster.tsx';
import {
  useAddToQueue,
  useHoldInQueue,
  useMoveInQueue,
  useReleaseInQueue,
  useRemoveFromQueue,
} from '../../wire/queries.ts';

/** A button of an entry. */
export type QueueAct = 'up' | 'down' | 'hold' | 'remove';

export interface QueueEdits {
  act(act: QueueAct, entry: QueueEntry): void;
  release(entry: QueueEntry): void;
}

/**
 * What a person does with entries. The list changes when the main side says so; the focus goes with the entry that
 * was moved, and to the next one where an entry was removed. `say` hears what was done.
 */
export function useQueueEdits(
  entries: readonly QueueEntry[],
  table: RefObject<HTMLTableElement | null>,
  say: (words: string) => void,
): QueueEdits {
  const move = useMoveInQueue();
  const hold = useHoldInQueue();
  const release = useReleaseInQueue();
  const remove = useRemoveFromQueue();
  const add = useAddToQueue();
  /** The button that shall have the focus once the list has changed. */
  const next = useRef<string | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a line that is moved loses the focus when the list changes.
  useLayoutEffect(() => {
    const wanted = next.current;
    next.current = null;
    if (wanted === null || document.activeElement !== document.body) return;
    table.current?.querySelector<HTMLElement>(`[data-act="${CSS.escape(wanted)}"]`)?.focus();
  }, [entries, table]);

  const onError = notifyError;
  const moveTo = (entry: QueueEntry, to: number, by: QueueAct) => {
    next.current = `${by} ${entry.id}`;
    const onSuccess = () => say(`${entry.name} is at place ${to + 1} of ${entries.length}.`);
    move.mutate({ id: entry.id, to }, { onError, onSuccess });
  };
  const letGo = ({ id, name }: QueueEntry) =>
    release.mutate({ id }, { onError, onSuccess: () => say(`${name} waits for its turn again.`) });
  const takeOut = (entry: QueueEntry, at: number) => {
    const { id, name, path, options, state } = entry;
    const neighbour = entries[at + 1] ?? entries[at - 1];
    next.current = neighbour === undefined ? null : `remove ${neighbour.id}`;
    const putBack = () =>
      add.mutate(
        { path, options, to: at, held: state !== 'waiting' },
        { onError, onSuccess: () => say(`${name} is back in the queue.`) },
      );
    remove.mutate({ id }, { onError, onSuccess: () => notifyUndo(`${name} is out of the queue.`, putBack) });
  };

  return {
    release: letGo,
    act(act, entry) {
      const at = entries.findIndex(({ id }) => id === entry.id);
      if (act === 'up') moveTo(entry, at - 1, act);
      else if (act === 'down') moveTo(entry, at + 1, act);
      else if (act === 'remove') takeOut(entry, at);
      else if (entry.state === 'held') letGo(entry);
      else hold.mutate({ id: entry.id }, { onError, onSuccess: () => say(`${entry.name} is on hold.`) });
    },
  };
}

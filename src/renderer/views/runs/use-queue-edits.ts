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
  const { mutateAsync: move } = useMoveInQueue();
  const { mutateAsync: hold } = useHoldInQueue();
  const { mutateAsync: letGo } = useReleaseInQueue();
  const { mutateAsync: remove } = useRemoveFromQueue();
  const { mutateAsync: add } = useAddToQueue();
  /** The button that shall have the focus once the list has changed. */
  const next = useRef<string | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a line that is moved loses the focus when the list changes.
  useLayoutEffect(() => {
    const wanted = next.current;
    next.current = null;
    if (wanted === null || document.activeElement !== document.body) return;
    table.current?.querySelector<HTMLElement>(`[data-act="${CSS.escape(wanted)}"]`)?.focus();
  }, [entries, table]);

  // Said also when the table has gone meanwhile: with the last entry it does.
  const tell = (work: Promise<unknown>, done: () => void) => {
    work.then(done, notifyError);
  };
  const moveTo = (entry: QueueEntry, to: number, by: QueueAct) => {
    next.current = `${by} ${entry.id}`;
    tell(move({ id: entry.id, to }), () => say(`${entry.name} is at place ${to + 1} of ${entries.length}.`));
  };
  const release = ({ id, name }: QueueEntry) =>
    tell(letGo({ id }), () => say(`${name} waits for its turn again.`));
  const takeOut = (entry: QueueEntry, at: number) => {
    const { id, name, path, options, state } = entry;
    const neighbour = entries[at + 1] ?? entries[at - 1];
    next.current = neighbour === undefined ? null : `remove ${neighbour.id}`;
    const putBack = () =>
      tell(add({ path, options, to: at, held: state !== 'waiting' }), () =>
        say(`${name} is back in the queue.`),
      );
    tell(remove({ id }), () => notifyUndo(`${name} is out of the queue.`, putBack));
  };

  return {
    release,
    act(act, entry) {
      const at = entries.findIndex(({ id }) => id === entry.id);
      if (act === 'up') moveTo(entry, at - 1, act);
      else if (act === 'down') moveTo(entry, at + 1, act);
      else if (act === 'remove') takeOut(entry, at);
      else if (entry.state === 'held') release(entry);
      else tell(hold({ id: entry.id }), () => say(`${entry.name} is on hold.`));
    },
  };
}

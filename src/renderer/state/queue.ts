import type { QueueEntry, QueueView } from '../../shared/queue.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { counted } from '../components/format.ts';
import type { Marked } from '../components/marks.ts';
import { isUnderWay } from './now-what.ts';

/** What the queue means for a person, decided from the live views. Pure. */

const waits = ({ state }: QueueEntry) => state === 'waiting' || state === 'starting';

/** The run that the next one has to wait for; one that waits for picks keeps nobody. */
export function runInTheWay(runs: readonly RunSummary[]): RunSummary | null {
  return runs.find((run) => isUnderWay(run) && run.status !== 'held') ?? null;
}

/** The place, from 1, that a run of this file gets if it is added now; null: it starts at once. */
export function placeIfAdded(
  queue: QueueView,
  runs: readonly RunSummary[],
  path: string,
): { place: number; because: string } | null {
  // What could not start makes room when its file is added again.
  const others = queue.entries.filter((entry) => entry.path !== path || entry.state !== 'failed');
  const place = others.length + 1;
  const running = runInTheWay(runs);
  if (queue.paused) return { place, because: 'The queue is paused.' };
  if (running) return { place, because: `${running.name} runs now.` };
  const first = others.find(waits);
  return first ? { place, because: `${first.name} is next.` } : null;
}

/** The place of a file in the queue, from 1; null: it is not in it, or could not start. */
export function placeOf(queue: QueueView, path: string): number | null {
  const at = queue.entries.findIndex((entry) => entry.path === path && entry.state !== 'failed');
  return at < 0 ? null : at + 1;
}

const marks: Record<QueueEntry['state'], Marked> = {
  waiting: { mark: 'waiting', word: 'waiting' },
  held: { mark: 'skipped', word: 'on hold' },
  starting: { mark: 'working', word: 'starting' },
  failed: { mark: 'failed', word: 'could not start' },
};

/** How an entry's state is shown. */
export const entryMark = ({ state }: QueueEntry): Marked => marks[state];

/** The queue in a few words, for the status bar; null when there is nothing in it. */
export function queueInShort({ entries, paused, pausedWhy }: QueueView): Marked | null {
  if (entries.length === 0) return null;
  const failed = entries.filter(({ state }) => state === 'failed').length;
  const words = [
    `${entries.length} queued`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(paused ? ['paused'] : []),
  ];
  const mark = failed > 0 ? 'failed' : pausedWhy !== null ? 'needs-you' : 'waiting';
  return { mark, word: words.join(', ') };
}

/** The queue in a sentence, for a screen reader and the line below its heading. */
export function queueSentence({ entries, paused }: QueueView): string {
  if (entries.length === 0) return paused ? 'The queue is empty and paused.' : 'The queue is empty.';
  const held = entries.filter(({ state }) => state === 'held').length;
  const failed = entries.filter(({ state }) => state === 'failed').length;
  const parts = [
    counted(entries.length, 'run'),
    ...(held > 0 ? [`${held} on hold`] : []),
    ...(failed > 0 ? [`${failed} could not start`] : []),
    ...(paused ? ['paused'] : []),
  ];
  return `${parts.join(', ')}.`;
}

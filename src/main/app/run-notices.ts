import type { RecoveryEntry } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import { interruptedWords, isNews } from './recovery-words.ts';

/** What a person who looks elsewhere is told of a run. */
export interface Notice {
  title: string;
  /** One sentence. */
  body: string;
}

/** Pure. Null: nothing to call a person for. What they ended themselves, they know. */
export function runNotice(now: RunSummary, before: RunSummary | null, over: boolean): Notice | null {
  const body = over ? ending(now) : waits(now, before);
  return body === null ? null : { title: now.name, body };
}

function ending({ status, done, total, counts, picksOpen, message }: RunSummary): string | null {
  switch (status) {
    case 'completed':
      return `Done: ${done} of ${total}.`;
    case 'failed-nodes':
      return counts.failed === 1 ? 'One node failed.' : `${counts.failed} nodes failed.`;
    case 'held':
      return `Waits for ${picks(picksOpen)}.`;
    case 'aborted':
      return message ?? 'It could not go on.';
    default:
      return null;
  }
}

function waits({ picksOpen }: RunSummary, before: RunSummary | null): string | null {
  return picksOpen > 0 && (before?.picksOpen ?? 0) === 0 ? `Waits for ${picks(picksOpen)}.` : null;
}

export const picks = (open: number): string => (open === 1 ? 'a pick' : `${open} picks`);

/** What is told at the start of runs that were interrupted; null: there is none. Pure. `now`: milliseconds. */
export function interruptedNotice(entries: readonly RecoveryEntry[], now: number): Notice | null {
  const [first, ...more] = entries.filter(isNews);
  if (first === undefined) return null;
  const title = more.length === 0 ? first.name : `${more.length + 1} runs were interrupted`;
  return { title, body: `${interruptedWords(first, now)} Recovery shows what is left.` };
}

import type { RunSummary } from '../../shared/run-view.ts';

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

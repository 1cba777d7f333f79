import type { RunEvent } from '../../shared/run-events.ts';
import type { AttemptView } from '../../shared/run-view.ts';

/** The tries at a node's candidates after an event, for the timeline. The same list where it changes nothing. Pure. */
export function attemptsAfter(attempts: AttemptView[], event: RunEvent): AttemptView[] {
  switch (event.type) {
    case 'task.reattached':
      return begun(attempts, event, { submittedAt: event.at, taskId: event.taskId });
    case 'task.submitted':
      return changed(attempts, event, { submittedAt: event.at, taskId: event.taskId });
    case 'candidate.stored':
      return changed(attempts, event, { outcome: 'done' }, event.at);
    case 'node.state': {
      const { row, candidate, reason = null } = event;
      if (row === undefined || candidate === undefined) return attempts;
      const place = { row, candidate, at: event.at };
      switch (event.state) {
        case 'submitting':
          return begun(attempts, place, {});
        case 'generating':
          // Until here it lay in G-Labs' own queue.
          return changed(attempts, place, { submittedAt: event.at });
        case 'downloading':
          return changed(attempts, place, {}, event.at);
        case 'waiting':
          return event.lost
            ? changed(attempts, place, { outcome: 'lost', message: reason }, event.at)
            : attempts;
        case 'failed':
          return changed(attempts, place, { outcome: 'failed', message: reason }, event.at);
        default:
          return attempts;
      }
    }
    default:
      return attempts;
  }
}

interface At {
  row: number;
  candidate: number;
  at: string;
}

const isOf = (attempt: AttemptView, { row, candidate }: At): boolean =>
  attempt.row === row && attempt.candidate === candidate;

/** A new try; one of the same candidate that was still open has failed, or it would not be tried again. */
function begun(attempts: AttemptView[], place: At, more: Partial<AttemptView>): AttemptView[] {
  const before = changed(attempts, place, { outcome: 'failed' }, place.at);
  return [
    ...before,
    {
      row: place.row,
      candidate: place.candidate,
      attempt: before.filter((attempt) => isOf(attempt, place)).length + 1,
      queuedAt: place.at,
      submittedAt: null,
      endedAt: null,
      outcome: 'working',
      taskId: null,
      message: null,
      ...more,
    },
  ];
}

/** Changes the open try of a candidate; `endedAt` counts only where it has no end yet. */
function changed(
  attempts: AttemptView[],
  place: At,
  change: Partial<AttemptView>,
  endedAt: string | null = null,
): AttemptView[] {
  const index = attempts.findLastIndex((attempt) => isOf(attempt, place) && attempt.outcome === 'working');
  const open = attempts[index];
  if (!open) return attempts;
  return attempts.with(index, { ...open, ...change, endedAt: open.endedAt ?? endedAt });
}

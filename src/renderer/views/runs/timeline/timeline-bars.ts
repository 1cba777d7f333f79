import type { AttemptView, RunNodeView } from '../../../../shared/run-view.ts';

/** The attempts of a node as bars in time. Times are milliseconds since 1970. Pure. */

/** How an attempt stands: as it ended, or where it is now. `cut`: the run ended while it was under way. */
export type BarKind = 'queued' | 'working' | 'done' | 'failed' | 'lost' | 'cut';

export interface Bar {
  /** Unique in its node. */
  key: string;
  /** From 0: candidates stand one below the other, and the retries of one after each other. */
  lane: number;
  queuedAt: number;
  /** Null while G-Labs has not begun it: until here it lay in our queue, then in that of G-Labs. */
  submittedAt: number | null;
  /** Null while it goes on, and for one that a run left behind when it ended. */
  endedAt: number | null;
  kind: BarKind;
  attempt: AttemptView;
}

/** Bars of a node, by candidate and in the order they began; `over`: the run has ended. */
export function barsOf(node: Pick<RunNodeView, 'attempts' | 'rows' | 'perRow'>, over: boolean): Bar[] {
  const lanes = lanesOf(node);
  return node.attempts
    .map((attempt): Bar => {
      const { row, candidate, outcome } = attempt;
      const queuedAt = Date.parse(attempt.queuedAt);
      const submittedAt = timeOr(attempt.submittedAt, queuedAt);
      return {
        key: `${row}.${candidate}.${attempt.attempt}`,
        lane: Math.min(lanes - 1, (row - 1) * Math.max(1, node.perRow) + candidate - 1),
        queuedAt,
        submittedAt,
        endedAt: timeOr(attempt.endedAt, submittedAt ?? queuedAt),
        kind: outcome !== 'working' ? outcome : over ? 'cut' : submittedAt === null ? 'queued' : 'working',
        attempt,
      };
    })
    .sort((a, b) => a.lane - b.lane || a.queuedAt - b.queuedAt);
}

/** Candidates a node should have: one lane each. Never changes in a run. */
export const lanesOf = (node: Pick<RunNodeView, 'rows' | 'perRow'>): number =>
  Math.max(1, node.rows) * Math.max(1, node.perRow);

/** A clock that was set back must not draw a bar from right to left. */
const timeOr = (iso: string | null, least: number): number | null =>
  iso === null ? null : Math.max(Date.parse(iso), least);

/** When a bar ends on the screen: `now` for what goes on, and for what was cut off the end of the run. */
export const barEnd = (bar: Bar, now: number): number =>
  bar.endedAt ?? Math.max(now, bar.submittedAt ?? bar.queuedAt);

/** How long an attempt waited to be taken, and how long G-Labs was at it, in ms; `now` ends what goes on. */
export function barSpans(bar: Bar, now: number): { waited: number; worked: number } {
  const end = barEnd(bar, now);
  const taken = bar.submittedAt ?? end;
  return { waited: taken - bar.queuedAt, worked: end - taken };
}

import type { RunNodeView } from '../../../../shared/run-view.ts';
import { duration } from '../../../components/format.ts';
import type { Marked } from '../../../components/marks.ts';
import { type Bar, type BarKind, barSpans } from './timeline-bars.ts';

/** What the timeline says of an attempt, in words. Pure. */

const kinds: Record<BarKind, Marked> = {
  queued: { mark: 'waiting', word: 'in the queue' },
  working: { mark: 'working', word: 'at work' },
  done: { mark: 'done', word: 'done' },
  failed: { mark: 'failed', word: 'failed' },
  lost: { mark: 'needs-you', word: 'lost; may have been paid for' },
  cut: { mark: 'skipped', word: 'under way when the run ended' },
};

/** How an attempt stands, as a mark with its word. */
export const barMark = (kind: BarKind): Marked => kinds[kind];

/** Which candidate and which try: `Row 2, candidate 3, attempt 1`. */
export function barName(node: Pick<RunNodeView, 'rows'>, bar: Bar): string {
  const { row, candidate, attempt } = bar.attempt;
  const place = node.rows > 1 ? `Row ${row}, candidate ${candidate}` : `Candidate ${candidate}`;
  return `${place}, attempt ${attempt}`;
}

/** How long it waited and how long it was worked at: `queued 3 s, then 45 s at work`. */
export function spanWords(bar: Bar, now: number): string {
  const { waited, worked } = barSpans(bar, now);
  if (bar.submittedAt === null) return `queued ${exactly(waited)}`;
  return `queued ${exactly(waited)}, then ${exactly(worked)} at work`;
}

/** A bar in one sentence, for a screen reader. */
export function barLabel(node: Pick<RunNodeView, 'rows'>, bar: Bar, now: number): string {
  const message = bar.attempt.message ? ` ${bar.attempt.message}` : '';
  return `${barName(node, bar)}: ${barMark(bar.kind).word}, ${spanWords(bar, now)}.${message}`;
}

/** A span in ms; under ten seconds with a tenth, since attempts can be that short. */
export function exactly(ms: number): string {
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : duration(ms / 1000);
}

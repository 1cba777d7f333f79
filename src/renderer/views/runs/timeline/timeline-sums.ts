import type { RunNodeView } from '../../../../shared/run-view.ts';
import { type Bar, type BarKind, barEnd, barSpans } from './timeline-bars.ts';

/** What the attempts of a run come to. */
export interface TimelineSums {
  attempts: number;
  /** The most tasks that were with G-Labs at once, and since when (ms since 1970). */
  busiest: { tasks: number; at: number } | null;
  /** The attempt G-Labs was at for the longest time, in ms. */
  longest: { node: RunNodeView; bar: Bar; ms: number } | null;
  /** Of all time of all attempts, the share before G-Labs took them, from 0 to 1; null when there is no time at all. */
  queueShare: number | null;
  /** Kinds of bars that there are. */
  kinds: ReadonlySet<BarKind>;
}

/** Pure; `now` (ms since 1970) ends what goes on. */
export function timelineSums(
  nodes: readonly { node: RunNodeView; bars: readonly Bar[] }[],
  now: number,
): TimelineSums {
  let attempts = 0;
  let waited = 0;
  let worked = 0;
  let longest: TimelineSums['longest'] = null;
  const kinds = new Set<BarKind>();
  /** Times at which a task came to G-Labs, and left it. */
  const came: number[] = [];
  const left: number[] = [];
  for (const { node, bars } of nodes) {
    for (const bar of bars) {
      const spans = barSpans(bar, now);
      attempts += 1;
      kinds.add(bar.kind);
      waited += spans.waited;
      worked += spans.worked;
      if (bar.submittedAt === null) continue;
      came.push(bar.submittedAt);
      left.push(barEnd(bar, now));
      if (spans.worked > (longest?.ms ?? 0)) longest = { node, bar, ms: spans.worked };
    }
  }
  const total = waited + worked;
  return {
    attempts,
    busiest: mostAtOnce(came, left),
    longest,
    queueShare: total > 0 ? waited / total : null,
    kinds,
  };
}

function mostAtOnce(came: number[], left: number[]): TimelineSums['busiest'] {
  came.sort((a, b) => a - b);
  left.sort((a, b) => a - b);
  let most: TimelineSums['busiest'] = null;
  let gone = 0;
  for (const [i, at] of came.entries()) {
    // One that leaves as another comes does not count beside it.
    while (gone < left.length && (left[gone] ?? Number.POSITIVE_INFINITY) <= at) gone += 1;
    const tasks = i + 1 - gone;
    if (tasks > (most?.tasks ?? 0)) most = { tasks, at };
  }
  return most;
}

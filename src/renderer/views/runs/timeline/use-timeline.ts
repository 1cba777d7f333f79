import { useMemo, useState } from 'react';
import type { RunNodeView, RunSummary } from '../../../../shared/run-view.ts';
import { useNow } from '../../../state/clock.tsx';
import { isUnderWay } from '../../../state/now-what.ts';
import { sameLayout } from '../board-layout.ts';
import { type Bar, barsOf } from './timeline-bars.ts';
import { type TimelineRow, timelineRows } from './timeline-rows.ts';
import { type TimelineSums, timelineSums } from './timeline-sums.ts';

/** The lines of a run's nodes; the very same for as long as no node is laid out in another way. */
export function useTimelineRows(nodes: readonly RunNodeView[]): { rows: readonly TimelineRow[] } {
  const [kept, setKept] = useState(() => ({ nodes, layout: { rows: timelineRows(nodes) } }));
  if (sameLayout(kept.nodes, nodes)) return kept.layout;
  const layout = { rows: timelineRows(nodes) };
  setKept({ nodes, layout });
  return layout;
}

/** Begin and end of the time that is drawn, in ms since 1970. While the run goes on the end is now. */
export function useRunTime(run: RunSummary): { began: number; end: number; live: boolean } {
  const now = useNow();
  const live = isUnderWay(run);
  const began = Date.parse(run.startedAt);
  if (live) return { began, end: Math.max(now, began), live };
  return { began, end: run.finishedAt === null ? began : Date.parse(run.finishedAt), live };
}

/** The bars of a node; made once for each version of it. */
export type BarsOf = (node: RunNodeView) => readonly Bar[];

export function useBars(live: boolean): BarsOf {
  return useMemo(() => {
    const made = new WeakMap<RunNodeView, Bar[]>();
    return (node) => {
      const known = made.get(node);
      if (known) return known;
      const bars = barsOf(node, !live);
      made.set(node, bars);
      return bars;
    };
  }, [live]);
}

/** The sums of all attempts, made anew once a second at most: they are read, not watched. */
export function useSums(nodes: readonly RunNodeView[], barsOf: BarsOf, end: number): TimelineSums {
  const make = () =>
    timelineSums(
      nodes.map((node) => ({ node, bars: barsOf(node) })),
      end,
    );
  const [kept, setKept] = useState(() => ({ barsOf, end, sums: make() }));
  if (kept.barsOf === barsOf && kept.end === end) return kept.sums;
  const sums = make();
  setKept({ barsOf, end, sums });
  return sums;
}

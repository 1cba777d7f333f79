import { type RefObject, useLayoutEffect, useMemo, useState } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { type BoardFilter, type FilteredRow, matchingRows } from './board-filter.ts';
import { type BoardLayout, layoutBoard, sameLayout } from './board-layout.ts';
import type { BoardColumns } from './board-row.tsx';

/** Width of the scene's column in pixels. */
export const SCENE_WIDTH = 56;

/** The layout of a run's nodes; the very same for as long as no node is laid out in another way. */
export function useBoardLayout(tabs: readonly string[], nodes: readonly RunNodeView[]): BoardLayout {
  const [kept, setKept] = useState(() => ({ tabs, nodes, layout: layoutBoard(tabs, nodes) }));
  if (kept.tabs === tabs && sameLayout(kept.nodes, nodes)) return kept.layout;
  const layout = layoutBoard(tabs, nodes);
  setKept({ tabs, nodes, layout });
  return layout;
}

/**
 * The lines to show. While `hold` (a person points at the board, or has the focus in it) the lines of a filter stay
 * as they are, since an update never moves what the pointer is on (ui.md, Manner).
 */
export function useShownRows<R extends FilteredRow>(
  layout: { rows: readonly R[] },
  nodes: ReadonlyMap<number, RunNodeView>,
  wanting: ReadonlySet<number>,
  { filter, search, hold }: { filter: BoardFilter; search: string; hold: boolean },
): readonly R[] {
  const now = useMemo(
    () => matchingRows(layout.rows, nodes, wanting, { filter, search }),
    [layout, nodes, wanting, filter, search],
  );
  const [kept, setKept] = useState({ rows: now, layout, filter, search });
  const asked = kept.layout === layout && kept.filter === filter && kept.search === search;
  if (asked && (hold || sameRows(kept.rows, now))) return kept.rows;
  if (kept.rows !== now || !asked) setKept({ rows: now, layout, filter, search });
  return now;
}

function sameRows(a: readonly FilteredRow[], b: readonly FilteredRow[]): boolean {
  return a.length === b.length && a.every((row, i) => row === b[i]);
}

/** Where the columns lie in a board of this width: what is left over goes to the prompts. */
export function useColumns(layout: BoardLayout, available: number): BoardColumns {
  return useMemo(() => {
    const { stages, widths, tabs } = layout;
    const least = stages.reduce((sum, stage) => sum + widths[stage], 0);
    const left = available - SCENE_WIDTH - least * tabs.length;
    const extra = tabs.length > 0 && left > 0 ? Math.floor(left / tabs.length) : 0;
    const places = stages.map((stage, i) => ({
      left: stages.slice(0, i).reduce((sum, each) => sum + widths[each] + (each === 'prompt' ? extra : 0), 0),
      width: widths[stage] + (stage === 'prompt' ? extra : 0),
    }));
    const tabWidth = least + extra;
    return {
      stages,
      places,
      sceneWidth: SCENE_WIDTH,
      tabWidth,
      width: SCENE_WIDTH + tabWidth * tabs.length,
    };
  }, [layout, available]);
}

/** The inner width of an element in pixels, as it changes. */
export function useInnerWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

/** The very same list for as long as it has the same members. */
export function useSteadyList<T>(now: readonly T[]): readonly T[] {
  const [kept, setKept] = useState(now);
  if (kept.length === now.length && kept.every((each, i) => each === now[i])) return kept;
  setKept(now);
  return now;
}

/** The very same set for as long as it has the same members. */
export function useSteadySet<T>(now: ReadonlySet<T>): ReadonlySet<T> {
  const [kept, setKept] = useState(now);
  if (kept === now || (kept.size === now.size && [...now].every((each) => kept.has(each)))) return kept;
  setKept(now);
  return now;
}

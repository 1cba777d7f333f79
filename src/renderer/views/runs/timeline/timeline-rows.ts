import type { RunNodeView } from '../../../../shared/run-view.ts';
import type { FilteredRow } from '../board-filter.ts';
import { lanesOf } from './timeline-bars.ts';

/**
 * The lines of the timeline: a node each, tab by tab, pictures before clips and by scene, which is the order in which
 * a run takes them up. Made of what never changes in a run, so that no line moves while one looks at it. Pure.
 */

export interface TimelineRow extends FilteredRow {
  key: string;
  nodeId: number;
  tab: string;
  tabIndex: number;
  /** Height of one candidate's lane in pixels, the space below it included. */
  lane: number;
  /** Pixels. */
  height: number;
}

/** Space above and below the lanes, in pixels. */
export const ROW_PADDING = 6;

/** Two lines of words at the left: title and state. */
const LEAST_HEIGHT = 44;

/** Up to this many candidates a lane is easy to point at; more are drawn finer. */
const WIDE_LANES = 4;

export function timelineRows(nodes: readonly RunNodeView[]): TimelineRow[] {
  return nodes
    .toSorted(
      (a, b) =>
        a.tabIndex - b.tabIndex ||
        kindOrder[a.kind] - kindOrder[b.kind] ||
        a.scene - b.scene ||
        a.nodeId - b.nodeId,
    )
    .map((node): TimelineRow => {
      const lanes = lanesOf(node);
      const lane = lanes <= WIDE_LANES ? 9 : 5;
      return {
        key: String(node.nodeId),
        nodeId: node.nodeId,
        ids: [node.nodeId],
        scene: node.scene,
        tab: node.tab,
        tabIndex: node.tabIndex,
        lane,
        height: Math.max(LEAST_HEIGHT, lanes * lane + 2 * ROW_PADDING),
      };
    });
}

const kindOrder = { image: 0, video: 1 };

/** A line of the list: a node, or the name of the tab above its nodes. */
export type TimelineLine =
  | { kind: 'node'; row: TimelineRow }
  | { kind: 'tab'; tab: string; tabIndex: number };

export const TAB_HEIGHT = 28;

export const lineHeight = (line: TimelineLine): number =>
  line.kind === 'tab' ? TAB_HEIGHT : line.row.height;

/** Puts the name of each tab above its nodes; with one tab its name is not repeated. */
export function linesOf(rows: readonly TimelineRow[], severalTabs: boolean): TimelineLine[] {
  return rows.flatMap((row, i): TimelineLine[] => {
    const begins = severalTabs && row.tabIndex !== rows[i - 1]?.tabIndex;
    const line: TimelineLine = { kind: 'node', row };
    return begins ? [{ kind: 'tab', tab: row.tab, tabIndex: row.tabIndex }, line] : [line];
  });
}

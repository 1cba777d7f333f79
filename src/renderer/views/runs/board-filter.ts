import type { RunNodeView } from '../../../shared/run-view.ts';
import { nodeMark } from '../../components/marks.ts';

/** Which scenes the board shows. Pure. */

/** What a filter has to know of a line of nodes, on the board and on the timeline. */
export interface FilteredRow {
  scene: number;
  ids: readonly number[];
}

export const boardFilters = ['all', 'needs-you', 'failed', 'working', 'done'] as const;
export type BoardFilter = (typeof boardFilters)[number];

/**
 * Nodes at whose gate a person has to pick before the run can go on. A held node counts by itself only when there is
 * no such gate above it: one pick is one thing to do.
 */
export function nodesWantingPick(nodes: readonly RunNodeView[]): ReadonlySet<number> {
  const held = nodes.filter((node) => node.state === 'held');
  const above = new Set(held.flatMap((node) => node.needs));
  const wanting = new Set<number>();
  for (const { nodeId, gates } of nodes) {
    if (gates.some((gate) => gate.picks.length === 0 && (gate.held || above.has(nodeId))))
      wanting.add(nodeId);
  }
  for (const { nodeId, needs } of held) {
    if (!needs.some((id) => wanting.has(id))) wanting.add(nodeId);
  }
  return wanting;
}

/** Whether one node is of those a filter asks for. */
export function isWanted(node: RunNodeView, filter: BoardFilter, wantsPick: boolean): boolean {
  if (filter === 'all') return true;
  if (filter === 'needs-you') return wantsPick;
  const { mark } = nodeMark(node.state);
  if (filter === 'done') return mark === 'done' || mark === 'cached';
  return mark === filter;
}

/** How many nodes each filter would find. */
export function filterCounts(
  nodes: readonly RunNodeView[],
  wanting: ReadonlySet<number>,
): Record<BoardFilter, number> {
  const counts = { all: 0, 'needs-you': 0, failed: 0, working: 0, done: 0 };
  for (const node of nodes) {
    for (const filter of boardFilters) {
      if (isWanted(node, filter, wanting.has(node.nodeId))) counts[filter] += 1;
    }
  }
  return counts;
}

/** Lines that have a node of the filter and all words of the search; all lines, the very same, when nothing is asked. */
export function matchingRows<R extends FilteredRow>(
  rows: readonly R[],
  nodes: ReadonlyMap<number, RunNodeView>,
  wanting: ReadonlySet<number>,
  { filter, search }: { filter: BoardFilter; search: string },
): readonly R[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (filter === 'all' && words.length === 0) return rows;
  return rows.filter((row) => {
    const members = row.ids.flatMap((id) => nodes.get(id) ?? []);
    return (
      members.some((node) => isWanted(node, filter, wanting.has(node.nodeId))) &&
      words.every((word) => hasWord(word, row.scene, members))
    );
  });
}

/** A number means the scene of this number, or a number in a title: `3` finds Scene 03, not Scene 13. */
export function hasWord(
  word: string,
  scene: number,
  members: readonly Pick<RunNodeView, 'title' | 'tab'>[],
): boolean {
  if ('scene'.startsWith(word)) return true;
  const titles = members.map((node) => `${node.title} ${node.tab}`.toLowerCase());
  if (!/^\d+$/.test(word)) return titles.some((title) => title.includes(word));
  const wanted = Number(word);
  return (
    scene === wanted || titles.some((title) => (title.match(/\d+/g) ?? []).some((n) => Number(n) === wanted))
  );
}

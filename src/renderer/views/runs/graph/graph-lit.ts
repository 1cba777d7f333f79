import type { RunNodeView } from '../../../../shared/run-view.ts';
import { type BoardFilter, hasWord, matchingRows } from '../board-filter.ts';
import type { GraphTab } from './graph-model.ts';

/**
 * Cards that match the filter and the search of the toolbar: the generation nodes that do, with the prompts, media and
 * gates that are about them, and what is found by its own title. Null when nothing is asked. Pure.
 */
export function litCards(
  tab: GraphTab,
  nodes: ReadonlyMap<number, RunNodeView>,
  wanting: ReadonlySet<number>,
  { filter, search }: { filter: BoardFilter; search: string },
): ReadonlySet<number> | null {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (filter === 'all' && words.length === 0) return null;
  const rows = [...nodes.values()].map(({ nodeId, scene }) => ({ nodeId, scene, ids: [nodeId] }));
  const found = new Set(matchingRows(rows, nodes, wanting, { filter, search }).map((row) => row.nodeId));
  const named = (title: string) =>
    filter === 'all' && words.every((word) => hasWord(word, Number.NaN, [{ title, tab: tab.name }]));
  return new Set(
    tab.cards
      .filter(({ title, about }) => about.some((id) => found.has(id)) || named(title))
      .map(({ id }) => id),
  );
}

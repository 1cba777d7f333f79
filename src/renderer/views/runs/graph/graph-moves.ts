import type { GraphTab, Places } from './graph-model.ts';

/** Going from node to node with the keyboard. Pure. */

/** Columns of a tab: how many links lead to a node at most, and the nodes of each column from top to bottom. */
export interface GraphColumns {
  columnOf: ReadonlyMap<number, number>;
  columns: readonly (readonly number[])[];
}

/**
 * A node's column is the length of the longest way to it, so that each node has one before it in the column to its left,
 * however it is drawn. Nodes on a circle, of which no run is made, count as beginnings.
 */
export function columnsOf(tab: GraphTab, places: Places): GraphColumns {
  const columnOf = new Map<number, number>();
  const missing = new Map(tab.cards.map(({ id }) => [id, tab.to.get(id)?.length ?? 0]));
  const ready = tab.cards.filter(({ id }) => missing.get(id) === 0).map(({ id }) => id);
  for (const id of ready) columnOf.set(id, columnOf.get(id) ?? 0);
  for (let at = ready.shift(); at !== undefined; at = ready.shift()) {
    const column = (columnOf.get(at) ?? 0) + 1;
    for (const { to } of tab.from.get(at) ?? []) {
      columnOf.set(to, Math.max(columnOf.get(to) ?? 0, column));
      const left = (missing.get(to) ?? 0) - 1;
      missing.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  for (const [id, left] of missing) if (left > 0) columnOf.set(id, 0);

  const columns: number[][] = [];
  for (const { id } of tab.cards) {
    const column = columnOf.get(id) ?? 0;
    while (columns.length <= column) columns.push([]);
    columns[column]?.push(id);
  }
  const height = (id: number) => places.get(id)?.y ?? 0;
  const across = (id: number) => places.get(id)?.x ?? 0;
  for (const column of columns) column.sort((a, b) => height(a) - height(b) || across(a) - across(b));
  return { columnOf, columns };
}

/**
 * Where a key leads from a node: left and right along links, to the nearest column and there to the nearest height; up
 * and down within the column; Home and End to the first and the last node. Every node can be come to. The node itself
 * where there is none; null: the key is not ours.
 */
export function moveOnGraph(
  from: number,
  key: string,
  tab: GraphTab,
  places: Places,
  { columnOf, columns }: GraphColumns,
): number | null {
  const column = columns[columnOf.get(from) ?? 0] ?? [];
  const beside = (ids: readonly number[], direction: 1 | -1) => {
    const near = (id: number) => direction * (columnOf.get(id) ?? 0);
    const away = (id: number) => Math.abs((places.get(id)?.y ?? 0) - (places.get(from)?.y ?? 0));
    return ids.toSorted((a, b) => near(a) - near(b) || away(a) - away(b))[0] ?? from;
  };
  switch (key) {
    case 'ArrowRight':
      return beside(
        (tab.from.get(from) ?? []).map((link) => link.to),
        1,
      );
    case 'ArrowLeft':
      return beside(
        (tab.to.get(from) ?? []).map((link) => link.from),
        -1,
      );
    case 'ArrowUp':
      return column[column.indexOf(from) - 1] ?? from;
    case 'ArrowDown':
      return column[column.indexOf(from) + 1] ?? from;
    case 'Home':
      return columns[0]?.[0] ?? from;
    case 'End':
      return columns.at(-1)?.at(-1) ?? from;
    default:
      return null;
  }
}

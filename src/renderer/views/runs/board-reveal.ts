import { useEffect, useLayoutEffect, useRef } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { nodeOfCell } from './board-cells.tsx';
import type { BoardLayout, BoardRow } from './board-layout.ts';

/** Where a node stands on the board. */
interface NodePlace {
  row: number;
  key: string;
  column: number;
}

/**
 * The cell to go to for a node that is shown: that of its gate while a pick is wanted there, else its own. Null: its
 * line is filtered away.
 */
export function placeOfNode(
  rows: readonly BoardRow[],
  layout: Pick<BoardLayout, 'stages'>,
  node: RunNodeView,
  wantsPick: boolean,
): NodePlace | null {
  const row = rows.findIndex(({ ids }) => ids.includes(node.nodeId));
  const found = rows[row];
  if (!found) return null;
  const gate = wantsPick ? layout.stages.indexOf('gate') : -1;
  const stage = gate >= 0 ? gate : layout.stages.indexOf(node.kind);
  return { row, key: found.key, column: node.tabIndex * layout.stages.length + stage };
}

/** The node of a cell. */
export function nodeAt(
  row: BoardRow | undefined,
  { stages }: Pick<BoardLayout, 'stages'>,
  column: number,
  nodes: ReadonlyMap<number, RunNodeView>,
): RunNodeView | null {
  const slot = row?.slots[Math.floor(column / stages.length)];
  const stage = stages[column % stages.length];
  const find = (id: number | null | undefined) => (id == null ? null : (nodes.get(id) ?? null));
  return stage ? nodeOfCell(stage, { image: find(slot?.image), video: find(slot?.video) }) : null;
}

/** Calls `reveal` when another node is opened; a node that is opened already when the board comes is revealed, too. */
export function useReveal(openId: number | null, reveal: (nodeId: number) => void): void {
  const latest = useRef(reveal);
  useLayoutEffect(() => {
    latest.current = reveal;
  });
  useEffect(() => {
    if (openId !== null) latest.current(openId);
  }, [openId]);
}

import { type KeyboardEvent, type MouseEvent, useRef } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import type { BoardRow, Stage } from './board-layout.ts';
import { nodesBetween, type SelectionChange } from './selection.ts';

/** A cell of the board: by the key of its line, since the line's number changes with the filter. */
export interface BoardCell {
  key: string;
  column: number;
  nodeId: number | null;
}

type Selecting = {
  rows: readonly BoardRow[];
  stages: readonly Stage[];
  nodes: ReadonlyMap<number, RunNodeView>;
  onSelect: (change: SelectionChange) => void;
};

/**
 * How nodes are selected on the board: Control and click or Space one by one, Shift and click or arrow a range,
 * Control and A all that are shown, a click on a scene's number all of it. Each tells whether the event was its own.
 */
export function useSelectionGestures({ rows, stages, nodes, onSelect }: Selecting) {
  /** Where a range is drawn from, and whether one is being drawn already. */
  const anchor = useRef<BoardCell | null>(null);
  const drawing = useRef(false);

  const startAt = (cell: BoardCell) => {
    anchor.current = cell;
    drawing.current = false;
  };
  const placeOf = ({ key, column }: BoardCell) => ({
    row: rows.findIndex((row) => row.key === key),
    column,
  });
  /** `from`: where one comes from, if no range was begun. */
  const extendTo = (cell: BoardCell, from: BoardCell = cell) => {
    // The line a range began in may have been filtered away meanwhile.
    if (anchor.current === null || placeOf(anchor.current).row < 0) startAt(from);
    const ids = nodesBetween(rows, stages, nodes, placeOf(anchor.current ?? from), placeOf(cell));
    onSelect({ kind: 'range', ids, begins: !drawing.current });
    drawing.current = true;
  };
  const toggle = (cell: BoardCell) => {
    startAt(cell);
    if (cell.nodeId !== null) onSelect({ kind: 'toggle', id: cell.nodeId });
  };

  return {
    startAt,
    extendTo,
    onClick: (event: MouseEvent<HTMLElement>, cell: BoardCell | null): boolean => {
      const scene = cell === null && event.target instanceof Element && event.target.closest('[data-scene]');
      if (scene instanceof HTMLElement) {
        const ofScene = rows.filter((row) => String(row.scene) === scene.dataset.scene);
        onSelect({ kind: 'add', ids: ofScene.flatMap((row) => row.ids) });
        return true;
      }
      if (!cell) return false;
      const one = event.ctrlKey || event.metaKey;
      if (event.shiftKey) extendTo(cell);
      else if (one) toggle(cell);
      else startAt(cell);
      return event.shiftKey || one;
    },
    onKeyDown: (press: KeyboardEvent<HTMLElement>, cell: BoardCell): boolean => {
      const mod = press.ctrlKey || press.metaKey;
      if (press.key === ' ' && !mod && !press.altKey) {
        if (press.shiftKey) extendTo(cell);
        else toggle(cell);
        return true;
      }
      if (press.key.toLowerCase() === 'a' && mod && !press.shiftKey && !press.altKey) {
        onSelect({ kind: 'add', ids: rows.flatMap((row) => row.ids) });
        return true;
      }
      return false;
    },
  };
}

import type { RunNodeView } from '../../../shared/run-view.ts';
import type { CellPlace } from './board-keys.ts';
import type { BoardRow, Stage } from './board-layout.ts';
import { nodeAt } from './board-reveal.ts';

/** Nodes that are chosen for something that is done with all of them. Pure. */

export interface Selection {
  /** What is chosen now. */
  marked: ReadonlySet<number>;
  /** What was chosen when the range being drawn began: the range can grow and shrink without losing it. */
  base: ReadonlySet<number>;
}

export type SelectionChange =
  /** Takes one in, or out. */
  | { kind: 'toggle'; id: number }
  /** A range; `begins`: it is a new one, what was chosen before stays. */
  | { kind: 'range'; ids: readonly number[]; begins: boolean }
  | { kind: 'add'; ids: readonly number[] }
  | { kind: 'clear' };

const nothing: ReadonlySet<number> = new Set();
export const noSelection: Selection = { marked: nothing, base: nothing };

export function select({ marked, base }: Selection, change: SelectionChange): Selection {
  const settled = (next: ReadonlySet<number>): Selection => ({ marked: next, base: next });
  switch (change.kind) {
    case 'toggle': {
      const rest = new Set(marked);
      if (!rest.delete(change.id)) rest.add(change.id);
      return settled(rest);
    }
    case 'range': {
      const from = change.begins ? marked : base;
      return { marked: new Set([...from, ...change.ids]), base: from };
    }
    case 'add':
      return settled(new Set([...marked, ...change.ids]));
    case 'clear':
      return noSelection;
  }
}

/** What is chosen, of the nodes there are; the very same set where none is gone. */
export function stillThere(
  marked: ReadonlySet<number>,
  nodes: ReadonlyMap<number, unknown>,
): ReadonlySet<number> {
  return [...marked].every((id) => nodes.has(id))
    ? marked
    : new Set([...marked].filter((id) => nodes.has(id)));
}

/** Nodes of all cells between two cells of the board, both included. */
export function nodesBetween(
  rows: readonly BoardRow[],
  stages: readonly Stage[],
  nodes: ReadonlyMap<number, RunNodeView>,
  one: CellPlace,
  other: CellPlace,
): number[] {
  const [top, bottom] = ordered(one.row, other.row);
  const [left, right] = ordered(one.column, other.column);
  const ids = rows.slice(top, bottom + 1).flatMap((row) =>
    Array.from({ length: right - left + 1 }, (_, i) => left + i).flatMap((column) => {
      const node = nodeAt(row, { stages }, column, nodes);
      return node ? [node.nodeId] : [];
    }),
  );
  return [...new Set(ids)];
}

const ordered = (a: number, b: number): [number, number] => (a <= b ? [a, b] : [b, a]);

import { useMemo, useReducer } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { noSelection, type SelectionChange, select, stillThere } from './selection.ts';

interface UsedSelection {
  /** Nodes of the run by id. */
  byId: ReadonlyMap<number, RunNodeView>;
  /** Nodes that are selected; the same set for as long as it has the same members. */
  marked: ReadonlySet<number>;
  change: (change: SelectionChange) => void;
}

/** The nodes of a run that a person has selected, for as long as the run is open. All views of it share them. */
export function useSelection(nodes: readonly RunNodeView[]): UsedSelection {
  const [selection, change] = useReducer(select, noSelection);
  const byId = useMemo(() => new Map(nodes.map((node) => [node.nodeId, node])), [nodes]);
  return { byId, marked: stillThere(selection.marked, byId), change };
}

import type { CandidateView, GateView, RunNodeView } from '../../../shared/run-view.ts';

/** Picks at gates as the screen shows and makes them. Rows and candidates count from 1. Pure. */

export interface Choice {
  row: number;
  candidate: number;
}

/** Who chose a candidate: a person's pick is kept in the workflow file, the machine's only in the run. */
export type PickedBy = 'person' | 'machine';

/**
 * The candidate a gate passes on for a row, and who chose it. While the run waits for a person at the gate
 * (`wantsPick`), the machine has no say.
 */
export function pickedFor(
  gate: GateView,
  row: number,
  wantsPick: boolean,
): { candidate: number; by: PickedBy } | null {
  const own = gate.picks.find((pick) => pick.row === row);
  if (own) return { candidate: own.candidate, by: 'person' };
  const machine = wantsPick || gate.held ? undefined : gate.machinePicks.find((pick) => pick.row === row);
  return machine ? { candidate: machine.candidate, by: 'machine' } : null;
}

/** Whether there is a picture or clip to look at and to pick. */
export function isThere(candidate: CandidateView): boolean {
  return candidate.url !== null || candidate.media !== null;
}

export function candidateAt(node: RunNodeView, { row, candidate }: Choice): CandidateView | null {
  return node.candidates.find((each) => each.row === row && each.candidate === candidate) ?? null;
}

/** The candidates of each row, in order; rows that have none yet are there, too. */
export function candidateRows(node: RunNodeView): { row: number; candidates: CandidateView[] }[] {
  const ofRow = Map.groupBy(node.candidates, (candidate) => candidate.row);
  const rows = Math.max(node.rows, ...ofRow.keys());
  return Array.from({ length: rows }, (_, i) => ({
    row: i + 1,
    candidates: (ofRow.get(i + 1) ?? []).toSorted((a, b) => a.candidate - b.candidate),
  }));
}

/**
 * The node as it will be after a person's pick, to be shown at once. A gate keeps a single pick; the other rows get
 * the machine's, which is the first candidate that is there (behaviour.md §2 and §5).
 */
export function withPick(node: RunNodeView, gateId: number, choice: Choice): RunNodeView {
  const machinePicks = candidateRows(node).flatMap(({ row, candidates }) => {
    const first = candidates.find(isThere);
    return row === choice.row || !first ? [] : [{ row, candidate: first.candidate }];
  });
  return withGate(node, gateId, (gate) => ({ ...gate, picks: [choice], machinePicks, held: false }));
}

/** The node with one gate changed. */
export function withGate(
  node: RunNodeView,
  gateId: number,
  change: (gate: GateView) => GateView,
): RunNodeView {
  return { ...node, gates: node.gates.map((gate) => (gate.nodeId === gateId ? change(gate) : gate)) };
}

/**
 * The next node at whose gate a person has to pick, scene by scene, after the one that is open; from the first again
 * after the last. Null: no pick is open.
 */
export function nextOpenPick(
  nodes: readonly RunNodeView[],
  wanting: ReadonlySet<number>,
  afterId: number | null,
): RunNodeView | null {
  const inOrder = nodes
    .filter((node) => wanting.has(node.nodeId) || node.nodeId === afterId)
    .toSorted((a, b) => a.scene - b.scene || a.tabIndex - b.tabIndex || a.nodeId - b.nodeId);
  const at = inOrder.findIndex((node) => node.nodeId === afterId);
  const round = [...inOrder.slice(at + 1), ...inOrder.slice(0, at + 1)];
  // A node that is held has nothing to pick yet: it was held for a pick that was made this moment.
  const open = round.find(
    (node) => wanting.has(node.nodeId) && node.gates.length > 0 && node.state !== 'held',
  );
  return open ?? null;
}

/** The name of a gate, which may have no title. */
export const gateName = (gate: GateView): string => gate.title.trim() || `gate ${gate.nodeId}`;

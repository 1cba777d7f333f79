import type { GateView, RunNodeView } from '../../../shared/run-view.ts';
import { useAction } from '../../state/actions.ts';
import { candidateAt, gateName, isThere } from './picks.ts';
import type { MakePick } from './use-run-edits.ts';

/** What the keys 1 to 4 pick. */
export interface PickTarget {
  node: RunNodeView;
  gate: GateView;
  row: number;
}

/** Candidates that have a key. */
export const PICK_KEYS = [1, 2, 3, 4] as const;

/** The node's first gate and the row one would pick in: that of the pick there is, else the first. */
export function defaultTarget(node: RunNodeView): PickTarget | null {
  const [gate] = node.gates;
  return gate ? { node, gate, row: gate.picks[0]?.row ?? 1 } : null;
}

/** Binds 1 to 4, and the palette, to the candidates of a row for as long as it is there. */
export function PickKeys({ target, onPick }: { target: PickTarget; onPick: MakePick }) {
  return PICK_KEYS.map((candidate) => (
    <PickKey key={candidate} target={target} candidate={candidate} onPick={onPick} />
  ));
}

function PickKey({ target, candidate, onPick }: { target: PickTarget; candidate: number; onPick: MakePick }) {
  const { node, gate, row } = target;
  const there = candidateAt(node, { row, candidate });
  const ofRow = node.rows > 1 ? ` of row ${row}` : '';
  useAction(
    there && isThere(there)
      ? {
          id: `pick-${candidate}`,
          title: `Pick candidate ${candidate}${ofRow} at ${gateName(gate)}`,
          group: 'Run',
          shortcut: String(candidate),
          run: () => onPick(node, gate, { row, candidate }),
        }
      : null,
  );
  return null;
}

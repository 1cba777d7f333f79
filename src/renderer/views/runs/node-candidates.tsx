import { useState } from 'react';
import type { RunNodeView } from '../../../shared/run-view.ts';
import { cx } from '../../components/cx.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { CandidateGrid } from './candidate-grid.tsx';
import { Lightbox } from './lightbox.tsx';
import { defaultTarget, PickKeys } from './pick-keys.tsx';
import { type Choice, gateName, isThere } from './picks.ts';
import { PanelPart } from './side-panel.tsx';
import type { MakePick } from './use-run-edits.ts';

type CandidatesProps = {
  node: RunNodeView;
  /** Picks can be made: the run is ours, or over. */
  canPick: boolean;
  /** The run waits for a person's pick at the node's gate. */
  wantsPick: boolean;
  onPick: MakePick;
  /** Makes one candidate anew; null while it cannot be. */
  onReroll: ((choice: Choice) => void) | null;
};

/** The candidates of the selected node, small and large, with what can be done with each. */
export function Candidates({ node, canPick, wantsPick, onPick, onReroll }: CandidatesProps) {
  // Decided once: a pick must not lead the keys on to another gate under a person's fingers.
  const [gateId, setGateId] = useState(() => firstOpenGate(node)?.nodeId ?? null);
  const [row, setRow] = useState(() => defaultTarget(node)?.row ?? 1);
  const [large, setLarge] = useState<Choice | null>(null);
  const gate = node.gates.find((each) => each.nodeId === gateId) ?? node.gates[0] ?? null;
  const activeRow = large?.row ?? row;
  const pick = (choice: Choice) => {
    if (gate) onPick(node, gate, choice);
  };
  return (
    <PanelPart title={node.kind === 'image' ? 'Images' : 'Clips'}>
      {gate && (
        <p className="text-muted">
          Gate: {gateName(gate)}
          {canPick && node.rows === 1 && node.candidates.some(isThere) && ' · the keys 1 to 4 pick here'}
        </p>
      )}
      {node.gates.length > 1 && (
        <fieldset className="flex flex-wrap gap-1">
          <legend className="sr-only">Gate to pick for</legend>
          {node.gates.map((each) => (
            <button
              key={each.nodeId}
              type="button"
              aria-pressed={each === gate}
              onClick={() => setGateId(each.nodeId)}
              className={cx(
                'h-6 rounded-sm px-2 text-xs hover:bg-hover',
                each === gate && 'bg-hover font-medium',
              )}
            >
              {gateName(each)}
            </button>
          ))}
        </fieldset>
      )}
      <CandidateGrid
        node={node}
        gate={gate}
        canPick={canPick}
        wantsPick={wantsPick}
        activeRow={activeRow}
        onActiveRow={setRow}
        onOpen={setLarge}
        onPick={pick}
        onReroll={onReroll}
      />
      {canPick && gate && <PickKeys target={{ node, gate, row: activeRow }} onPick={onPick} />}
      <Lightbox
        node={node}
        gate={gate}
        canPick={canPick}
        wantsPick={wantsPick}
        shown={large}
        onShow={setLarge}
        onPick={pick}
        onReroll={onReroll}
      />
      <Messages node={node} />
    </PanelPart>
  );
}

/** The gate to pick for first: one that has no pick yet, else the first. */
const firstOpenGate = (node: RunNodeView) =>
  node.gates.find((gate) => gate.picks.length === 0) ?? node.gates[0];

/** What G-Labs, or we, had to say of candidates that did not come. */
function Messages({ node }: { node: RunNodeView }) {
  const told = node.candidates.filter(({ state, message }) => state === 'failed' && message !== null);
  if (told.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1">
      {told.map(({ row, candidate, message }) => (
        <li key={`${row}.${candidate}`} className="flex items-start gap-2">
          <StateMark
            mark="failed"
            word={node.rows > 1 ? `row ${row}, no. ${candidate}` : `no. ${candidate}`}
            className="shrink-0"
          />
          <span className="min-w-0 break-words text-muted">{message}</span>
        </li>
      ))}
    </ul>
  );
}

import { X } from 'lucide-react';
import { memo, useState } from 'react';
import { errorWords } from '../../../shared/error-words.ts';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { cx } from '../../components/cx.ts';
import { Fact, Facts } from '../../components/data-table.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted, duration, exactTime, fileName } from '../../components/format.ts';
import { Kbd } from '../../components/kbd.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { CandidateGrid } from './candidate-grid.tsx';
import { Lightbox } from './lightbox.tsx';
import { Media } from './media.tsx';
import { NodeJournal } from './node-journal.tsx';
import { defaultTarget, PickKeys } from './pick-keys.tsx';
import { type Choice, gateName, isThere } from './picks.ts';
import { nodeWords, reasonWords } from './run-words.ts';
import { PanelPart, SidePanel } from './side-panel.tsx';
import type { MakePick } from './use-run-edits.ts';

type NodePanelProps = {
  runId: string;
  node: RunNodeView;
  /** Picks can be made: the run is ours, or over. */
  canPick: boolean;
  /** The run waits for a person's pick at the node's gate. */
  wantsPick: boolean;
  onPick: MakePick;
  onClose: () => void;
};

/** Everything about the selected node (ui.md, screen 3). Drawn anew only when the node has changed. */
export const NodePanel = memo(NodePanelNow);

function NodePanelNow({ runId, node, canPick, wantsPick, onPick, onClose }: NodePanelProps) {
  return (
    <SidePanel
      label="Selected node"
      title={node.title}
      aside={
        <>
          <Kbd shortcut="escape" />
          <IconButton label="Close the node" size="sm" icon={<X aria-hidden />} onClick={onClose} />
        </>
      }
    >
      <div className="flex flex-col gap-1">
        <StateMark {...nodeWords(node)} className="font-medium" />
        {node.note && node.note !== node.reason && node.note !== nodeWords(node).word && (
          <p className="text-muted">{node.note}</p>
        )}
        <p className="text-muted">
          {reasonWords(node.reason)}
          {node.trusted && ' It was made by another tool and is trusted as it is.'}
        </p>
      </div>
      {node.error && (
        <ErrorCard
          what={errorWords[node.error.error].cause}
          why={
            node.error.attempts === 0
              ? 'Nothing was submitted for it.'
              : `After ${counted(node.error.attempts, 'attempt')}.`
          }
          cure={node.error.cure}
          raw={node.error.message}
        />
      )}
      <Candidates key={node.nodeId} node={node} canPick={canPick} wantsPick={wantsPick} onPick={onPick} />
      <Prompts node={node} />
      {node.references.length > 0 && <References node={node} />}
      <NodeFacts node={node} />
      <NodeJournal runId={runId} node={node} />
    </SidePanel>
  );
}

type CandidatesProps = Pick<NodePanelProps, 'node' | 'canPick' | 'wantsPick' | 'onPick'>;

function Candidates({ node, canPick, wantsPick, onPick }: CandidatesProps) {
  const [gateId, setGateId] = useState<number | null>(null);
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
      />
    </PanelPart>
  );
}

function Prompts({ node }: { node: RunNodeView }) {
  return (
    <PanelPart title={node.prompts.length > 1 ? 'Prompts, resolved by row' : 'Prompt, resolved'}>
      {node.prompts.length === 0 && <p className="text-muted">This node has no prompt.</p>}
      <ol className="flex flex-col gap-2">
        {node.prompts
          .map((prompt, i) => ({ prompt, row: i + 1 }))
          .map(({ prompt, row }) => (
            <li key={row} className="flex items-start gap-2">
              {node.prompts.length > 1 && <span className="w-4 shrink-0 text-muted">{row}</span>}
              <p className="min-w-0 flex-1 whitespace-pre-wrap break-words">{prompt}</p>
              <CopyButton text={prompt} what={`the prompt of row ${row}`} />
            </li>
          ))}
      </ol>
    </PanelPart>
  );
}

function References({ node }: { node: RunNodeView }) {
  return (
    <PanelPart title="References">
      <ul className="flex flex-wrap gap-2">
        {node.references.map((reference) => (
          <li key={`${reference.label} ${reference.url}`} className="w-20 min-w-0">
            <div className="flex size-20 items-center justify-center overflow-hidden rounded-sm bg-sunken">
              {reference.media ? (
                <Media media={reference.media} kind="image" width={160} alt={reference.label} />
              ) : (
                <span className="p-1 text-center text-muted text-xs">no preview</span>
              )}
            </div>
            <p className="truncate text-xs">{reference.label}</p>
            <p className="truncate text-muted text-xs" title={reference.url}>
              {fileName(reference.url)}
            </p>
          </li>
        ))}
      </ul>
    </PanelPart>
  );
}

function NodeFacts({ node }: { node: RunNodeView }) {
  const { startedAt, finishedAt } = node;
  return (
    <PanelPart title="Node">
      <Facts>
        <Fact name="Kind">{node.kind}</Fact>
        <Fact name="Model">{node.model}</Fact>
        <Fact name="Shape">{node.aspectRatio}</Fact>
        <Fact name="Tab, scene">
          {node.tab}, scene {node.scene}
        </Fact>
        <Fact name="Asked for">
          {counted(node.rows, 'row')} × {counted(node.perRow, 'candidate')}
        </Fact>
        <Fact name="Attempts">{node.attempt === 0 ? 'none' : `${node.attempt} at most for a candidate`}</Fact>
        {startedAt && (
          <Fact name="Worked on">
            <span title={exactTime(startedAt)}>
              {finishedAt
                ? duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)
                : `since ${exactTime(startedAt)}`}
            </span>
          </Fact>
        )}
        {node.needs.length > 0 && <Fact name="Needs">{node.needs.map((id) => `node ${id}`).join(', ')}</Fact>}
        <Fact name="Node id">{node.nodeId}</Fact>
      </Facts>
    </PanelPart>
  );
}

/** Whether a person can pick in this run: it is ours, or it is over and nobody else writes its file. */
export const canPickIn = (run: RunSummary): boolean => run.live || run.finishedAt !== null;

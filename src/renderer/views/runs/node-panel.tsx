import { X } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { errorWords } from '../../../shared/error-words.ts';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { IconButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted, duration, exactTime, fileName } from '../../components/format.ts';
import { Kbd } from '../../components/kbd.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { Media } from './media.tsx';
import { Attempts } from './node-attempts.tsx';
import { Candidates } from './node-candidates.tsx';
import { NodeJournal } from './node-journal.tsx';
import type { Choice } from './picks.ts';
import { PromptEditor } from './prompt-editor.tsx';
import type { Rerolling } from './reroll-action.ts';
import { RerollPart } from './reroll-part.tsx';
import { NOT_ASKED, nodeWords, reasonWords } from './run-words.ts';
import { PanelPart, SidePanel } from './side-panel.tsx';
import type { MakePick } from './use-run-edits.ts';

type NodePanelProps = Rerolling & {
  runId: string;
  node: RunNodeView;
  /** There is room to edit beside the board; else the editor is a dialog. */
  wide: boolean;
  /** Picks can be made: the run is ours, or over. */
  canPick: boolean;
  /** The run waits for a person's pick at the node's gate. */
  wantsPick: boolean;
  onPick: MakePick;
  onClose: () => void;
};

/** Everything about the selected node (ui.md, screen 3). Drawn anew only when the node has changed. */
export const NodePanel = memo(NodePanelNow);

function NodePanelNow(props: NodePanelProps) {
  const { runId, node, wide, canPick, wantsPick, onPick, onClose, ...rerolling } = props;
  const { path, whyNot, unitUSD, reroll } = rerolling;
  const editButton = useRef<HTMLButtonElement>(null);
  const [isEditing, setEditing] = useState(false);
  const wasEditing = useRef(false);
  useEffect(() => {
    // Back to where one came from; the dialog does this by itself.
    if (wasEditing.current && !isEditing) editButton.current?.focus();
    wasEditing.current = isEditing && wide;
  }, [isEditing, wide]);
  const rerollOne = useCallback(
    (choice: Choice) => void reroll([node], [{ nodeId: node.nodeId, ...choice }]),
    [reroll, node],
  );
  const editor = {
    title: `Prompt of ${node.title}`,
    fields: (
      <PromptEditor
        runId={runId}
        path={path}
        node={node}
        unitUSD={unitUSD}
        onClose={() => setEditing(false)}
      />
    ),
  };

  if (isEditing && wide) {
    return (
      <SidePanel
        label="Selected node"
        title={editor.title}
        aside={
          <IconButton
            label="Back to the node"
            size="sm"
            icon={<X aria-hidden />}
            onClick={() => setEditing(false)}
          />
        }
      >
        {editor.fields}
      </SidePanel>
    );
  }
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
          {node.note === NOT_ASKED ? 'Left out: this run re-rolls other nodes.' : reasonWords(node.reason)}
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
      <RerollPart {...rerolling} node={node} editButton={editButton} onEdit={() => setEditing(true)} />
      <Candidates
        key={node.nodeId}
        node={node}
        canPick={canPick}
        wantsPick={wantsPick}
        onPick={onPick}
        onReroll={whyNot === null ? rerollOne : null}
      />
      <Prompts node={node} />
      {node.references.length > 0 && <References node={node} />}
      <NodeFacts node={node} />
      {node.attempts.length > 0 && <Attempts node={node} />}
      <NodeJournal runId={runId} node={node} />
      <Dialog
        open={isEditing}
        onOpenChange={setEditing}
        title={editor.title}
        description="Saved in the next version of the workflow, and made with at once."
      >
        {editor.fields}
      </Dialog>
    </SidePanel>
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

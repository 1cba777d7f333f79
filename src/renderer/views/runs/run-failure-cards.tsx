import { RefreshCw } from 'lucide-react';
import type { ErrorClass } from '../../../shared/domain.ts';
import { errorWords } from '../../../shared/error-words.ts';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard, RawOutput } from '../../components/error-card.tsx';
import { counted } from '../../components/format.ts';
import { useServiceActions } from '../../state/service-actions.ts';
import { useWindow } from '../../state/window.ts';
import { useServices } from '../../wire/queries.ts';
import { useMakeReroll } from './reroll-action.ts';
import { amountWords, sumUp } from './reroll-words.ts';
import { type FailedNode, failuresByClass, needsChange, type Remedy, remediesFor } from './run-failures.ts';
import { nodeName } from './run-words.ts';
import { PanelPart } from './side-panel.tsx';

/** Failures that are named; the filter above the board finds the rest. */
const MOST_NAMED = 20;

const noPrices: ReadonlyMap<number, number> = new Map();

type CardsProps = { run: RunSummary; nodes: readonly RunNodeView[]; onOpen: (nodeId: number) => void };

/** What failed in a run: a card for each cause, with what mends it. */
export function FailureCards({ run, nodes, onOpen }: CardsProps) {
  const groups = failuresByClass(nodes);
  const failed = groups.reduce((sum, group) => sum + group.nodes.length, 0);
  if (failed === 0) return null;
  return (
    <PanelPart title={`${counted(failed, 'node')} failed`}>
      {groups.map((group) => (
        <FailureCard key={group.error} run={run} all={nodes} {...group} onOpen={onOpen} />
      ))}
    </PanelPart>
  );
}

type CardProps = {
  run: RunSummary;
  all: readonly RunNodeView[];
  error: ErrorClass;
  nodes: readonly FailedNode[];
  onOpen: (nodeId: number) => void;
};

function FailureCard({ run, all, error, nodes, onOpen }: CardProps) {
  const { reroll, isPending } = useMakeReroll(run.runId);
  const glabs = useServices().data?.glabs;
  const { start } = useServiceActions('glabs', glabs);
  const sum = sumUp(nodes, new Map(all.map((node) => [node.nodeId, node])), run, noPrices);
  return (
    <ErrorCard
      past
      what={errorWords[error].cause}
      cure={errorWords[error].cure}
      actions={
        <>
          {sum.ready.length > 0 && (
            <Button
              size="sm"
              busy={isPending}
              icon={<RefreshCw aria-hidden />}
              title={
                needsChange(error)
                  ? 'As it is it is likely to fail again: change it first.'
                  : `Makes ${amountWords(null, sum.candidates, sum.costUSD)} anew. All else stays as it is.`
              }
              onClick={() => reroll(sum.ready, sum.targets)}
            >
              {sum.ready.length > 1 ? `Try all ${sum.ready.length} again` : 'Try again'}
            </Button>
          )}
          {remediesFor(error, start !== null).map((remedy) => (
            <RemedyButton key={remedy} remedy={remedy} run={run} startGlabs={start?.run ?? null} />
          ))}
        </>
      }
    >
      <ul className="flex flex-col">
        {nodes.slice(0, MOST_NAMED).map((node) => (
          <FailedLine key={node.nodeId} node={node} onOpen={onOpen} />
        ))}
      </ul>
      {nodes.length > MOST_NAMED && (
        <p className="text-muted text-xs">
          {nodes.length - MOST_NAMED} more: choose Failed above to see them all.
        </p>
      )}
    </ErrorCard>
  );
}

/** One failed node: its panel has its prompt, its journal and its other tries. */
function FailedLine({ node, onOpen }: { node: FailedNode; onOpen: (nodeId: number) => void }) {
  const { attempts, error, message } = node.error;
  const edit = error === 'content_policy';
  return (
    <li className="flex flex-wrap items-start gap-x-2">
      <button
        type="button"
        className="min-h-6 min-w-0 break-words rounded-sm text-left text-accent-text hover:underline"
        title={node.title}
        onClick={() => onOpen(node.nodeId)}
      >
        {edit ? `Edit the prompt of ${nodeName(node)}` : nodeName(node)}
      </button>
      <span className="leading-6 text-muted text-xs">
        {attempts === 0 ? 'nothing was submitted' : counted(attempts, 'attempt')}
      </span>
      <div className="w-full min-w-0">
        <RawOutput text={message} title="What was said" />
      </div>
    </li>
  );
}

type RemedyProps = { remedy: Remedy; run: RunSummary; startGlabs: (() => void) | null };

function RemedyButton({ remedy, run, startGlabs }: RemedyProps) {
  const { go, openWorkflow } = useWindow.getState();
  const does: Record<Remedy, { title: string; act: () => void }> = {
    'start-glabs': { title: 'Start G-Labs', act: () => startGlabs?.() },
    'glabs-log': { title: 'Show the log of G-Labs', act: () => go('control-room') },
    settings: { title: 'Open settings', act: () => go('settings') },
    workflow: { title: 'Check the workflow', act: () => openWorkflow(run.workflow) },
  };
  const { title, act } = does[remedy];
  return (
    <Button size="sm" onClick={act}>
      {title}
    </Button>
  );
}

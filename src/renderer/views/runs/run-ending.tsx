import { History, LifeBuoy, Play } from 'lucide-react';
import type { RunSummary, RunView } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { fileName } from '../../components/format.ts';
import { runMark } from '../../components/marks.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { useRunDialog } from '../../state/run-dialog.ts';
import { useServiceActions } from '../../state/service-actions.ts';
import { useWindow } from '../../state/window.ts';
import { useRecoveries, useServices } from '../../wire/queries.ts';
import { CompareRun } from '../history/compare/compare-run.tsx';
import { CANCELLED, lastTrouble } from './run-words.ts';
import { PanelPart } from './side-panel.tsx';

/** How a run ended, what came out of it, and how to go on. */
export function RunEnding({ view }: { view: RunView }) {
  const { summary } = view;
  const { status } = summary;
  const openHistory = useWindow((state) => state.openHistory);
  return (
    <>
      {(status === 'aborted' || status === 'interrupted') && summary.message !== CANCELLED && (
        <EarlyEnd view={view} />
      )}
      <PanelPart title="What came out">
        <StateMark {...runMark(status)} className="font-medium" />
        {status === 'held' && (
          <p>Make the picks, then run the workflow again: it goes on from here and reuses what is done.</p>
        )}
        {summary.message === CANCELLED && (
          <>
            <p>A person cancelled it. What was done is kept, and reused by the next run.</p>
            <div className="flex flex-wrap gap-2">
              <Recover run={summary} />
              <RunAgain run={summary} />
            </div>
          </>
        )}
        {summary.output === null && <p className="text-muted">No generated workflow was written.</p>}
        {summary.output !== null && <PathLine name="Generated workflow" path={summary.output} />}
        {summary.errorsFile !== null && <PathLine name="Errors" path={summary.errorsFile} />}
        <div className="flex flex-wrap gap-2">
          {summary.output !== null && <CompareRun runId={summary.runId} name={summary.name} />}
          <Button
            size="sm"
            icon={<History aria-hidden />}
            onClick={() => openHistory(summary.workflow, summary.runId)}
          >
            Show in the history
          </Button>
        </div>
      </PanelPart>
    </>
  );
}

/** It ended before it was through: what happened, the best guess why, and the buttons that lead on. */
function EarlyEnd({ view }: { view: RunView }) {
  const { summary, notices } = view;
  const { start } = useServiceActions('glabs', useServices().data?.glabs);
  const go = useWindow((state) => state.go);
  const aborted = summary.status === 'aborted';
  const trouble = lastTrouble(notices);
  return (
    <ErrorCard
      past
      what={summary.message ?? 'The run ended before it was through.'}
      why={trouble && trouble !== summary.message ? `Shortly before: ${trouble}` : undefined}
      cure="What was done is kept. The next run reuses it, and asks for the tasks G-Labs still has: nothing is paid for twice."
      actions={
        <>
          {start && (
            <Button size="sm" onClick={start.run}>
              Start G-Labs
            </Button>
          )}
          <Recover run={summary} />
          <RunAgain run={summary} />
          {aborted && (
            <Button size="sm" onClick={() => go('settings')}>
              Open settings
            </Button>
          )}
        </>
      }
    />
  );
}

/** Where it is still the run that the workflow stands at: what came later may have settled it. */
function Recover({ run }: { run: RunSummary }) {
  const entries = useRecoveries().data?.entries ?? [];
  const openRecovery = useWindow((state) => state.openRecovery);
  const isOpen = entries.some(({ runId, appliedRunId }) => runId === run.runId || appliedRunId === run.runId);
  if (!isOpen) return null;
  return (
    <Button
      size="sm"
      className="w-fit"
      icon={<LifeBuoy aria-hidden />}
      onClick={() => openRecovery(run.workflow)}
    >
      Recover…
    </Button>
  );
}

function RunAgain({ run }: { run: RunSummary }) {
  const open = useRunDialog((state) => state.open);
  const openWorkflow = useWindow((state) => state.openWorkflow);
  // The dialog stands over the workflow it is about.
  const setUp = () => {
    openWorkflow(run.workflow);
    open(run.workflow);
  };
  return (
    <Button size="sm" className="w-fit" icon={<Play aria-hidden />} onClick={setUp}>
      Run again…
    </Button>
  );
}

function PathLine({ name, path }: { name: string; path: string }) {
  return (
    <div className="flex items-center gap-2">
      <div className="min-w-0 flex-1">
        <p className="text-muted text-xs">{name}</p>
        <p className="break-words" title={path}>
          {fileName(path)}
        </p>
      </div>
      <CopyButton text={path} what={`path of ${fileName(path)}`} />
    </div>
  );
}

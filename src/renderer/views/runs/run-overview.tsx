import type { ReactNode } from 'react';
import { errorWords } from '../../../shared/error-words.ts';
import type { RunNodeView, RunNotice, RunSummary, RunView } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/data-table.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { counted, fileName } from '../../components/format.ts';
import { Kbd } from '../../components/kbd.tsx';
import { runMark } from '../../components/marks.ts';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { PanelPart, SidePanel } from './side-panel.tsx';

/** Failures that are shown in full; the board's filter finds the rest. */
const MOST_FAILURES = 20;
const MOST_NOTICES = 100;

type RunOverviewProps = { view: RunView; onOpen: (nodeId: number) => void };

/** The run as a whole, beside the board while no node is selected. */
export function RunOverview({ view, onOpen }: RunOverviewProps) {
  const { summary, nodes, notices } = view;
  const failed = nodes.filter((node) => node.error !== null);
  return (
    <SidePanel label="This run" title="This run">
      {summary.message && summary.status === 'aborted' && (
        <ErrorCard what={summary.message} cure="What was done is kept: run the workflow again to go on." />
      )}
      {summary.finishedAt !== null && <Outcome run={summary} />}
      {failed.length > 0 && <Failures failed={failed} onOpen={onOpen} />}
      <Notices notices={notices} nodes={nodes} onOpen={onOpen} />
      <RunFacts run={summary} />
      <Keys live={summary.live} />
    </SidePanel>
  );
}

function Outcome({ run }: { run: RunSummary }) {
  return (
    <PanelPart title="What came out">
      <StateMark {...runMark(run.status)} className="font-medium" />
      {run.status === 'held' && (
        <p>Make the picks, then run the workflow again: it goes on from here and reuses what is done.</p>
      )}
      {run.status === 'interrupted' && (
        <p>
          {run.message ?? 'The run was interrupted.'} What was done is kept: run the workflow again to go on.
        </p>
      )}
      {run.output === null && <p className="text-muted">No generated workflow was written.</p>}
      {run.output !== null && <PathLine name="Generated workflow" path={run.output} />}
      {run.errorsFile !== null && <PathLine name="Errors" path={run.errorsFile} />}
    </PanelPart>
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

function Failures({ failed, onOpen }: { failed: readonly RunNodeView[]; onOpen: (nodeId: number) => void }) {
  return (
    <PanelPart title={`${counted(failed.length, 'node')} failed`}>
      {failed.slice(0, MOST_FAILURES).map(({ nodeId, title, kind, error }) =>
        error === null ? null : (
          <ErrorCard
            key={nodeId}
            what={`${title} (${kind})`}
            why={errorWords[error.error].cause}
            cure={error.cure}
            raw={error.message}
            action={
              <Button size="sm" onClick={() => onOpen(nodeId)}>
                Show
              </Button>
            }
          />
        ),
      )}
      {failed.length > MOST_FAILURES && (
        <p className="text-muted">
          {failed.length - MOST_FAILURES} more: choose Failed above the board to see them all.
        </p>
      )}
    </PanelPart>
  );
}

type NoticesProps = {
  notices: readonly RunNotice[];
  nodes: readonly RunNodeView[];
  onOpen: (nodeId: number) => void;
};

function Notices({ notices, nodes, onOpen }: NoticesProps) {
  // Notices are only ever added at the end, so their number names them.
  const newest = notices.map((notice, number) => ({ ...notice, number })).slice(-MOST_NOTICES);
  return (
    <PanelPart title="Notices">
      {newest.length === 0 && (
        <p className="text-muted">
          Nothing so far. When G-Labs goes away or comes back, or a pick is taken back, it stands here.
        </p>
      )}
      <ul className="flex flex-col gap-2">
        {newest.toReversed().map(({ at, message, nodeId, number }) => (
          <li key={number}>
            <p className="break-words">{message}</p>
            <p className="flex items-center gap-2 text-muted text-xs">
              <RelativeTime at={at} />
              {nodeId !== null && nodes.some((node) => node.nodeId === nodeId) && (
                <button
                  type="button"
                  className="h-6 rounded-sm text-accent-text hover:underline"
                  onClick={() => onOpen(nodeId)}
                >
                  Show node {nodeId}
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
    </PanelPart>
  );
}

function RunFacts({ run }: { run: RunSummary }) {
  const { plan, counts } = run;
  return (
    <PanelPart title="Plan and counts">
      <Facts>
        <Fact name="Workflow">
          <span className="flex items-start gap-1">
            <span className="min-w-0 break-words" title={run.workflow}>
              {fileName(run.workflow)}
            </span>
            <CopyButton text={run.workflow} what="path of the workflow" />
          </span>
        </Fact>
        <Fact name="G-Labs">{run.demo ? `demo simulator, ${run.server}` : run.server}</Fact>
        <Fact name="Mode">{run.mode}</Fact>
        <Fact name="To generate">
          {counted(plan.images, 'image')}, {counted(plan.videos, 'clip')}
        </Fact>
        <Fact name="Nodes">
          {counts.generated} generated, {counts.cached} cached, {counts.failed} failed, {counts.skipped}{' '}
          skipped
        </Fact>
        <Fact name="Requests">
          {counts.submitted} submitted
          {counts.reattached > 0 && `, ${counts.reattached} re-attached`}
          {counts.adopted > 0 && `, ${counts.adopted} adopted`}
          {counts.salvaged > 0 && `, ${counts.salvaged} salvaged`}
          {counts.lost > 0 && `, ${counts.lost} lost`}
        </Fact>
      </Facts>
    </PanelPart>
  );
}

function Keys({ live }: { live: boolean }) {
  return (
    <PanelPart title="Keys on the board">
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Key keys="← ↑ ↓ →">move between cells</Key>
        <Key keys="enter">open the node here</Key>
        <Key keys="escape">close the node</Key>
        <Key keys="1 – 4">pick a candidate at its gate</Key>
        {live && <Key keys="p">pause or resume</Key>}
      </dl>
    </PanelPart>
  );
}

function Key({ keys, children }: { keys: string; children: ReactNode }) {
  return (
    <>
      <dt>
        <Kbd shortcut={keys} />
      </dt>
      <dd className="text-muted">{children}</dd>
    </>
  );
}

import type { ReactNode } from 'react';
import type { RunNodeView, RunNotice, RunView } from '../../../shared/run-view.ts';
import { Kbd } from '../../components/kbd.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { OutagesPart } from './outages-part.tsx';
import { RunEnding } from './run-ending.tsx';
import { HowItRan, PlanAndDone } from './run-facts.tsx';
import { FailureCards } from './run-failure-cards.tsx';
import { PanelPart, SidePanel } from './side-panel.tsx';

const MOST_NOTICES = 100;

type RunOverviewProps = { view: RunView; onOpen: (nodeId: number) => void };

/** The run as a whole, beside its nodes while none is selected. */
export function RunOverview({ view, onOpen }: RunOverviewProps) {
  const { summary, nodes, notices, outages } = view;
  const over = summary.finishedAt !== null || summary.status === 'interrupted';
  return (
    <SidePanel label="This run" title="This run">
      {over && <RunEnding view={view} />}
      <FailureCards run={summary} nodes={nodes} onOpen={onOpen} />
      <PlanAndDone run={summary} nodes={nodes} />
      <OutagesPart run={summary} outages={outages} />
      <Notices notices={notices} nodes={nodes} onOpen={onOpen} over={over} />
      <HowItRan run={summary} />
      <Keys live={summary.live} />
    </SidePanel>
  );
}

type NoticesProps = {
  notices: readonly RunNotice[];
  nodes: readonly RunNodeView[];
  onOpen: (nodeId: number) => void;
  over: boolean;
};

function Notices({ notices, nodes, onOpen, over }: NoticesProps) {
  // Notices are only ever added at the end, so their number names them.
  const newest = notices.map((notice, number) => ({ ...notice, number })).slice(-MOST_NOTICES);
  return (
    <PanelPart title="Notices">
      {newest.length === 0 && (
        <p className="text-muted">
          {over
            ? 'There were none.'
            : 'Nothing so far. When G-Labs goes away or comes back, or a pick is taken back, it stands here.'}
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

function Keys({ live }: { live: boolean }) {
  return (
    <PanelPart title="Keys">
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Key keys="← ↑ ↓ →">move between cells</Key>
        <Key keys="enter">open the node here</Key>
        <Key keys="escape">close the node</Key>
        <Key keys="1 – 4">pick a candidate at its gate</Key>
        <Key keys="n">go to the next open pick</Key>
        <Key keys="space">select a node on the board; Shift with arrows or a click selects more</Key>
        <Key keys="r">re-roll the candidate that is shown large</Key>
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

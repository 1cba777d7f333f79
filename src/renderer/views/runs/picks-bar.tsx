import { Play } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { RunNodeView, RunSummary } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { notifyDone, notifyError, notifyLink } from '../../components/toaster.tsx';
import { useAction } from '../../state/actions.ts';
import { isUnderWay } from '../../state/now-what.ts';
import { useWindow } from '../../state/window.ts';
import { useAddToQueue, useRuns } from '../../wire/queries.ts';
import { nextOpenPick } from './picks.ts';

type PicksBarProps = {
  run: RunSummary;
  nodes: readonly RunNodeView[];
  /** Nodes that want a person's pick. */
  wanting: ReadonlySet<number>;
  /** The node that is open. */
  openId: number | null;
  canPick: boolean;
  onGo: (nodeId: number) => void;
};

/** From one open pick to the next; and on with the run, once a run that ended for want of picks has them. */
export function PicksBar({ run, nodes, wanting, openId, canPick, onGo }: PicksBarProps) {
  const next = canPick ? nextOpenPick(nodes, wanting, openId) : null;
  const go = () => next && onGo(next.nodeId);
  useAction(
    next && { id: 'next-pick', title: 'Go to the next open pick', group: 'Run', shortcut: 'n', run: go },
  );
  useLastPick(run, wanting.size);

  if (next) {
    return (
      <Button aria-keyshortcuts="n" onClick={go}>
        <StateMark mark="needs-you" word="Needs your pick:" hideWord />
        Next pick <Kbd shortcut="n" />
      </Button>
    );
  }
  return run.status === 'held' && run.finishedAt !== null && wanting.size === 0 && <GoOn run={run} />;
}

/** Says that the run goes on by itself, once nothing is left to pick. */
function useLastPick(run: RunSummary, open: number): void {
  const before = useRef(open);
  useEffect(() => {
    const wasOpen = before.current > 0;
    before.current = open;
    if (wasOpen && open === 0 && run.live && run.status !== 'stopping')
      notifyDone('That was the last open pick. The run goes on by itself.');
  }, [open, run.live, run.status]);
}

/** The file's next run goes on from here; there is nothing to press while one does already. */
function GoOn({ run }: { run: RunSummary }) {
  const runs = useRuns().data?.runs ?? [];
  const goOn = useAddToQueue();
  const { openRun } = useWindow.getState();
  const later = runs.find((each) => each.workflow === run.workflow);
  if (later && later.runId !== run.runId) {
    const word = isUnderWay(later) ? 'It goes on in a new run.' : 'It went on in a later run.';
    return (
      <span className="flex items-center gap-2">
        {word}
        <Button onClick={() => openRun(later.runId)}>Show it</Button>
      </span>
    );
  }
  const press = () => {
    // What was wiped for it is made by now, or waits for the picks: not once more.
    const mode = run.mode === 'clean' ? 'full' : run.mode;
    goOn.mutate(
      { path: run.workflow, options: { mode, gates: 'hold', qa: 'off', concurrency: run.concurrency } },
      {
        onError: notifyError,
        onSuccess: ({ runId }) => {
          if (runId !== null) openRun(runId);
          else notifyLink(`${run.name} waits in the queue.`, 'Show queue', () => openRun(null));
        },
      },
    );
  };
  return (
    <span className="flex items-center gap-2">
      All picks are made.
      <Button variant="primary" icon={<Play aria-hidden />} busy={goOn.isPending} onClick={press}>
        Go on
      </Button>
    </span>
  );
}

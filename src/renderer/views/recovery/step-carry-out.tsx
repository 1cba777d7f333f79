import { Undo2 } from 'lucide-react';
import type { RunView } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { runMark } from '../../components/marks.ts';
import { StateMark } from '../../components/state-mark.tsx';
import { DemoLabel } from '../../frame/demo-label.tsx';
import { isUnderWay } from '../../state/now-what.ts';
import { useWindow } from '../../state/window.ts';
import { useRun, useRuns } from '../../wire/queries.ts';
import { RunControls } from '../runs/run-controls.tsx';
import { PlanAndDone } from '../runs/run-facts.tsx';
import { FailureCards } from '../runs/run-failure-cards.tsx';
import { RunFigures } from '../runs/run-header.tsx';
import { runEnd, takenWords } from './carry-out-words.ts';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';
import { useUndoRecovery } from './use-undo-recovery.ts';

/** Step 4: how the run goes that carries the plan out, how it ended, and what then. */
export function StepCarryOut(props: StepProps) {
  const { entry } = props;
  return entry.appliedRunId === null ? <NoRun {...props} /> : <Run {...props} runId={entry.appliedRunId} />;
}

/** It is about to begin, or did not come so far. */
function NoRun({ arrived, go, carryOut }: StepProps) {
  const { isBeginning } = carryOut;
  return (
    <StepFrame
      step="carry-out"
      arrived={arrived}
      buttons={!isBeginning && <Button onClick={() => go('plan')}>Back to the plan</Button>}
    >
      <p role="status">
        {isBeginning ? (
          <StateMark mark="working" word="Looking once more, backing up, and beginning the run." />
        ) : (
          <StateMark
            mark="skipped"
            word="Its run has not begun. The workflow is backed up; choose again how to go on."
          />
        )}
      </p>
    </StepFrame>
  );
}

function Run({ entry, arrived, go, runId }: StepProps & { runId: string }) {
  const run = useRuns().data?.runs.find((each) => each.runId === runId);
  const openRun = useWindow((state) => state.openRun);
  const goesOn = run === undefined || isUnderWay(run);
  const end = run === undefined || goesOn ? null : runEnd(run);
  return (
    <StepFrame
      step="carry-out"
      arrived={arrived}
      note={goesOn && 'It goes on when you leave this screen or close the window.'}
      buttons={
        <>
          {end !== null && <Undo {...{ entry, go }} />}
          <Button onClick={() => openRun(runId)}>Show the board</Button>
          {end !== null && !end.isWell && <Button onClick={() => go('after-care')}>After-care</Button>}
          {end !== null && (
            <Button variant="primary" onClick={end.isWell ? () => go('after-care') : () => go('plan')}>
              {end.isWell ? 'Next: after-care' : 'Look again'}
            </Button>
          )}
        </>
      }
    >
      <Watched runId={runId} />
    </StepFrame>
  );
}

function Watched({ runId }: { runId: string }) {
  const run = useRun(runId);
  return (
    <Loaded query={run} waiting="Reading the run">
      {(view) => <Progress view={view} />}
    </Loaded>
  );
}

function Progress({ view: { summary, outages, nodes } }: { view: RunView }) {
  const { openRun, selectNode } = useWindow.getState();
  const goesOn = isUnderWay(summary);
  const end = goesOn ? null : runEnd(summary);
  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <StateMark {...runMark(summary.status)} className="font-medium" />
        {summary.demo && <DemoLabel />}
        {summary.live && (
          <div className="ml-auto flex items-center gap-2">
            <RunControls run={summary} inFlight={0} />
          </div>
        )}
      </div>
      <div className="pt-2">
        <RunFigures run={summary} outages={outages} />
      </div>
      <p>{takenWords(summary)}</p>
      {end?.isWell && <p className="font-medium">{end.words}</p>}
      {end !== null && !end.isWell && (
        <ErrorCard
          past
          what={end.words}
          why={summary.message}
          cure="What was made is kept. Look again: the plan is made anew from what is there now, and another can be chosen."
        />
      )}
      <FailureCards
        run={summary}
        nodes={nodes}
        onOpen={(nodeId) => {
          openRun(summary.runId);
          selectNode(nodeId);
        }}
      />
      <div className="max-w-120">
        <PlanAndDone run={summary} nodes={nodes} />
      </div>
      {goesOn && !summary.live && (
        <p className="text-muted">Another Flowdeck runs it. What it tells is shown here.</p>
      )}
    </>
  );
}

function Undo({ entry, go }: Pick<StepProps, 'entry' | 'go'>) {
  const undo = useUndoRecovery(entry, () => go('plan'));
  if (undo === null) return null;
  return (
    <Button icon={<Undo2 aria-hidden />} busy={undo.busy} onClick={undo.run}>
      Undo
    </Button>
  );
}

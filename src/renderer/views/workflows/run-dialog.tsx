import { ListPlus, Play } from 'lucide-react';
import { type ReactNode, useId, useRef, useState } from 'react';
import type { RunOptions } from '../../../shared/domain.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { fileName } from '../../components/format.ts';
import { Loaded } from '../../components/loaded.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { currentRun } from '../../state/now-what.ts';
import { placeIfAdded, placeOf } from '../../state/queue.ts';
import { useRunDialog } from '../../state/run-dialog.ts';
import { useRested } from '../../state/use-rested.ts';
import { useWindow } from '../../state/window.ts';
import {
  useAddToQueue,
  useCheck,
  usePlan,
  useQueue,
  useRuns,
  useServices,
  useSettings,
  useStartService,
} from '../../wire/queries.ts';
import { useDetailsTab } from './details-tab.ts';
import { failureCard } from './failure-card.ts';
import { PlanList } from './plan-list.tsx';
import { PlanSums } from './plan-sums.tsx';
import { firstChoices, type RunChoices, runOptions } from './run-choices.ts';
import { RunForm } from './run-form.tsx';
import { type Obstacle, obstacleTo, runTarget } from './run-target.ts';

/** A path being typed is not looked for at every key. */
const REST_MS = 300;

/** The dialog that starts a run of the workflow it was opened for, or lets it wait its turn. */
export function RunDialog() {
  const { path, close } = useRunDialog();
  return path !== null && <OpenRunDialog key={path} path={path} onClose={close} />;
}

function OpenRunDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const settings = useSettings();
  const [chosen, setChosen] = useState<Partial<RunChoices>>({});
  const choices = { ...firstChoices(settings.data ?? []), ...chosen };
  const work = useRunWork(path, choices);
  const { obstacle, plan, target, turn } = work;
  const reason = useId();
  const start = useAddToQueue();
  const isOpen = useRef(true);
  const close = () => {
    isOpen.current = false;
    onClose();
  };

  const run = async () => {
    try {
      const { runId, entry } = await start.mutateAsync({ path, options: runOptions(choices) });
      const wasOpen = isOpen.current;
      if (wasOpen) close();
      // What happened counts, not what was expected: another window may have been quicker.
      if (runId === null) {
        notifyDone(
          turn ? `${entry.name} is in the queue, place ${turn.place}.` : `${entry.name} is in the queue.`,
        );
      } else if (wasOpen) useWindow.getState().openRun(runId);
      else notifyDone(`${entry.name} is running.`);
    } catch (error) {
      // While the dialog is open the card in it shows this.
      if (!isOpen.current) notifyError(error);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={`Run ${fileName(path).replace(/\.nbflow$/i, '')}`}
      description="What will be generated and why, what is reused, how long it takes and what it costs."
      className="max-w-260"
      footer={
        <>
          <div id={reason} role="status" className="min-w-0 flex-1">
            {obstacle ? (
              <ObstacleLine obstacle={obstacle} path={path} onLeave={close} />
            ) : (
              turn && (
                <p>
                  {turn.because} This one waits at place {turn.place}.
                </p>
              )
            )}
          </div>
          <Button onClick={close}>{start.isPending ? 'Close' : 'Cancel'}</Button>
          <Button
            variant="primary"
            icon={turn ? <ListPlus aria-hidden /> : <Play aria-hidden />}
            busy={start.isPending}
            disabled={obstacle !== null}
            aria-describedby={reason}
            onClick={run}
          >
            {start.isPending ? (turn ? 'Adding' : 'Starting') : turn ? 'Add to the queue' : 'Run'}
          </Button>
        </>
      }
    >
      <div className="grid h-[calc(100vh-228px)] max-h-140 grid-cols-[18rem_minmax(0,1fr)] gap-6">
        <div className="-mx-1 min-h-0 overflow-y-auto px-1">
          <RunForm
            choices={choices}
            onChange={(change) => setChosen({ ...chosen, ...change })}
            plan={plan.data}
            target={target}
          />
        </div>
        <div className="flex min-h-0 flex-col gap-3">
          {start.error && (
            <ErrorCard
              {...failureCard(start.error.failure)}
              className="shrink-0"
              action={
                <Button size="sm" busy={start.isPending} disabled={obstacle !== null} onClick={run}>
                  Try again
                </Button>
              }
            />
          )}
          <Loaded query={plan} waiting="Making the plan">
            {({ nodes, totals }) => (
              <>
                <PlanSums totals={totals} demo={target?.demo ?? false} />
                <PlanList nodes={nodes} part="all" />
              </>
            )}
          </Loaded>
        </div>
      </div>
    </Dialog>
  );
}

/** What the dialog knows about the run being set up. */
function useRunWork(path: string, choices: RunChoices) {
  const settings = useSettings().data;
  const glabs = useServices().data?.glabs;
  const runs = useRuns().data?.runs ?? [];
  const queue = useQueue().data;
  const turn = queue ? placeIfAdded(queue, runs, path) : null;
  const check = useCheck(path);
  const refImage = useRested(choices.refImage, REST_MS);
  const asked: RunOptions = runOptions({ ...choices, refImage, server: '' });
  const plan = usePlan(path, asked);
  const value = (key: string, otherwise: string) => {
    const known = settings?.find((entry) => entry.key === key)?.value;
    return typeof known === 'string' ? known : otherwise;
  };
  const target =
    settings && glabs
      ? runTarget({
          typed: choices.server,
          setting: value('runner.server', 'local'),
          configured: value('glabs.url', ''),
          glabs,
        })
      : null;
  const obstacle = obstacleTo({
    findings: check.data,
    checkFailure: check.error?.failure ?? null,
    plan: plan.data,
    planFailure: plan.error?.failure ?? null,
    target,
    glabs,
    underWay: currentRun(runs.filter((run) => run.workflow === path)),
    queued: queue ? placeOf(queue, path) : null,
    waits: turn !== null,
    server: choices.server,
    refImage: choices.refImage,
  });
  return { plan, target, obstacle, turn };
}

type ObstacleLineProps = { obstacle: Obstacle; path: string; onLeave: () => void };

/** Why Run cannot be pressed, with the button that mends it. */
function ObstacleLine({ obstacle, path, onLeave }: ObstacleLineProps) {
  const runs = useRuns().data?.runs ?? [];
  const start = useStartService();
  const { openRun, openWorkflow } = useWindow.getState();
  const leave = (go: () => void) => () => {
    onLeave();
    go();
  };
  const showFindings = () => {
    openWorkflow(path);
    useDetailsTab.getState().ask(path, 'findings');
  };
  const remedies: Record<NonNullable<Obstacle['remedy']>, ReactNode> = {
    start: (
      <Button size="sm" busy={start.isPending} onClick={() => start.mutate({ service: 'glabs' })}>
        Start G-Labs
      </Button>
    ),
    findings: (
      <Button size="sm" onClick={leave(showFindings)}>
        Show findings
      </Button>
    ),
    run: (
      <Button
        size="sm"
        onClick={leave(() => openRun(currentRun(runs.filter((run) => run.workflow === path))?.runId ?? null))}
      >
        Show run
      </Button>
    ),
    queue: (
      <Button size="sm" onClick={leave(() => openRun(null))}>
        Show queue
      </Button>
    ),
  };
  const refused = start.error && `${start.error.failure.message} ${start.error.failure.cure ?? ''}`;
  return (
    <div className="flex items-center gap-3">
      <StateMark mark="needs-you" word="Not yet" hideWord />
      <p className="min-w-0">{refused ?? obstacle.words}</p>
      {obstacle.remedy && remedies[obstacle.remedy]}
    </div>
  );
}

import { CircleStop, Minus, Pause, Play, Plus } from 'lucide-react';
import type { RunSummary } from '../../../shared/run-view.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { counted } from '../../components/format.ts';
import { Kbd } from '../../components/kbd.tsx';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { Tooltip } from '../../components/tooltip.tsx';
import { useAction } from '../../state/actions.ts';
import { useCancelRun, usePauseRun, useResumeRun } from '../../wire/queries.ts';
import { useConcurrency } from './use-run-edits.ts';

const LEAST = 1;
const MOST = 5;

/** Why there is an upper limit (behaviour.md §5). */
const WHY_MOST =
  '5 nodes at once is the most: the service behind G-Labs works on about five tasks at a time, and more of them wait longer and fail more often.';

/** The controls of a run this process drives. They act at once. `inFlight` counts candidates that are with G-Labs. */
export function RunControls({ run, inFlight }: { run: RunSummary; inFlight: number }) {
  const { runId, status } = run;
  const pause = usePauseRun();
  const resume = useResumeRun();
  const cancel = useCancelRun();
  const stopping = status === 'stopping' || cancel.isPending;
  const paused = status === 'paused';
  const say = { onError: notifyError };

  const toggle = () => (paused ? resume : pause).mutate({ runId }, say);
  const end = () =>
    cancel.mutate({ runId }, { ...say, onSuccess: () => notifyDone(cancelled(inFlight, run.done)) });

  useAction(
    stopping
      ? null
      : {
          id: 'pause-run',
          title: paused ? `Resume ${run.name}` : `Pause ${run.name}`,
          group: 'Run',
          shortcut: 'p',
          run: toggle,
        },
  );
  useAction(stopping ? null : { id: 'cancel-run', title: `Cancel ${run.name}`, group: 'Run', run: end });

  return (
    <>
      <Stepper run={run} disabled={stopping} />
      <Tooltip
        text={
          paused
            ? 'Goes on with what is left.'
            : 'Nothing new is submitted. What is in flight finishes and is kept.'
        }
      >
        <Button
          disabled={stopping}
          busy={pause.isPending || resume.isPending}
          icon={paused ? <Play aria-hidden /> : <Pause aria-hidden />}
          aria-keyshortcuts="p"
          onClick={toggle}
        >
          {paused ? 'Resume' : 'Pause'}
          <Kbd shortcut="p" />
        </Button>
      </Tooltip>
      <Tooltip text="G-Labs is asked to stop what is in flight. What is done is kept, and reused by the next run.">
        <Button variant="danger" busy={stopping} icon={<CircleStop aria-hidden />} onClick={end}>
          {stopping ? 'Stopping' : 'Cancel'}
        </Button>
      </Tooltip>
    </>
  );
}

function cancelled(inFlight: number, done: number): string {
  const asked =
    inFlight === 0
      ? 'Nothing was in flight.'
      : `G-Labs is asked to stop ${counted(inFlight, 'task')} in flight.`;
  return `Cancelled. ${asked} ${counted(done, 'finished candidate')} kept: the next run reuses what is done.`;
}

function Stepper({ run, disabled }: { run: RunSummary; disabled: boolean }) {
  const { concurrency } = run;
  const change = useConcurrency(run.runId, concurrency);
  const step = (by: number) => {
    const wanted = Math.min(MOST, Math.max(LEAST, concurrency + by));
    if (wanted !== concurrency) change(wanted);
  };
  return (
    <fieldset className="mr-2 flex items-center gap-1" disabled={disabled}>
      <legend className="sr-only">Nodes in flight at once</legend>
      <span aria-hidden className="text-muted">
        At once
      </span>
      {/* At a limit they stay reachable, so that their tooltip can say why. */}
      <IconButton
        size="sm"
        label={
          concurrency <= LEAST ? 'At least 1 node at once. To stop, pause the run.' : 'One node fewer at once'
        }
        icon={<Minus aria-hidden />}
        aria-disabled={concurrency <= LEAST}
        onClick={() => step(-1)}
      />
      <output className="w-4 text-center font-medium" aria-label={`${counted(concurrency, 'node')} at once`}>
        {concurrency}
      </output>
      <IconButton
        size="sm"
        label={concurrency >= MOST ? WHY_MOST : 'One node more at once'}
        icon={<Plus aria-hidden />}
        aria-disabled={concurrency >= MOST}
        onClick={() => step(1)}
      />
    </fieldset>
  );
}

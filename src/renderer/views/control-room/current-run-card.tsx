import type { RunSummary } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { counted, duration, timeLeft } from '../../components/format.ts';
import { runMark } from '../../components/marks.ts';
import { Money } from '../../components/money.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { DemoLabel } from '../../frame/demo-label.tsx';
import { useNow } from '../../state/clock.tsx';
import { useWindow } from '../../state/window.ts';
import { useQueue } from '../../wire/queries.ts';

/** What is running, how far, when done, what it costs. */
export function CurrentRunCard({ run }: { run: RunSummary }) {
  const openRun = useWindow((state) => state.openRun);
  const now = useNow();
  const { counts } = run;
  return (
    <Card
      className="shrink-0"
      title={
        <>
          <span className="font-normal text-muted">Current run</span> {run.name}
        </>
      }
      aside={
        <>
          {run.demo && <DemoLabel />}
          <Button onClick={() => openRun(run.runId)}>Open run</Button>
        </>
      }
    >
      <div className="flex items-center gap-4">
        <StateMark {...runMark(run.status)} />
        <ProgressBar label={`${run.name}, this run`} done={run.done} total={run.total} className="flex-1" />
        <span>
          {run.done} of {run.total} candidates
        </span>
      </div>
      <div className="flex flex-wrap gap-x-6 gap-y-1 text-muted">
        <span>{duration((now - Date.parse(run.startedAt)) / 1000)} so far</span>
        {run.etaS !== null && <span>{timeLeft(run.etaS)}</span>}
        <span>
          <Money usd={run.costUSD} /> of <Money usd={run.plan.costUSD} estimate />
        </span>
        {run.savedUSD > 0 && (
          <span>
            <Money usd={run.savedUSD} /> saved by the cache
          </span>
        )}
        <span>{counted(run.concurrency, 'node')} in flight at most</span>
        {counts.failed > 0 && <StateMark mark="failed" word={`${counts.failed} failed`} />}
        {counts.held > 0 && run.picksOpen > 0 && (
          <StateMark mark="needs-you" word={counted(run.picksOpen, 'open pick')} />
        )}
      </div>
      {run.message && <p>{run.message}</p>}
      <NextInQueue />
    </Card>
  );
}

/** What starts when this run is over. */
function NextInQueue() {
  const queue = useQueue().data;
  const openRun = useWindow((state) => state.openRun);
  const waiting = queue?.entries.filter(({ state }) => state === 'waiting') ?? [];
  const [next, ...others] = waiting;
  // The notice above says why nothing will start.
  if (next === undefined || queue?.paused) return null;
  return (
    <p className="flex items-center gap-2">
      <span className="text-muted">Next</span> {next.name}
      {others.length > 0 && <span className="text-muted">and {others.length} more</span>}
      <Button size="sm" variant="ghost" onClick={() => openRun(null)}>
        Show queue
      </Button>
    </p>
  );
}

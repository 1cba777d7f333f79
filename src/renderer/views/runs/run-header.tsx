import type { RunSummary } from '../../../shared/run-view.ts';
import { duration, exactTime, timeLeft } from '../../components/format.ts';
import { Money } from '../../components/money.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useNow } from '../../state/clock.tsx';

/** How far a run is, when it ends and what it costs: one line of a fixed height, so that nothing below it moves. */
export function RunFigures({ run }: { run: RunSummary }) {
  const left = run.live ? timeLeft(run.etaS) : null;
  return (
    <div className="-mt-2 flex h-6 shrink-0 items-center gap-x-5 overflow-hidden whitespace-nowrap">
      <div className="flex min-w-40 max-w-80 flex-1 items-center gap-3">
        <ProgressBar
          label={`${run.name}, this run`}
          done={run.done}
          total={run.total}
          className="min-w-20 flex-1"
        />
        <span title="Candidates done, of those this run set out to make">
          {run.done}/{run.total}
        </span>
      </div>
      <span className="text-muted">
        <Elapsed run={run} />
      </span>
      {left !== null && <span>{left}</span>}
      <span>
        <Money usd={run.costUSD} /> <span className="text-muted">of</span>{' '}
        <Money usd={run.plan.costUSD} estimate />
        {run.demo && <span className="text-muted">, not paid: demo</span>}
      </span>
      {run.savedUSD > 0 && (
        <span className="text-muted">
          cache saved <Money usd={run.savedUSD} />
        </span>
      )}
    </div>
  );
}

function Elapsed({ run }: { run: RunSummary }) {
  const now = useNow();
  const began = Date.parse(run.startedAt);
  if (run.finishedAt !== null) {
    return (
      <span title={exactTime(run.startedAt)}>
        took {duration((Date.parse(run.finishedAt) - began) / 1000)}, <RelativeTime at={run.finishedAt} />
      </span>
    );
  }
  return <span title={exactTime(run.startedAt)}>{duration((now - began) / 1000)} so far</span>;
}

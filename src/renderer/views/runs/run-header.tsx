import { useQueryClient } from '@tanstack/react-query';
import type { OutageView, RunSummary, RunView } from '../../../shared/run-view.ts';
import { Button } from '../../components/button.tsx';
import { counted, duration, exactTime, timeLeft } from '../../components/format.ts';
import { Money } from '../../components/money.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StateMark } from '../../components/state-mark.tsx';
import { useNow } from '../../state/clock.tsx';
import { isUnderWay } from '../../state/now-what.ts';
import { useWindow } from '../../state/window.ts';
import { runTopic } from '../../wire/topics.ts';
import { nodesWantingPick } from './board-filter.ts';
import { RunCost } from './run-cost.tsx';
import { lastingOutage, waitedWords, waitingWords } from './run-outages.ts';
import { uploadWords, waitWords } from './run-words.ts';

/** How far a run is, when it ends and what it costs: one line of a fixed height, so that nothing below it moves. */
export function RunFigures({ run, outages }: { run: RunSummary; outages: readonly OutageView[] }) {
  const left = run.live ? timeLeft(run.etaS) : null;
  const waits = waitWords(run);
  const outage = lastingOutage(run, outages);
  // Its program was gone before it could say how far it came: the zeros of its record are no figures.
  if (run.finishedAt === null && !isUnderWay(run)) return <PlannedFigures run={run} />;
  return (
    <div className="-mt-2 flex h-6 shrink-0 items-center gap-x-4 overflow-hidden whitespace-nowrap">
      <div className="flex min-w-28 max-w-80 flex-1 items-center gap-3">
        <ProgressBar
          label={`${run.name}, this run`}
          done={run.done}
          total={run.total}
          className="min-w-12 flex-1"
        />
        <span title="Candidates done, of those this run set out to make">
          {run.done}/{run.total}
        </span>
      </div>
      {waits !== null && <Waiting runId={run.runId} {...waits} />}
      {outage !== null && <WaitingForBackend outage={outage} />}
      {outage === null && (
        <span className="text-muted">
          <Elapsed run={run} />
        </span>
      )}
      {left !== null && waits === null && outage === null && <span>{left}</span>}
      <RunCost run={run} />
      {run.uploadsWaiting > 0 && (
        <span title="They are on this machine and go to the store by themselves; they hold nothing up.">
          {uploadWords(run)}
        </span>
      )}
    </div>
  );
}

function PlannedFigures({ run }: { run: RunSummary }) {
  return (
    <p className="-mt-2 flex h-6 shrink-0 items-center gap-x-4 text-muted">
      <Elapsed run={run} />
      <span>
        planned: {counted(run.plan.generations, 'candidate')}, <Money usd={run.plan.costUSD} estimate />
      </span>
    </p>
  );
}

/** A live run that waits for picks, with the way to the first of them. */
function Waiting({ runId, waits, next }: { runId: string; waits: string; next: string }) {
  const cache = useQueryClient();
  const selectNode = useWindow((state) => state.selectNode);
  const toFirst = () => {
    const nodes = cache.getQueryData<RunView>(runTopic(runId).key)?.nodes ?? [];
    const [first] = nodesWantingPick(nodes);
    if (first !== undefined) selectNode(first);
  };
  return (
    <span className="flex items-center gap-2">
      <StateMark mark="needs-you" word={waits} />
      <span className="hidden text-attn xl:inline">{next}</span>
      <Button size="sm" onClick={toFirst}>
        Show the first
      </Button>
    </span>
  );
}

/** A live run whose backend is away: who is at it, and how long it has waited. */
function WaitingForBackend({ outage }: { outage: OutageView }) {
  const now = useNow();
  return (
    <span className="flex min-w-0 items-center gap-2" title={outage.message}>
      <StateMark mark="needs-you" word={waitingWords(outage)} />
      <span className="text-attn">{waitedWords(outage, now)}</span>
    </span>
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
  // Its program was gone before it could write down when.
  if (!isUnderWay(run)) {
    return (
      <span>
        began <RelativeTime at={run.startedAt} />
      </span>
    );
  }
  return <span title={exactTime(run.startedAt)}>{duration((now - began) / 1000)} so far</span>;
}

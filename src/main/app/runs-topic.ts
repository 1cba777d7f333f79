import { applyRunsChange, type RunsChange, type RunsView } from '../../shared/contract.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { Clock } from '../platform/clock.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import { createRepeater } from './repeater.ts';
import { createTopic, type Topic } from './topic.ts';

/** Runs shown in lists. */
const MOST_RUNS = 200;
/** How often runs of other processes are looked up, while somebody watches. */
const LOOK_MS = 2_000;

/** The list of runs: those of this process as they go, those of others as their records change. */
export async function openRunsTopic(
  runner: Pick<Runner, 'recentRuns' | 'onStarted'>,
  clock: Clock,
  /** Hears of every summary that is new. */
  hear: (summary: RunSummary) => void,
): Promise<{ topic: Topic<RunsView, RunsChange>; close(): void }> {
  const tell = (upserted: RunSummary[]) => {
    if (upserted.length === 0) return;
    topic.publish({ upserted });
    for (const summary of upserted) hear(summary);
  };
  const lookUp = async () => tell(changedRuns(topic.state().runs, await runner.recentRuns(MOST_RUNS)));
  const look = createRepeater(clock, LOOK_MS, lookUp);
  const topic = createTopic<RunsView, RunsChange>({
    initial: { runs: [] },
    apply: applyRunsChange,
    onWatched: (watched) => (watched ? look.start() : look.stop()),
  });
  const follow = (handle: RunHandle) => {
    tell([handle.view().summary]);
    const stop = handle.onChange(({ summary }) => {
      if (summary) tell([summary]);
    });
    void handle.finished.then(() => {
      stop();
      tell([handle.view().summary]);
    });
  };
  const stopHearing = runner.onStarted(follow);
  await lookUp();
  return {
    topic,
    close() {
      stopHearing();
      look.stop();
      topic.close();
    },
  };
}

/** Runs that are new or whose record reads differently. Pure. */
export function changedRuns(known: readonly RunSummary[], now: readonly RunSummary[]): RunSummary[] {
  const before = new Map(known.map((run) => [run.runId, run]));
  return now.filter((run) => {
    const old = before.get(run.runId);
    if (old === undefined) return true;
    // A live run tells of itself, and a record read before a run's end must not bring it back to life.
    if (old.live || (old.finishedAt !== null && run.finishedAt === null)) return false;
    return JSON.stringify(old) !== JSON.stringify(run);
  });
}

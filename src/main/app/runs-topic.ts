import { applyRunsChange, type RunsChange, type RunsView } from '../../shared/contract.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { Clock } from '../platform/clock.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import { createRepeater, type Repeater } from './repeater.ts';
import { createTopic, type Topic } from './topic.ts';

/** Runs shown in lists. */
const MOST_RUNS = 200;
/** How often runs of other processes are looked up, while somebody watches. */
const LOOK_MS = 2_000;

/** The list of runs: those of this process as they go, those of others as their records change. */
export function createRunsTopic(
  runner: Pick<Runner, 'recentRuns' | 'onStarted'>,
  clock: Clock,
  /** Hears of every summary that is new. */
  hear: (summary: RunSummary) => void,
): { topic: Topic<RunsView, RunsChange>; close(): void } {
  const tell = (upserted: RunSummary[]) => {
    if (upserted.length === 0) return;
    topic.publish({ upserted });
    for (const summary of upserted) hear(summary);
  };
  const look: Repeater = createRepeater(clock, LOOK_MS, () => {
    tell(changedRuns(topic.state().runs, runner.recentRuns(MOST_RUNS)));
  });
  const topic = createTopic<RunsView, RunsChange>({
    initial: { runs: runner.recentRuns(MOST_RUNS) },
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
  return {
    topic,
    close() {
      stopHearing();
      look.stop();
      topic.close();
    },
  };
}

/** Runs that are new or whose record reads differently. A live run tells of itself and is left out. */
function changedRuns(known: readonly RunSummary[], now: readonly RunSummary[]): RunSummary[] {
  const before = new Map(known.map((run) => [run.runId, run]));
  return now.filter((run) => {
    const old = before.get(run.runId);
    return !(old?.live && run.live) && JSON.stringify(old) !== JSON.stringify(run);
  });
}

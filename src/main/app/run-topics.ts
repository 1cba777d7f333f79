import { isDeepStrictEqual } from 'node:util';
import { applyRunChange, type RunChange, type RunView } from '../../shared/run-view.ts';
import type { Clock } from '../platform/clock.ts';
import type { RunHandle, Runner } from '../runner/runner-api.ts';
import { createRepeater } from './repeater.ts';
import { createTopic, type Topic } from './topic.ts';

/** How often the record of a run that another process drives is looked at, while somebody watches. */
const LOOK_MS = 1_000;

/** One topic for each run somebody looks at, or that goes on in this process. */
export interface RunTopics {
  /** Null: there is no such run. */
  open(runId: string): Promise<Topic<RunView, RunChange> | null>;
  /** Looks at the record again: a pick after the end changes it. */
  refresh(runId: string): Promise<void>;
  close(): void;
}

export function createRunTopics(runner: Pick<Runner, 'onStarted' | 'view'>, clock: Clock): RunTopics {
  const open = new Map<string, { topic: Topic<RunView, RunChange>; end(): void }>();
  const forget = (runId: string) => {
    open.get(runId)?.end();
    open.delete(runId);
  };
  // From its first moment: changes are gathered before they are told, so that a view taken later may hold some already.
  const stopHearing = runner.onStarted((handle) => {
    open.set(
      handle.runId,
      followHandle(handle, () => forget(handle.runId)),
    );
  });

  return {
    async open(runId) {
      const known = open.get(runId);
      if (known) return known.topic;
      const view = await runner.view(runId);
      const openedMeanwhile = open.get(runId);
      if (openedMeanwhile) return openedMeanwhile.topic;
      if (view === null) return null;
      const made = followRecord(runner, view, clock, () => forget(runId));
      open.set(runId, made);
      return made.topic;
    },
    async refresh(runId) {
      const entry = open.get(runId);
      const now = entry && (await runner.view(runId));
      const change = entry && now ? difference(entry.topic.state(), now) : null;
      if (change) entry?.topic.publish(change);
    },
    close() {
      stopHearing();
      for (const { topic, end } of open.values()) {
        end();
        topic.close();
      }
      open.clear();
    },
  };
}

/** A run of this process: its own changes, until it is over and nobody looks any more. */
function followHandle(handle: RunHandle, forget: () => void) {
  let over = false;
  const topic = createTopic<RunView, RunChange>({
    initial: handle.view(),
    apply: applyRunChange,
    onWatched: (watched) => {
      if (!watched && over) forget();
    },
  });
  const end = handle.onChange((change) => topic.publish(change));
  void handle.finished.then(() => {
    over = true;
    if (topic.readers() === 0) forget();
  });
  return { topic, end };
}

/** A run of another process or an earlier day: its record, looked at while it may still change. */
function followRecord(runner: Pick<Runner, 'view'>, initial: RunView, clock: Clock, forget: () => void) {
  const look = createRepeater(clock, LOOK_MS, async () => {
    const now = await runner.view(initial.summary.runId);
    const change = now && difference(topic.state(), now);
    if (change) topic.publish(change);
  });
  const topic = createTopic<RunView, RunChange>({
    initial,
    apply: applyRunChange,
    onWatched: (watched) => {
      if (!watched) return forget();
      if (topic.state().summary.finishedAt === null) look.start();
    },
  });
  return { topic, end: look.stop };
}

/** What leads from one view of a run to a later one; null when they are alike. Pure. */
export function difference(before: RunView, now: RunView): RunChange | null {
  const old = new Map(before.nodes.map((node) => [node.nodeId, node]));
  const nodes = now.nodes.filter((node) => !isDeepStrictEqual(old.get(node.nodeId), node));
  const notices = now.notices.slice(before.notices.length);
  const known = new Map(before.outages.map((outage) => [outage.from, outage]));
  const outages = now.outages.filter((outage) => !isDeepStrictEqual(known.get(outage.from), outage));
  const summary = isDeepStrictEqual(before.summary, now.summary) ? undefined : now.summary;
  const untold = [nodes, notices, outages].every((list) => list.length === 0);
  if (untold && summary === undefined) return null;
  const change: RunChange = {};
  if (nodes.length > 0) change.nodes = nodes;
  if (notices.length > 0) change.notices = notices;
  if (outages.length > 0) change.outages = outages;
  if (summary !== undefined) change.summary = summary;
  return change;
}

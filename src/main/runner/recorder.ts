import type { RunEvent } from '../../shared/run-events.ts';
import {
  applyRunChange,
  mergeOutages,
  type RunChange,
  type RunNodeView,
  type RunView,
} from '../../shared/run-view.ts';
import type { Clock } from '../platform/clock.ts';
import { changeFor, joinChanges, type RunSums, summarise } from './live-view.ts';

/** At most ten updates a second leave for the window (ui.md). */
const BATCH_MS = 100;

/**
 * Keeps a run's view up to date and tells the listeners: every event as it happens, view changes in batches.
 */
export interface Recorder {
  emit(event: RunEvent): void;
  /** A change that no event stands for: a person's pick. */
  change(change: RunChange): void;
  /** So many candidates more than the plan said. */
  more(candidates: number): void;
  view(): RunView;
  node(nodeId: number): RunNodeView | null;
  onEvent(listener: (event: RunEvent) => void): () => void;
  onChange(listener: (change: RunChange) => void): () => void;
  /** Sends what is waiting. */
  flush(): void;
}

export function createRecorder(
  initial: RunView,
  deps: {
    clock: Clock;
    media: (sha256: string, file: string) => string | null;
    sums: () => RunSums;
  },
): Recorder {
  const { clock } = deps;
  const began = clock.monotonic();
  const events = new Set<(event: RunEvent) => void>();
  const changes = new Set<(change: RunChange) => void>();
  /** Indexed, since a view of 20,000 nodes must not be searched for every event. */
  const nodes = new Map(initial.nodes.map((node) => [node.nodeId, node]));
  let { summary, notices, outages } = initial;
  let waiting: RunChange[] = [];
  let timer: AbortController | null = null;

  const view = (): RunView => ({
    summary,
    tabs: initial.tabs,
    nodes: initial.nodes.map((n) => nodes.get(n.nodeId) ?? n),
    notices,
    outages,
  });

  const take = (change: RunChange) => {
    for (const node of change.nodes ?? []) nodes.set(node.nodeId, node);
    summary = change.summary ?? summary;
    notices = change.notices ? [...notices, ...change.notices] : notices;
    outages = change.outages ? mergeOutages(outages, change.outages) : outages;
    if (changes.size === 0) return;
    waiting.push(change);
    if (timer) return;
    const pending = new AbortController();
    timer = pending;
    clock.sleep(BATCH_MS, pending.signal).then(flush, () => undefined);
  };

  const flush = () => {
    timer?.abort();
    timer = null;
    if (waiting.length === 0) return;
    const batch = joinChanges(waiting);
    waiting = [];
    summary = summarise(
      { ...view(), summary: batch.summary ?? summary },
      deps.sums(),
      clock.monotonic() - began,
    );
    for (const listener of changes) listener({ ...batch, summary });
  };

  return {
    emit: (event) => {
      const id = 'nodeId' in event ? event.nodeId : undefined;
      const node = id === undefined ? undefined : nodes.get(id);
      const { tabs } = initial;
      take(changeFor({ summary, tabs, nodes: node ? [node] : [], notices, outages }, event, deps.media));
      for (const listener of events) listener(event);
    },
    change: take,
    more: (candidates) => take({ summary: { ...summary, total: summary.total + candidates } }),
    view: () => {
      const now = view();
      return applyRunChange(now, { summary: summarise(now, deps.sums(), clock.monotonic() - began) });
    },
    node: (nodeId) => nodes.get(nodeId) ?? null,
    onEvent: (listener) => {
      events.add(listener);
      return () => events.delete(listener);
    },
    onChange: (listener) => {
      changes.add(listener);
      return () => changes.delete(listener);
    },
    flush,
  };
}

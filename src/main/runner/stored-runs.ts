import { setImmediate } from 'node:timers/promises';
import type { RunNodeView, RunSummary, RunView } from '../../shared/run-view.ts';
import type { RunSums } from '../db/run-journal.ts';
import type { StoredRun } from '../db/runs.ts';
import { causeOfDeath } from './cause.ts';
import { deadNode, withSums } from './dead-view.ts';
import type { RunnerDeps } from './runner-deps.ts';

type StoredRunDeps = Pick<RunnerDeps, 'db' | 'clock' | 'isAlive' | 'self' | 'media'>;

/** Nodes folded in one go. */
const NODES = 40;

/** What the database says of runs that this process does not drive. */
export interface StoredRuns {
  /** For those without an end, what their journal says; one whose process is gone did not end by itself. */
  told(stored: readonly StoredRun[]): Promise<RunSummary[]>;
  /** The whole record. Null: no such run. */
  view(runId: string): Promise<RunView | null>;
}

export function createStoredRuns(deps: StoredRunDeps): StoredRuns {
  const { db, clock, self } = deps;

  const tellOne = async (stored: StoredRun, sums: RunSums | null): Promise<RunSummary> => {
    const summary = { ...withSums(stored.summary, sums), live: false };
    if (!stored.open || (await deps.isAlive(stored.pid, stored.processStarted))) return summary;
    const startedAt = Date.parse(summary.startedAt);
    const now = { boot: self.boot, now: clock.now(), sinceBoot: clock.sinceBoot() };
    return {
      ...summary,
      status: 'interrupted',
      finishedAt: new Date(sums?.lastAt ?? startedAt).toISOString(),
      etaS: null,
      message: summary.message ?? 'The program that ran it ended.',
      cause: causeOfDeath({ boot: stored.boot, startedAt }, now),
    };
  };

  const told: StoredRuns['told'] = async (stored) => {
    const open = stored.filter((run) => run.open).map(({ summary }) => summary.runId);
    const sums = open.length === 0 ? new Map<string, RunSums>() : await db.runs.sums(open);
    return Promise.all(stored.map((run) => tellOne(run, sums.get(run.summary.runId) ?? null)));
  };

  /** Some at a time: nobody waits for a large run. */
  const nodesNow = async (first: readonly RunNodeView[], summary: RunSummary): Promise<RunNodeView[]> => {
    const nodes: RunNodeView[] = [];
    for (let at = 0; at < first.length; at += NODES) {
      if (at > 0) await setImmediate();
      const some = first.slice(at, at + NODES);
      const rows = db.runs.rowsOf(
        summary.runId,
        some.map(({ nodeId }) => nodeId),
      );
      const byNode = Map.groupBy(rows, ({ nodeId }) => nodeId);
      for (const node of some) nodes.push(deadNode(node, byNode.get(node.nodeId) ?? [], summary, deps.media));
    }
    return nodes;
  };

  return {
    told,
    view: async (runId) => {
      const stored = db.runs.known(runId);
      if (!stored) return null;
      const [summary = stored.summary] = await told([stored]);
      const end = await db.runs.endViewOf(runId);
      if (end !== null) return { ...end, summary };
      const first = await db.runs.firstViewOf(runId);
      if (first === null) return { summary, tabs: [], nodes: [], notices: [], outages: [] };
      return { ...first, summary, nodes: await nodesNow(first.nodes, summary) };
    },
  };
}

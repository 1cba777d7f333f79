import type { RunSummary, RunView } from '../../shared/run-view.ts';
import type { RunSums } from '../db/run-journal.ts';
import type { StoredRun } from '../db/runs.ts';
import { causeOfDeath } from './cause.ts';
import { deadView, withSums } from './dead-view.ts';
import type { RunnerDeps } from './runner-deps.ts';

type StoredRunDeps = Pick<RunnerDeps, 'db' | 'clock' | 'isAlive' | 'self' | 'media'>;

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

  const told: StoredRuns['told'] = (stored) => {
    const open = stored.filter((run) => run.open).map(({ summary }) => summary.runId);
    const sums = open.length === 0 ? new Map<string, RunSums>() : db.runs.sums(open);
    return Promise.all(stored.map((run) => tellOne(run, sums.get(run.summary.runId) ?? null)));
  };

  return {
    told,
    view: async (runId) => {
      const stored = db.runs.find(runId);
      if (!stored) return null;
      const [summary = stored.summary] = await told([stored]);
      if (stored.view) return { ...stored.view, summary };
      const first = await db.runs.firstViewOf(runId);
      if (first === null) return { summary, tabs: [], nodes: [], notices: [], outages: [] };
      return deadView(first, db.runs.rowsOf(runId), summary, deps.media);
    },
  };
}

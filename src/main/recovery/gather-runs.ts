import type { RunSummary } from '../../shared/run-view.ts';
import type { PassEvidence, RunEvidence } from './evidence.ts';
import type { GatherDeps } from './gather-deps.ts';

/** A person goes through a few passes, not through hundreds. */
const MOST_PASSES = 20;

/** The newest run of a workflow, and the passes at recovering since the last one that was completed. */
export async function gatherRuns(
  path: string,
  deps: Pick<GatherDeps, 'db' | 'runs' | 'record'>,
): Promise<{ run: RunEvidence | null; passes: PassEvidence[] }> {
  const runs = await deps.runs(path);
  const [newest] = runs;
  if (newest === undefined) return { run: null, passes: [] };
  const since = sinceCompleted(runs);
  const passes = await Promise.all(
    passesOf(since)
      .slice(-MOST_PASSES)
      .map(
        async (run): Promise<PassEvidence> => ({
          runId: run.runId,
          at: Date.parse(run.finishedAt ?? run.startedAt),
          classes: await classesOf(run, deps),
        }),
      ),
  );
  return { run: evidenceOf(newest, path, deps), passes: passes.filter(({ classes }) => classes.length > 0) };
}

function evidenceOf(run: RunSummary, path: string, { db }: Pick<GatherDeps, 'db'>): RunEvidence {
  const startedAt = Date.parse(run.startedAt);
  const ended = run.finishedAt === null ? db.journal.lastSeen(run.runId) : Date.parse(run.finishedAt);
  // Of several in the same run's time the first is the one from before it.
  const backup = db.backups
    .of(path)
    .filter(({ reason, at }) => reason === 'pre-run' && at >= startedAt)
    .at(-1);
  return {
    runId: run.runId,
    status: run.status,
    live: run.live || LIVE.has(run.status),
    mode: run.mode,
    demo: run.demo,
    startedAt,
    endedAt: ended,
    cause: run.cause,
    message: run.message,
    backup: backup?.path ?? backup?.id ?? null,
  };
}

/** The runner tells a run whose process is gone as interrupted: what is told as going on goes on, here or elsewhere. */
const LIVE: ReadonlySet<string> = new Set(['starting', 'running', 'paused', 'waiting-backend', 'stopping']);
const CUT_SHORT: ReadonlySet<string> = new Set(['interrupted', 'aborted']);

/** Oldest first. */
function sinceCompleted(newestFirst: readonly RunSummary[]): RunSummary[] {
  const last = newestFirst.findIndex(({ status }) => status === 'completed');
  return newestFirst.slice(0, last === -1 ? undefined : last).reverse();
}

/** What came after the first that was cut short, and has ended. Oldest first. */
function passesOf(runs: readonly RunSummary[]): RunSummary[] {
  const first = runs.findIndex(({ status }) => CUT_SHORT.has(status));
  if (first === -1) return [];
  return runs.slice(first + 1).filter(({ status }) => CUT_SHORT.has(status) || status === 'failed-nodes');
}

/** What its nodes failed with, or why it could not go on. A person who cancels has not failed. */
async function classesOf(
  run: RunSummary,
  { record }: Pick<GatherDeps, 'record'>,
): Promise<PassEvidence['classes']> {
  if (run.cause === 'cancelled') return [];
  const nodes = (await record(run.runId))?.nodes ?? [];
  const classes = nodes.flatMap(({ error }) => (error === null ? [] : [error.error]));
  return [...new Set([...classes, ...(run.cause === null ? [] : [run.cause])])];
}

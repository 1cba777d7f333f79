import type { RunSummary } from '../../shared/run-view.ts';
import type { BackupRow } from '../db/backups.ts';
import type { Database } from '../db/database.ts';

/**
 * The backup of what a run began with: the one that it noted; where it died before that, or noted a place where the copy
 * is not any more, the first one before a run that was taken since. Null: there is none (any more).
 */
export function runInput(
  run: Pick<RunSummary, 'runId' | 'workflow' | 'startedAt'>,
  db: Database,
): BackupRow | null {
  const noted = db.runs.backupOf(run.runId);
  const backups = db.backups.of(run.workflow);
  const backup = noted === null ? undefined : backups.find(({ id, path }) => [id, path].includes(noted));
  if (backup !== undefined) return backup;
  const began = Date.parse(run.startedAt);
  const ended = nextStart(run, db);
  const taken = backups.filter(({ reason, at }) => reason === 'pre-run' && at >= began && at < ended);
  return taken.sort((a, b) => a.at - b.at)[0] ?? null;
}

/** When the next run of the file began; Infinity: there was none since. */
function nextStart(
  { runId, workflow, startedAt }: Pick<RunSummary, 'runId' | 'workflow' | 'startedAt'>,
  db: Database,
): number {
  const later = db.runs
    .ofWorkflow(workflow, MOST_RUNS)
    .filter(({ summary }) => summary.runId !== runId && summary.startedAt > startedAt)
    .map(({ summary }) => Date.parse(summary.startedAt));
  return Math.min(Number.POSITIVE_INFINITY, ...later);
}

/** Runs of a file that are looked through. */
const MOST_RUNS = 1000;

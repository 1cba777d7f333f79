import { RunOutcome } from '../../shared/domain.ts';
import { type Diagnosis, isCutShort } from '../../shared/recovery.ts';
import type { RecoveryRow } from '../db/recoveries.ts';
import { nodeDisk } from '../platform/disk.ts';
import { acquireLock, lockFileFor, withFileLock } from '../platform/lock.ts';
import { realPlaceOf } from '../platform/real-place.ts';
import { createAfterCare } from './recovery-after-care.ts';
import type { Recovery, RecoveryParts } from './recovery-api.ts';
import { applyPlan } from './recovery-apply.ts';
import { backUpFirst, backupIdOf } from './recovery-backups.ts';
import { createExaminer } from './recovery-examine.ts';
import { recoveryEntries } from './recovery-list.ts';

/** The room of recovery with the real world around it; what it decides is carried out by runner, editing and history. */
export function openRecovery(parts: RecoveryParts): Recovery {
  const { db, clock, runner, editing } = parts;
  const listeners = new Set<() => void>();
  /** What was shown last of each workflow: what people decide by. */
  const shown = new Map<string, Diagnosis>();
  /** What was there of each workflow when a plan was carried out here: the note tells of it. */
  const decided = new Map<string, Diagnosis>();
  const examine = createExaminer(parts);
  const files = {
    db,
    disk: nodeDisk,
    clock,
    lock: async (file: string, what: string) => acquireLock(await lockFileFor(file), { what }, { clock }),
    alone: <T>(file: string, what: string, work: () => Promise<T>) =>
      withFileLock(file, what, work, { clock }),
  };

  const remember = async (workflow: string, change: Partial<RecoveryRow>): Promise<void> => {
    const [newest] = await runner.runsOf(workflow, 1);
    const run = newest !== undefined && isCutShort(newest.status) ? newest : null;
    await db.commits.write(() => {
      const known = db.recoveries.find(workflow);
      // Another run was cut short since: what was done about the one before is another story.
      const other = run !== null && run.runId !== known?.runId && run.runId !== known?.appliedRunId;
      const before = known === null || other ? { ...NOTHING_DONE, runId: run?.runId ?? null } : known;
      db.recoveries.put({ ...before, ...change, workflow, changedAt: clock.now() });
    });
    for (const listener of [...listeners]) listener();
  };
  const care = createAfterCare({
    ...files,
    editing,
    decided: (path) => decided.get(path) ?? null,
    outcomeOf: async (runId) => RunOutcome.safeParse((await runner.view(runId))?.summary.status).data ?? null,
  });

  return {
    entries: async () => {
      const newest = new Map((await runner.cutShort()).map((run) => [run.workflow, run]));
      const begun = new Map(db.recoveries.all().map((row) => [row.workflow, row]));
      return recoveryEntries({ newest, begun }).entries;
    },
    diagnose: async (path, how = {}) => {
      const { diagnosis } = await examine(await workflowPath(path), how);
      shown.set(diagnosis.path, diagnosis);
      return diagnosis;
    },
    look: async (path, how = {}) => examine(await workflowPath(path), how),
    apply: async (path, wish, { tell, waitAtGates, ...how } = {}) => {
      const real = await workflowPath(path);
      return applyPlan(wish, {
        examine: () => examine(real, how),
        shown: shown.get(real) ?? null,
        row: db.recoveries.find,
        remember,
        decide: (diagnosis) => decided.set(diagnosis.path, diagnosis),
        backup: (workflow) => backUpFirst(workflow, files),
        backupId: (workflow, idOrPath) => backupIdOf(workflow, idOrPath, files),
        editing,
        runner,
        ...(tell === undefined ? {} : { tell }),
        ...(waitAtGates === undefined ? {} : { waitAtGates }),
        ...(how.signal === undefined ? {} : { signal: how.signal }),
      });
    },
    keep: async (path, step, action) => remember(await workflowPath(path), { step, action }),
    dismiss: async (path) => remember(await workflowPath(path), { step: 'over' }),
    afterCare: async (path) => care.suggest(await workflowPath(path)),
    doAfterCare: async (path, wish) => {
      const workflow = await workflowPath(path);
      const done = await care.carryOut(workflow, wish);
      // What was not bumped can be tried again; all else is told and can be done by hand.
      if (!wish.bump || done.path !== null) await remember(done.path ?? workflow, { step: 'over' });
      return done;
    },
    onChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const NOTHING_DONE = {
  step: 'happened',
  action: null,
  appliedRunId: null,
  undoBackupId: null,
} satisfies Partial<RecoveryRow>;

const workflowPath = (path: string): Promise<string> => realPlaceOf(path, nodeDisk);

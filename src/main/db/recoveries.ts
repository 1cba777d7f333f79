import type { RecoveryAction, RecoveryStep } from '../../shared/recovery.ts';
import type { Connection } from './connection.ts';

/** How far a person is with the recovery of a workflow's run. */
export interface RecoveryRow {
  workflow: string;
  /** The interrupted run; null: made by another tool. */
  runId: string | null;
  step: RecoveryStep;
  action: RecoveryAction | null;
  appliedRunId: string | null;
  undoBackupId: string | null;
  changedAt: number;
}

/** Statements of the recoveries. Callers wrap writes in `Commits.write`. */
export function createRecoveriesTable(db: Connection) {
  const columns = `workflow, run_id AS runId, step, action, applied_run_id AS appliedRunId, undo_backup_id AS undoBackupId,
    changed_at AS changedAt`;
  const put = db.prepare(
    `INSERT INTO recoveries (workflow, run_id, step, action, applied_run_id, undo_backup_id, changed_at)
     VALUES (@workflow, @runId, @step, @action, @appliedRunId, @undoBackupId, @changedAt)
     ON CONFLICT (workflow) DO UPDATE SET run_id = excluded.run_id, step = excluded.step, action = excluded.action,
       applied_run_id = excluded.applied_run_id, undo_backup_id = excluded.undo_backup_id, changed_at = excluded.changed_at`,
  );
  const all = db.prepare(`SELECT ${columns} FROM recoveries ORDER BY changed_at DESC`);
  const one = db.prepare(`SELECT ${columns} FROM recoveries WHERE workflow = ?`);
  return {
    put: (row: RecoveryRow) => put.run(row),
    all: () => all.all() as RecoveryRow[],
    find: (workflow: string) => (one.get(workflow) as RecoveryRow | undefined) ?? null,
  };
}
export type RecoveriesTable = ReturnType<typeof createRecoveriesTable>;

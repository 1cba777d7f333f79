import { isCutShort, type RecoveriesView, type RecoveryEntry } from '../../shared/recovery.ts';
import type { RunSummary } from '../../shared/run-view.ts';
import type { RecoveryRow } from '../db/recoveries.ts';
import { causeSentence } from './recovery-words.ts';

export interface KnownRuns {
  /** The newest run of each workflow, as far as it matters: one that is not here ended well, or is not known. */
  newest: ReadonlyMap<string, RunSummary>;
  /** How far people are, by workflow. */
  begun: ReadonlyMap<string, RecoveryRow>;
}

/**
 * Workflows whose newest run was cut short, and recoveries somebody began and did not end. Newest first. Pure.
 */
export function recoveryEntries({ newest, begun }: KnownRuns): RecoveriesView {
  const workflows = new Set([...newest.keys(), ...begun.keys()]);
  const entries = [...workflows].flatMap((workflow) => {
    const entry = entryOf(workflow, newest.get(workflow) ?? null, begun.get(workflow) ?? null);
    return entry === null ? [] : [entry];
  });
  return { entries: entries.sort(newestFirst) };
}

function entryOf(workflow: string, run: RunSummary | null, row: RecoveryRow | null): RecoveryEntry | null {
  const cutShort = run !== null && isCutShort(run.status) ? run : null;
  if (row !== null && goesOn(row, run)) {
    return {
      path: workflow,
      name: nameOf(workflow),
      runId: row.runId,
      ...(cutShort === null ? { cause: null, interruptedAt: null } : ended(cutShort)),
      step: row.step,
      action: row.action,
      appliedRunId: row.appliedRunId,
      undoBackupId: row.undoBackupId,
    };
  }
  // Taken off the list by a person, or recovered from.
  if (cutShort === null || (row?.step === 'over' && isOf(row, cutShort))) return null;
  return {
    path: workflow,
    name: cutShort.name,
    runId: cutShort.runId,
    ...ended(cutShort),
    step: 'happened',
    action: null,
    appliedRunId: null,
    undoBackupId: null,
  };
}

/** A run that began after somebody last turned to the recovery has overtaken it, unless it is a part of it. */
function goesOn(row: RecoveryRow, run: RunSummary | null): boolean {
  if (row.step === 'over') return false;
  // What is left to be noted down can wait, but not hide that another run was cut short.
  if (row.step === 'after-care' && (run === null || !isCutShort(run.status))) return true;
  if (run === null) return row.runId === null || row.appliedRunId !== null;
  return isOf(row, run) || Date.parse(run.startedAt) < row.changedAt;
}

const isOf = ({ runId, appliedRunId }: RecoveryRow, run: RunSummary): boolean =>
  run.runId === runId || run.runId === appliedRunId;

const ended = (run: RunSummary) => ({
  cause: { kind: run.cause ?? ('other' as const), message: causeSentence(run) },
  interruptedAt: run.finishedAt ?? run.startedAt,
});

const nameOf = (workflow: string): string =>
  (workflow.split(/[\\/]/).at(-1) ?? workflow).replace(/\.nbflow$/i, '');

const newestFirst = (a: RecoveryEntry, b: RecoveryEntry): number =>
  (b.interruptedAt ?? '').localeCompare(a.interruptedAt ?? '') || a.path.localeCompare(b.path);

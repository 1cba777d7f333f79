import { dirname } from 'node:path';
import type { BumpAdvice } from '../../shared/history.ts';
import { versionIn } from '../../shared/version.ts';
import type { NodeDiff, WorkflowDiff } from '../../shared/workflow-diff.ts';
import type { BackupRow } from '../db/backups.ts';
import type { RestoreRow } from '../db/restores.ts';
import { realPathOf } from '../platform/held-file.ts';
import type { ExtraFields } from '../workflow/fields.ts';
import { bumpAdvice, type SinceRun } from './advice.ts';
import { type BackupDeps, noWorkflow } from './backup.ts';
import { wholeContent } from './contents.ts';
import { nameOf } from './lineage.ts';

export interface AdviceDeps extends Pick<BackupDeps, 'db' | 'disk'> {
  /** The setting `workflow.fields`. */
  fields: () => ExtraFields;
  /** Off this thread. Rejects with `workflow-unreadable`. */
  diffContents: (before: Uint8Array, after: Uint8Array, file: string) => Promise<WorkflowDiff>;
  /** Whether a run put the address of the same picture in place of a path. */
  samePicture: (workflow: string, before: string | null, after: string | null) => Promise<boolean>;
}

/**
 * Whether the next version of a workflow is due. Looks and changes nothing. Null: the name follows no scheme. Rejects with
 * `workflow-missing` and `workflow-unreadable`.
 */
export async function lookForAdvice(path: string, deps: AdviceDeps): Promise<BumpAdvice | null> {
  const { disk, fields } = deps;
  const real = await realPathOf(path, disk);
  const name = nameOf(real);
  if (versionIn(name) === null) return null;
  const now = await disk.read(real);
  if (now === null) throw noWorkflow(real);
  return bumpAdvice(name, await sinceRun(real, now, deps), fields());
}

async function sinceRun(real: string, now: Uint8Array, deps: AdviceDeps): Promise<SinceRun | null> {
  const { run, restore, wiped } = lastEvents(
    deps.db.backups.inOrder(real),
    deps.db.restores.below(dirname(real)).filter(({ path, how }) => path === real && how !== 'copy'),
  );
  if (run === null) return null;
  const before = await contentBefore(run, restore, deps);
  // What it was run with cannot be had any more: only that it was wiped is known.
  const same = before === null || Buffer.compare(before, now) === 0;
  return {
    diff: same ? null : await withoutStored(await deps.diffContents(before, now, real), real, deps),
    wiped,
  };
}

/** Without the references that a run stored: they are the pictures they were. */
async function withoutStored(
  diff: WorkflowDiff,
  real: string,
  { samePicture }: AdviceDeps,
): Promise<WorkflowDiff> {
  const known = new Map<string, Promise<boolean>>();
  const isSame = (before: string | null, after: string | null): Promise<boolean> => {
    const key = JSON.stringify([before, after]);
    const same = known.get(key) ?? samePicture(real, before, after);
    known.set(key, same);
    return same;
  };
  const nodes: NodeDiff[] = [];
  for (const node of diff.nodes) {
    const references: NodeDiff['references'] = [];
    for (const one of node.references) if (!(await isSame(one.before, one.after))) references.push(one);
    nodes.push({ ...node, references });
  }
  return { ...diff, nodes };
}

interface LastEvents {
  /** What the file was before its last run. */
  run: BackupRow | null;
  /** What was put back since. */
  restore: RestoreRow | null;
  /** Its cache was wiped since either. */
  wiped: boolean;
}

/** `rows` and `restores` in their order: the clock may have been set back. Pure. */
export function lastEvents(rows: readonly BackupRow[], restores: readonly RestoreRow[]): LastEvents {
  const undoOf = new Map(restores.map((restore) => [restore.undoBackupId, restore]));
  let last: LastEvents = { run: null, restore: null, wiped: false };
  for (const row of rows) {
    const restore = undoOf.get(row.id) ?? null;
    if (restore !== null) last = { ...last, restore, wiped: false };
    else if (RUN.has(row.reason)) last = { run: row, restore: null, wiped: false };
    else if (row.reason === 'pre-cache-wipe') last = { ...last, wiped: true };
    // It went on as another version; what comes now is a file that took its name.
    else if (endsLife(row)) last = { run: null, restore: null, wiped: false };
  }
  return last;
}

const RUN: ReadonlySet<string> = new Set(['pre-run', 'pre-recovery']);

const endsLife = ({ origin, reason }: BackupRow): boolean => origin === 'version' || reason === 'undone';

async function contentBefore(
  run: BackupRow,
  restore: RestoreRow | null,
  { db, disk }: AdviceDeps,
): Promise<Uint8Array | null> {
  if (restore === null) return wholeContent(run, { db, disk });
  // A restore may have wiped it or changed its name; what is compared is not touched by either.
  const backup = db.backups.find(restore.backupId);
  return backup === null ? null : wholeContent(backup, { db, disk });
}

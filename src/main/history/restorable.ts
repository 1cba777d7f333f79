import { fail } from '../../shared/failure.ts';
import { type BackupDeps, takeBackup } from './backup.ts';
import { type FindDeps, type FoundBackup, findBackup } from './find-backup.ts';
import { adoptFound } from './foreign-adopt.ts';
import { lineageOf } from './lineage.ts';

/** A content of the history that the database knows. */
export interface Restorable {
  backupId: string;
  found: FoundBackup;
  /** Whole: its hash was looked at. */
  content: Uint8Array;
}

/**
 * The backup or version of this workflow's lineage that is meant, with its content. What the database does not know yet
 * it knows from then on: somebody else's copy is adopted, of another version's file a backup is taken. Rejects as
 * findBackup does, and with `workflow-unreadable` when neither of its twins is whole.
 */
export async function restorable(
  workflow: string,
  entry: string,
  deps: BackupDeps & FindDeps,
): Promise<Restorable> {
  const lineage = lineageOf(workflow);
  const named = await findBackup(entry, deps, { lineage });
  // Read by its row from here on: whoever writes to the copy meanwhile is noticed by its hash.
  const found =
    named.what === 'foreign' ? await findBackup(await adoptFound(named, deps), deps, { lineage }) : named;
  const content = await found.read();
  if (content === null) throw damaged(found);
  const backupId = found.id ?? (await takeBackup(found.workflow, content, 'restored-elsewhere', deps)).id;
  return { backupId, found, content };
}

/** Why it cannot be put back. */
export const damaged = ({ path, id, label }: Pick<FoundBackup, 'path' | 'id' | 'label'>) =>
  fail('workflow-unreadable', `This backup is damaged and cannot be restored: ${label}.`, {
    where: path ?? id ?? label,
    cure: 'Restore an earlier one. The workflow was left as it is.',
  });

import type { RecoveryEntry } from '../../../shared/recovery.ts';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { useRestoreBackup } from '../../wire/queries.ts';

/**
 * Puts the workflow back as it was before the recovery; what is there is backed up first, so that this can be undone,
 * too. Null where there is nothing to go back to. The files that were made stay.
 */
export function useUndoRecovery(
  { path, name, undoBackupId }: RecoveryEntry,
  whenDone: () => void,
): { run: () => void; busy: boolean } | null {
  const restore = useRestoreBackup();
  if (undoBackupId === null) return null;
  const run = () => {
    // Not the callbacks of `mutate`: another screen may be open when the answer comes.
    restore
      .mutateAsync({ path, backupId: undoBackupId })
      .then(() => {
        whenDone();
        notifyDone(
          `${name} is as it was before the recovery. What was made stays in Assets/ and in the store.`,
        );
      })
      .catch(notifyError);
  };
  return { run, busy: restore.isPending };
}

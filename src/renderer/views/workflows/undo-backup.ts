import { fileName } from '../../components/format.ts';
import { notifyDone, notifyError } from '../../components/toaster.tsx';
import { useRestoreBackup } from '../../wire/queries.ts';

/**
 * The way back from a change that backed the workflow up first. `what` is the change in words: "the wipe". Tells in a
 * message that it is undone, or why it could not be; `whenDone` is called in the first case.
 */
export function useUndoBackup(path: string, what: string) {
  const restore = useRestoreBackup();
  const name = fileName(path).replace(/\.nbflow$/i, '');
  return (backupId: string, whenDone?: () => void): void => {
    // Not the callbacks of `mutate`: Undo may be pressed when the screen that offered it is gone.
    restore
      .mutateAsync({ path, backupId })
      .then(() => {
        whenDone?.();
        notifyDone(`${name} is as it was before ${what}.`);
      })
      .catch(notifyError);
  };
}

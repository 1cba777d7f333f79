import type { VersionMade } from '../../../shared/history.ts';
import { notifyDone, notifyError, notifyUndo } from '../../components/toaster.tsx';
import { useWindow } from '../../state/window.ts';
import { useUndoVersion } from '../../wire/queries.ts';
import { madeWords, workflowName } from './version-words.ts';

/** What follows on a version that was made: whoever looked at the old file sees the new one, and can take it back. */
export function useVersionMade(): (old: string, made: VersionMade) => void {
  const undo = useUndoVersion();
  const follow = useWindow((state) => state.followWorkflow);
  return (old, made) => {
    follow(old, made.path);
    for (const problem of made.problems) notifyError(new Error(problem));
    notifyUndo(madeWords(made), () => {
      // Not the callbacks of `mutate`: Undo may be pressed when the dialog is long gone.
      undo
        .mutateAsync({ path: made.path })
        .then(({ path, problems }) => {
          follow(made.path, path);
          for (const problem of problems) notifyError(new Error(problem));
          notifyDone(`${workflowName(path)} is back. ${workflowName(made.path)} is kept in backups/.`);
        })
        .catch(notifyError);
    });
  };
}

import type { HistoryEntry } from '../../../shared/history.ts';
import { notifyDone, notifyError, notifyUndo } from '../../components/toaster.tsx';
import { useAdopt, useAnnotate, useRestoreEntry } from '../../wire/queries.ts';
import { entryTitle } from './history-words.ts';
import { nameOf } from './lineages.ts';

/** What is done to entries at once, without a dialog; each tells how it went in a message. */
export interface EntryActs {
  togglePin: (entry: HistoryEntry) => void;
  /** Resolves to whether it was written. */
  note: (entry: HistoryEntry, note: string) => Promise<boolean>;
  adopt: (entry: HistoryEntry) => void;
  /** Puts back what was in the file before something replaced it. `what`: that, in words: `the restore`. */
  undo: (target: string, undoBackupId: string, what: string) => void;
  isBusy: boolean;
}

/**
 * `onRenamed`: an entry has another id from now on, as a copy of somebody else has once it is adopted. Nothing here is a
 * callback of `mutate`: the answer may come when another screen is open.
 */
export function useEntryActs(path: string, onRenamed: (from: string, to: string) => void): EntryActs {
  const annotate = useAnnotate();
  const adopt = useAdopt();
  const restore = useRestoreEntry();
  return {
    isBusy: annotate.isPending || adopt.isPending || restore.isPending,
    togglePin: (entry) => {
      annotate
        .mutateAsync({ entry: entry.id, pinned: !entry.pinned })
        .then(({ id }) => onRenamed(entry.id, id))
        .catch(notifyError);
    },
    note: (entry, note) =>
      annotate.mutateAsync({ entry: entry.id, note }).then(
        ({ id }) => {
          onRenamed(entry.id, id);
          return true;
        },
        (error: unknown) => {
          notifyError(error);
          return false;
        },
      ),
    adopt: (entry) => {
      adopt
        .mutateAsync({ path, entry: entry.id })
        .then(({ id }) => {
          onRenamed(entry.id, id);
          notifyDone(`Adopted: ${entryTitle(entry)}. Its content is in the database, too.`);
        })
        .catch(notifyError);
    },
    undo: (target, undoBackupId, what) => {
      restore
        .mutateAsync({ path: target, entry: undoBackupId })
        .then((back) => {
          const message = `${nameOf(back.path)} is as it was before ${what}.`;
          const { undoBackupId: again } = back;
          if (again === null) notifyDone(message);
          else
            notifyUndo(message, () => {
              restore
                .mutateAsync({ path: target, entry: again })
                .then(() => notifyDone(`${nameOf(target)} is as it was before the undo.`))
                .catch(notifyError);
            });
        })
        .catch(notifyError);
    },
  };
}

import type { RecoveryEntry } from '../../../shared/recovery.ts';
import { notifyError } from '../../components/toaster.tsx';
import { useRecoveryWindow } from '../../state/recovery-window.ts';
import { useWindow } from '../../state/window.ts';
import { useDismissRecovery } from '../../wire/queries.ts';

/** Takes a recovery off the list, and shows the next one. The run and all files stay. */
export function useDismiss({ path }: RecoveryEntry): { run: () => void; busy: boolean } {
  const dismiss = useDismissRecovery();
  const openRecovery = useWindow((state) => state.openRecovery);
  const keepDraft = useRecoveryWindow((state) => state.keepDraft);
  const run = () => {
    // First of all, so that nobody looks at what leaves the list while it does.
    openRecovery(null);
    // Not the callbacks of `mutate`: the wizard goes before the answer comes.
    dismiss
      .mutateAsync({ path })
      .then(() => keepDraft(path, null))
      .catch(notifyError);
  };
  return { run, busy: dismiss.isPending };
}

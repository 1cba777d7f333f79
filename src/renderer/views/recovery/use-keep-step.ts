import { useQueryClient } from '@tanstack/react-query';
import type { RecoveriesView, RecoveryAction, RecoveryEntry } from '../../../shared/recovery.ts';
import { notifyError } from '../../components/toaster.tsx';
import { withEntry } from '../../state/recovery.ts';
import { useKeepRecovery } from '../../wire/queries.ts';
import { recoveriesTopic } from '../../wire/topics.ts';
import type { ShownStep } from './recovery-words.ts';

/**
 * Goes to a step of the wizard, and remembers what was chosen. The window shows it at once; the main side keeps it, so
 * that it is there after a reload and in other windows. If that fails, the window goes back and says so.
 */
export function useKeepStep(entry: RecoveryEntry) {
  const cache = useQueryClient();
  const keep = useKeepRecovery();
  return (step: ShownStep, action: RecoveryAction | null = entry.action): void => {
    const show = (shown: RecoveryEntry) =>
      cache.setQueryData<RecoveriesView>(recoveriesTopic.key, (view) => view && withEntry(view, shown));
    show({ ...entry, step, action });
    keep.mutate(
      { path: entry.path, step, action },
      {
        onError: (error) => {
          show(entry);
          notifyError(error);
        },
      },
    );
  };
}

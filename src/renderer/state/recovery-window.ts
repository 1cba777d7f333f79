import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { AfterCareDone } from '../../shared/recovery.ts';

/** What a person has entered at after-care and not sent yet. */
export interface AfterCareDraft {
  bump: boolean;
  note: string;
  registry: boolean;
  tracker: boolean;
}

interface RecoveryWindowState {
  /** Interruptions whose announcement was closed, by `interruptionKey`. */
  seen: readonly string[];
  /** Drafts by path of the workflow. */
  drafts: Readonly<Record<string, AfterCareDraft>>;
  /** What after-care did, by path of the workflow, until it has been read; 'busy' while it is done. */
  outcomes: Readonly<Record<string, AfterCareDone | 'busy'>>;
  see: (keys: readonly string[]) => void;
  keepDraft: (path: string, draft: AfterCareDraft | null) => void;
  keepOutcome: (path: string, outcome: AfterCareDone | 'busy' | null) => void;
}

/** What only this window knows of recoveries; it lasts as long as the window, over reloads. */
export const useRecoveryWindow = create<RecoveryWindowState>()(
  persist(
    (set) => ({
      seen: [],
      drafts: {},
      see: (keys) => set(({ seen }) => ({ seen: [...new Set([...seen, ...keys])] })),
      outcomes: {},
      keepDraft: (path, draft) => set(({ drafts }) => ({ drafts: withValue(drafts, path, draft) })),
      keepOutcome: (path, outcome) =>
        set(({ outcomes }) => ({ outcomes: withValue(outcomes, path, outcome) })),
    }),
    {
      name: 'flowdeck.recovery',
      storage: createJSONStorage(() => sessionStorage),
      partialize: ({ seen, drafts }) => ({ seen, drafts }),
    },
  ),
);

function withValue<T>(record: Readonly<Record<string, T>>, key: string, value: T | null): Record<string, T> {
  const { [key]: _, ...others } = record;
  return value === null ? others : { ...others, [key]: value };
}

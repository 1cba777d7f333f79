import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

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
  see: (keys: readonly string[]) => void;
  keepDraft: (path: string, draft: AfterCareDraft | null) => void;
}

/** What only this window knows of recoveries; it lasts as long as the window, over reloads. */
export const useRecoveryWindow = create<RecoveryWindowState>()(
  persist(
    (set) => ({
      seen: [],
      drafts: {},
      see: (keys) => set(({ seen }) => ({ seen: [...new Set([...seen, ...keys])] })),
      keepDraft: (path, draft) =>
        set(({ drafts }) => {
          const { [path]: _, ...others } = drafts;
          return { drafts: draft === null ? others : { ...others, [path]: draft } };
        }),
    }),
    { name: 'flowdeck.recovery', storage: createJSONStorage(() => sessionStorage) },
  ),
);

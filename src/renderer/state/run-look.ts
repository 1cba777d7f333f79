import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

/** Three ways to look at the nodes of a run (ui.md, screen 3). */
export type RunLook = 'board' | 'graph' | 'timeline';

/** How the graph is laid out: as in the workflow file, or anew. */
export type Arrangement = 'drawn' | 'tidy';

interface RunLookState {
  look: RunLook;
  arrangement: Arrangement;
  show: (look: RunLook) => void;
  arrange: (arrangement: Arrangement) => void;
}

/** How this window shows runs: the next run opens as the last one was looked at. */
export const useRunLook = create<RunLookState>()(
  persist(
    (set) => ({
      look: 'board',
      arrangement: 'drawn',
      show: (look) => set({ look }),
      arrange: (arrangement) => set({ arrangement }),
    }),
    { name: 'flowdeck.run-look', storage: createJSONStorage(() => sessionStorage) },
  ),
);

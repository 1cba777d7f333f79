import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

/** Three ways to look at the nodes of a run (ui.md, screen 3). */
export type RunLook = 'board' | 'graph' | 'timeline';

/** How the graph is laid out: as in the workflow file, or anew. */
export type Arrangement = 'drawn' | 'tidy';

/** How far a graph is moved, in pixels, and how large it is shown. */
interface GraphView {
  x: number;
  y: number;
  zoom: number;
}

interface RunLookState {
  look: RunLook;
  arrangement: Arrangement;
  /** Where one left off in each graph, by a name of run, tab and arrangement. */
  views: Readonly<Record<string, GraphView>>;
  show: (look: RunLook) => void;
  arrange: (arrangement: Arrangement) => void;
  keepView: (name: string, view: GraphView) => void;
}

/** How this window shows runs: the next run opens as the last one was looked at. */
export const useRunLook = create<RunLookState>()(
  persist(
    (set) => ({
      look: 'board',
      arrangement: 'drawn',
      views: {},
      show: (look) => set({ look }),
      arrange: (arrangement) => set({ arrangement }),
      keepView: (name, view) => set(({ views }) => ({ views: { ...views, [name]: view } })),
    }),
    {
      name: 'flowdeck.run-look',
      storage: createJSONStorage(() => sessionStorage),
      partialize: ({ look, arrangement }) => ({ look, arrangement }),
    },
  ),
);

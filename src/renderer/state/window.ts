import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

export type ViewName = 'control-room' | 'workflows' | 'runs' | 'recovery' | 'history' | 'settings';

interface WindowState {
  view: ViewName;
  /** The run that is open on the screen Runs; null shows the list. */
  runId: string | null;
  /** The node that is selected in the open run; null closes the side panel. */
  nodeId: number | null;
  /** The workflow that is selected on the screen Workflows, by path. */
  workflowPath: string | null;
  /** The workflow whose recovery is open on the screen Recovery, by path; null shows the first that waits. */
  recoveryPath: string | null;
  /** The workflow whose history is shown, by path; null shows the one that changed last. */
  historyPath: string | null;
  /** The entry of it that is selected, by id; null: none was chosen yet. */
  historyEntry: string | null;
  go: (view: ViewName) => void;
  openRun: (runId: string | null) => void;
  selectNode: (nodeId: number | null) => void;
  openWorkflow: (path: string | null) => void;
  /** The next version of a workflow took its place, or gave it back: what showed the one shows the other. */
  followWorkflow: (from: string, to: string) => void;
  openRecovery: (path: string | null) => void;
  /** With the id of an entry, such as a run's, that one is selected. */
  openHistory: (path: string, entry?: string) => void;
  selectEntry: (id: string | null) => void;
}

/** Where a person is in this window. A reload comes back to the same place; a new window starts afresh. */
export const useWindow = create<WindowState>()(
  persist(
    (set) => ({
      view: 'control-room',
      runId: null,
      nodeId: null,
      workflowPath: null,
      recoveryPath: null,
      historyPath: null,
      historyEntry: null,
      // Who comes to the history anew finds what is most likely looked for.
      go: (view) => set({ view, ...(view === 'history' && { historyEntry: null }) }),
      openRun: (runId) => set({ view: 'runs', runId, nodeId: null }),
      selectNode: (nodeId) => set({ nodeId }),
      openRecovery: (recoveryPath) => set({ view: 'recovery', recoveryPath, ...historyOf(recoveryPath) }),
      openWorkflow: (workflowPath) => set({ view: 'workflows', workflowPath, ...historyOf(workflowPath) }),
      followWorkflow: (from, to) =>
        set(({ workflowPath, historyPath }) => ({
          ...(workflowPath === from && { workflowPath: to }),
          ...(historyPath === from && { historyPath: to }),
        })),
      openHistory: (historyPath, historyEntry) =>
        set({ view: 'history', historyPath, historyEntry: historyEntry ?? null }),
      selectEntry: (historyEntry) => set({ historyEntry }),
    }),
    { name: 'flowdeck.window', storage: createJSONStorage(() => sessionStorage) },
  ),
);

/** Who looked at a workflow last and then goes to the history means that one. */
const historyOf = (path: string | null) => (path === null ? {} : { historyPath: path, historyEntry: null });

interface PaletteState {
  open: boolean;
  setOpen: (open: boolean) => void;
}

export const usePalette = create<PaletteState>()((set) => ({
  open: false,
  setOpen: (open) => set({ open }),
}));

import { create } from 'zustand';

interface RunDialogState {
  /** The workflow a run is being set up for; null while the dialog is closed. */
  path: string | null;
  open: (path: string) => void;
  close: () => void;
}

/** The dialog that starts a run; the frame, the palette and the screen Workflows open it. */
export const useRunDialog = create<RunDialogState>()((set) => ({
  path: null,
  open: (path) => set({ path }),
  close: () => set({ path: null }),
}));

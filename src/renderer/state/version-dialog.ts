import { create } from 'zustand';

/** What is to be made of a workflow: its next version, or the approved one. */
export type VersionStep = 'bump' | 'graduate';

interface VersionDialogState {
  /** Null while the dialog is closed. */
  asked: { path: string; step: VersionStep } | null;
  open: (path: string, step: VersionStep) => void;
  close: () => void;
}

/** The dialog that makes versions; details, history, messages and the palette open it. */
export const useVersionDialog = create<VersionDialogState>()((set) => ({
  asked: null,
  open: (path, step) => set({ asked: { path, step } }),
  close: () => set({ asked: null }),
}));

import { create } from 'zustand';

export type DetailsTab = 'findings' | 'plan';

interface DetailsTabState {
  /** What a person asked to see of which workflow; of any other one nothing was asked yet. */
  asked: { path: string; tab: DetailsTab } | null;
  ask: (path: string, tab: DetailsTab) => void;
}

/** Which side of a workflow's details is shown; the Run dialog leads to the findings, too. */
export const useDetailsTab = create<DetailsTabState>()((set) => ({
  asked: null,
  ask: (path, tab) => set({ asked: { path, tab } }),
}));

import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { ServiceName } from '../../shared/services.ts';

interface LogsState {
  /** Services whose log a person has folded away. */
  folded: ServiceName[];
  toggle: (service: ServiceName) => void;
}

/** Which logs of the Control room are folded away, in this browser. */
export const useLogs = create<LogsState>()(
  persist(
    (set) => ({
      folded: [],
      toggle: (service) =>
        set(({ folded }) => ({
          folded: folded.includes(service) ? folded.filter((each) => each !== service) : [...folded, service],
        })),
    }),
    { name: 'flowdeck.logs', storage: createJSONStorage(() => localStorage) },
  ),
);

import { useSyncExternalStore } from 'react';

const query = '(min-width: 1280px)';

/** Whether the window has room for the board and the side panel at once. */
export function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}

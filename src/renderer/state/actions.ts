import { useEffect, useRef } from 'react';
import { create } from 'zustand';

/** Something a person can do now, from the palette or with its keys. */
export interface Action {
  /** Unique; a second one with the same id replaces the first while it is there. */
  id: string;
  /** An instruction: `Start G-Labs`. */
  title: string;
  /** Heading in the palette. */
  group: string;
  /** `mod+k`; mod is Command on a Mac, else Control. */
  shortcut?: string;
  run: () => void;
}

interface ActionsState {
  actions: ReadonlyMap<string, Action>;
  add: (action: Action) => void;
  remove: (action: Action) => void;
}

export const useActions = create<ActionsState>()((set) => ({
  actions: new Map(),
  add: (action) => set(({ actions }) => ({ actions: new Map(actions).set(action.id, action) })),
  remove: (action) =>
    set(({ actions }) => {
      if (actions.get(action.id) !== action) return {};
      const rest = new Map(actions);
      rest.delete(action.id);
      return { actions: rest };
    }),
}));

/** Registers an action for as long as the component is there; null while it cannot be done. */
export function useAction(action: Action | null): void {
  const { add, remove } = useActions.getState();
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  const { id, title, group, shortcut } = action ?? {};
  useEffect(() => {
    if (id === undefined || title === undefined || group === undefined) return;
    const registered: Action = {
      id,
      title,
      group,
      run: () => latest.current?.run(),
      ...(shortcut && { shortcut }),
    };
    add(registered);
    return () => remove(registered);
  }, [id, title, group, shortcut, add, remove]);
}

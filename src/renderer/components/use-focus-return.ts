import { useRef } from 'react';

/**
 * Gives the focus back to where it was before a dialog opened. Radix does so only for dialogs with a trigger inside
 * of them, and ours are opened from anywhere. To be spread over the dialog's content.
 */
export function useFocusReturn() {
  const before = useRef<Element | null>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      // A tab that gets the focus is chosen by it: back to the one that is chosen by now.
      const tabs = before.current?.closest('[role="tablist"]');
      const target = tabs?.querySelector('[role="tab"][aria-selected="true"]') ?? before.current;
      // What it was on may be gone by what the dialog did: then the screen as a whole.
      const place = target?.isConnected ? target : document.getElementById('main');
      if (place instanceof HTMLElement) place.focus();
    },
  };
}

import { useEffect } from 'react';
import { CommandPalette } from '../components/command-palette.tsx';
import { useActions } from '../state/actions.ts';
import { isMac, isShortcut, isTyped } from '../state/shortcuts.ts';
import { usePalette } from '../state/window.ts';
import { PaletteActions } from './palette-actions.tsx';

/** The palette, and the keys of all registered actions. */
export function Shortcuts() {
  const { open, setOpen } = usePalette();

  useEffect(() => {
    const mac = isMac(navigator.userAgent);
    const onKeyDown = (press: KeyboardEvent) => {
      if (isShortcut(press, 'mod+k', mac)) {
        press.preventDefault();
        setOpen(!usePalette.getState().open);
        return;
      }
      if (press.defaultPrevented || isTyped(press)) return;
      for (const action of useActions.getState().actions.values()) {
        if (!action.shortcut || !isShortcut(press, action.shortcut, mac)) continue;
        press.preventDefault();
        setOpen(false);
        action.run();
        return;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [setOpen]);

  return (
    <>
      <PaletteActions />
      <CommandPalette open={open} onOpenChange={setOpen} />
    </>
  );
}

import { useEffect } from 'react';
import { CommandPalette } from '../components/command-palette.tsx';
import { useAction, useActions } from '../state/actions.ts';
import { isMac, isShortcut } from '../state/shortcuts.ts';
import { usePalette, useWindow } from '../state/window.ts';
import { places } from './places.ts';

/** The palette, the keys of all registered actions, and the actions that lead to the screens. */
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
      {places.map((place, index) => (
        <PlaceAction key={place.view} index={index} />
      ))}
      <CommandPalette open={open} onOpenChange={setOpen} />
    </>
  );
}

function PlaceAction({ index }: { index: number }) {
  const place = places[index];
  useAction(
    place
      ? {
          id: `go-${place.view}`,
          title: place.title,
          group: 'Go to',
          shortcut: `mod+${index + 1}`,
          run: () => useWindow.getState().go(place.view),
        }
      : null,
  );
  return null;
}

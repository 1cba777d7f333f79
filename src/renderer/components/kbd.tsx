import { isMac, keyNames } from '../state/shortcuts.ts';

/** A shortcut as it is written on this keyboard; `mod+k` is ⌘ K or Ctrl K. */
export function Kbd({ shortcut }: { shortcut: string }) {
  return <kbd className="font-sans text-muted text-xs">{keyNames(shortcut, isMac(navigator.userAgent))}</kbd>;
}

/** The part of a keyboard event this file looks at. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Whether a key press is the shortcut `mod+k`; mod is Command on a Mac, else Control. */
export function isShortcut(press: KeyPress, shortcut: string, mac: boolean): boolean {
  const parts = shortcut.split('+');
  const key = parts.at(-1);
  const mod = parts.includes('mod');
  return (
    press.key.toLowerCase() === key &&
    (mac ? press.metaKey : press.ctrlKey) === mod &&
    !(mac ? press.ctrlKey : press.metaKey) &&
    !press.altKey &&
    press.shiftKey === parts.includes('shift')
  );
}

/** Keys as a person knows them: `mod+k` is `⌘ K` on a Mac, else `Ctrl K`. */
export function keyNames(shortcut: string, mac: boolean): string {
  return shortcut
    .split('+')
    .map((key) => {
      if (key === 'mod') return mac ? '⌘' : 'Ctrl';
      return key.charAt(0).toUpperCase() + key.slice(1);
    })
    .join(' ');
}

/** Whether this machine's keyboard has a Command key. */
export function isMac(userAgent: string): boolean {
  return /Mac|iPhone|iPad/.test(userAgent);
}

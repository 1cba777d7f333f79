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

/** Where keys without Control or Command are text, or choose from a list. */
const typedInto = 'input, textarea, select, [contenteditable], [role="listbox"], [role="menu"]';

/** Whether a press belongs to the field or list that has the focus: no shortcut then. */
export function isTyped(press: KeyPress & { target: EventTarget | null }): boolean {
  if (press.ctrlKey || press.metaKey) return false;
  return press.target instanceof Element && press.target.closest(typedInto) !== null;
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

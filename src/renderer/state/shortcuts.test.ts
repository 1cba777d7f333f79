import { describe, expect, it } from 'vitest';
import { isMac, isShortcut, type KeyPress, keyNames } from './shortcuts.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('a shortcut', () => {
  it('is Control on most machines and Command on a Mac', () => {
    expect(isShortcut(press('k', { ctrlKey: true }), 'mod+k', false)).toBe(true);
    expect(isShortcut(press('k', { metaKey: true }), 'mod+k', true)).toBe(true);
    expect(isShortcut(press('k', { ctrlKey: true }), 'mod+k', true)).toBe(false);
    expect(isShortcut(press('k', { metaKey: true }), 'mod+k', false)).toBe(false);
  });

  it('works with caps lock on', () => {
    expect(isShortcut(press('K', { ctrlKey: true }), 'mod+k', false)).toBe(true);
  });

  it('is not taken for one with more keys held', () => {
    expect(isShortcut(press('k', { ctrlKey: true, shiftKey: true }), 'mod+k', false)).toBe(false);
    expect(isShortcut(press('k', { ctrlKey: true, altKey: true }), 'mod+k', false)).toBe(false);
    expect(isShortcut(press('k'), 'mod+k', false)).toBe(false);
  });

  it('is written with the names on the keyboard', () => {
    expect(keyNames('mod+k', true)).toBe('⌘ K');
    expect(keyNames('mod+shift+1', false)).toBe('Ctrl Shift 1');
  });
});

describe('a Mac', () => {
  it('is known by its user agent', () => {
    expect(isMac('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)')).toBe(true);
    expect(isMac('Mozilla/5.0 (X11; Linux x86_64)')).toBe(false);
  });
});

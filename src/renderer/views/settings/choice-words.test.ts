import { describe, expect, it } from 'vitest';
import { choiceWords } from './choice-words.ts';
import { editorFor } from './setting-editor.ts';

describe('a choice', () => {
  it.each(['tunnel.mode', 'services.onQuit'])('of %s has a word on each of its values', (key) => {
    const editor = editorFor(key);
    if (editor.kind !== 'choice') throw new Error(`${key} is no choice`);
    for (const option of editor.options) expect(choiceWords(key, option)).toMatch(`${option}: `);
  });

  it('is its value where that says enough', () => {
    expect(choiceWords('ui.theme', 'dark')).toBe('dark');
  });
});

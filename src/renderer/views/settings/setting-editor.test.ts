import { describe, expect, it } from 'vitest';
import { editorFor, typedValue, valueText } from './setting-editor.ts';

describe('the editor of a setting', () => {
  it('is a choice for an enumeration', () => {
    expect(editorFor('ui.theme')).toEqual({ kind: 'choice', options: ['system', 'dark', 'light'] });
  });

  it('is a number, a text, or a text that may be empty', () => {
    expect(editorFor('runner.pollMs')).toEqual({ kind: 'number' });
    expect(editorFor('glabs.url')).toEqual({ kind: 'text', nullable: false });
    expect(editorFor('glabs.command')).toEqual({ kind: 'text', nullable: true });
    expect(editorFor('tunnel.publicUrl')).toEqual({ kind: 'text', nullable: true });
  });

  it('is a text where a word or an address may stand', () => {
    expect(editorFor('runner.server')).toEqual({ kind: 'text', nullable: false });
  });

  it('leaves lists, objects and unknown keys alone', () => {
    for (const key of ['projects.roots', 'costs.table', 'storage.stores', 'toString', 'of.the.future']) {
      expect(editorFor(key)).toEqual({ kind: 'structure' });
    }
  });
});

describe('a typed value', () => {
  it('becomes a number where one is wanted, and stays as typed where it is none', () => {
    expect(typedValue({ kind: 'number' }, ' 12 ')).toBe(12);
    expect(typedValue({ kind: 'number' }, 'soon')).toBe('soon');
    expect(typedValue({ kind: 'number' }, '')).toBe('');
  });

  it('is null when an optional text is emptied', () => {
    expect(typedValue({ kind: 'text', nullable: true }, ' ')).toBeNull();
    expect(typedValue({ kind: 'text', nullable: false }, ' ')).toBe('');
  });
});

describe('a value as text', () => {
  it('is what one would type, or JSON', () => {
    expect(valueText(null)).toBe('');
    expect(valueText('demo')).toBe('demo');
    expect(valueText(3)).toBe('3');
    expect(valueText(['a'])).toBe('[\n  "a"\n]');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff } from './word-diff.ts';

const text = fc.array(fc.constantFrom('a', 'jar', 'on', 'the', 'table', ' ', '\n', '  '), { maxLength: 40 });
const joinedText = text.map((parts) => parts.join(''));
const without = (kind: 'added' | 'removed', before: string, after: string) =>
  wordDiff(before, after)
    .filter((part) => part.kind !== kind)
    .map((part) => part.text)
    .join('');

describe('the difference of two prompts', () => {
  it('shows the words that went and the words that came', () => {
    expect(wordDiff('A jar on a wooden table.', 'A jar on a marble table.')).toEqual([
      { kind: 'same', text: 'A jar on a ' },
      { kind: 'removed', text: 'wooden ' },
      { kind: 'added', text: 'marble ' },
      { kind: 'same', text: 'table.' },
    ]);
  });

  it('does not take a word for another because of the space behind it', () => {
    expect(wordDiff('A jar', 'A jar\non a table')).toEqual([
      { kind: 'same', text: 'A jar' },
      { kind: 'added', text: '\non a table' },
    ]);
    expect(wordDiff('A jar on', 'A jar\non')).toEqual([
      { kind: 'same', text: 'A jar' },
      { kind: 'removed', text: ' ' },
      { kind: 'added', text: '\n' },
      { kind: 'same', text: 'on' },
    ]);
  });

  it('tells what was removed before what was added in its place', () => {
    fc.assert(
      fc.property(joinedText, joinedText, (before, after) => {
        const kinds = wordDiff(before, after).map(({ kind }) => kind);
        expect(
          kinds.some((kind, i) => kind === kinds[i + 1] || (kind === 'added' && kinds[i + 1] === 'removed')),
        ).toBe(false);
      }),
    );
  });

  it('finds the words that changed here and there in a long text', () => {
    const before = Array.from({ length: 5000 }, (_, i) => `word${i}`);
    const after = before.map((word, i) => (i % 100 === 50 ? `other${i}` : word));
    const parts = wordDiff(before.join(' '), after.join(' '));
    expect(parts.filter(({ kind }) => kind === 'removed').map(({ text }) => text.trim())).toEqual(
      before.filter((_, i) => i % 100 === 50),
    );
  });

  it('is one part where nothing changed, and none where nothing is', () => {
    expect(wordDiff('A jar.', 'A jar.')).toEqual([{ kind: 'same', text: 'A jar.' }]);
    expect(wordDiff('', '')).toEqual([]);
  });

  it('holds both texts, whole and in order', () => {
    fc.assert(
      fc.property(joinedText, joinedText, (before, after) => {
        expect(without('added', before, after)).toBe(before);
        expect(without('removed', before, after)).toBe(after);
      }),
    );
  });

  it('says of equal texts, whatever they are, that nothing changed', () => {
    fc.assert(
      fc.property(joinedText, (same) => {
        expect(wordDiff(same, same).every((part) => part.kind === 'same')).toBe(true);
      }),
    );
  });

  it('of two long texts without a word in common is told as a whole', () => {
    const before = Array.from({ length: 3000 }, (_, i) => `old${i}`).join(' ');
    const after = Array.from({ length: 3000 }, (_, i) => `new${i}`).join('\n');
    expect(wordDiff(before, after)).toEqual([
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff } from './prompt-diff.ts';

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

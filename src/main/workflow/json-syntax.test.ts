import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deeperThan, findSyntaxProblem } from './json-syntax.ts';
import { skipValue, topOf } from './json-text.ts';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

/** Texts near to JSON: its own characters, thrown together. */
const nearJson = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        ' ',
        '\n',
        '-',
        '.',
        'e',
        '+',
        '0',
        '1',
        'true',
        'null',
      ),
      fc.constantFrom('"a"', '"a":', '"\\u00e9"', '"\\x"', '1.5e3', '01', '\t', '\u0000', '\u00a0'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

it('finds a problem exactly where JSON.parse refuses', () => {
  fc.assert(
    fc.property(fc.oneof(nearJson, fc.json()), (text) => {
      expect(findSyntaxProblem(text) === null).toBe(parses(text));
    }),
    { numRuns: 3000 },
  );
});

it('the text before a problem is no problem but that it ends', () => {
  fc.assert(
    fc.property(nearJson, (text) => {
      const found = findSyntaxProblem(text);
      if (found === null) return;
      expect(found.offset).toBeLessThanOrEqual(text.length);
      // what stands before the place can still become JSON: it is not refused any earlier
      const before = findSyntaxProblem(text.slice(0, found.offset));
      expect(before === null || before.offset <= found.offset).toBe(true);
    }),
  );
});

it.each([
  ['', 0, 'it is empty'],
  ['{"a": 1,}', 8, 'a property name in double quotes is missing'],
  ['{"a" 1}', 5, 'a colon is missing'],
  ['[1 2]', 3, 'a comma or ] is missing'],
  ['{} x', 3, 'something follows the end of the workflow'],
  ['["a\nb"]', 3, 'a line break or control character stands in a text'],
  ['["\\q"]', 2, 'a \\ in a text begins no known escape'],
  ['[1.]', 1, 'a number is misspelt'],
  ['["abc', 5, 'it ends inside a text'],
  ['{"a":[1', 7, 'it ends too early'],
])('%j: the first problem is at %i', (text, offset, problem) => {
  expect(findSyntaxProblem(text)).toEqual({ offset, problem });
});

it('counts depth outside of texts only', () => {
  expect(deeperThan('[[["[[[["]]]', 3)).toBeNull();
  expect(deeperThan('[[["[[[["]]]', 2)).toBe(2);
  expect(deeperThan(`{"a\\"[":${'['.repeat(9)}`, 9)).toBe(16);
});

it('skips exactly one value', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(',1', ' ,', '}', ']', '\n', ''), (text, rest) => {
      expect(skipValue(text + rest, topOf(text))).toBe(text.length);
    }),
  );
});

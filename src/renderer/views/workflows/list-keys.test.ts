import { expect, it } from 'vitest';
import { indexAfterKey } from './list-keys.ts';

it.each([
  ['ArrowDown', -1, 0],
  ['ArrowDown', 3, 4],
  ['ArrowDown', 19, 19],
  ['ArrowUp', -1, 19],
  ['ArrowUp', 0, 0],
  ['PageDown', 15, 19],
  ['PageUp', 3, 0],
  ['Home', 12, 0],
  ['End', 12, 19],
  ['a', 12, -1],
])('%s from %i of 20 leads to %i', (key, from, to) => {
  expect(indexAfterKey(key, from, 20)).toBe(to);
});

it('no key leads anywhere in an empty list', () => {
  for (const key of ['ArrowDown', 'ArrowUp', 'PageDown', 'Home', 'End'])
    expect(indexAfterKey(key, -1, 0)).toBe(-1);
});

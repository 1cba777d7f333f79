import { expect, it } from 'vitest';
import { editNote } from './after-bump.ts';

it('the note of an edit names the nodes, but not a whole list of them', () => {
  expect(editNote('V0-2', ['Scene 3'])).toBe('V0-2: prompt edited in Scene 3');
  expect(editNote('V0-2', ['a', 'b', 'c', 'd', 'e'])).toBe('V0-2: prompt edited in a, b, c and 2 more');
});

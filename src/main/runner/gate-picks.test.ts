import { describe, expect, it } from 'vitest';
import { pickIn } from './gate-picks.ts';
import { savedList } from './node-edits.ts';

describe('a pick', () => {
  it('stays with its picture and is taken back when that is replaced', () => {
    const pick = { index: 1, pointsAt: 'b' };
    expect(pickIn(pick, ['a', 'b', 'c'])).toBe(1);
    expect(pickIn(pick, ['b', 'x'])).toBe(0);
    expect(pickIn(pick, ['a', 'x', 'c'])).toBeNull();
  });

  it('made while nothing was there counts for the pictures that come', () => {
    expect(pickIn({ index: 2, pointsAt: null }, ['a', 'b', 'c'])).toBe(2);
    expect(pickIn({ index: 3, pointsAt: null }, ['a', 'b', 'c'])).toBeNull();
    expect(pickIn(null, ['a'])).toBeNull();
  });
});

describe('a gallery in the file', () => {
  it('closes up with one row, and keeps its rows apart with several', () => {
    expect(savedList(['a', null, 'c', null], 1)).toEqual(['a', 'c']);
    expect(savedList(['a', null, 'c', 'd', null, null], 2)).toEqual(['a', '', 'c', 'd']);
    expect(savedList([null, null], 2)).toEqual([]);
  });
});

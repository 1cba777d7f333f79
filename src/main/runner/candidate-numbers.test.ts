import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidateNumbers } from './candidate-numbers.ts';
import { placeAt } from './place.ts';

const numbered = (keep: (string | null)[], known: Record<string, number>, rows = 1) => {
  const todo = keep.flatMap((url, index) => (url === null ? [placeAt(index, keep.length / rows)] : []));
  const numberOf = candidateNumbers({ rows, keep, extra: [], todo }, (url) => known[url] ?? null);
  return keep.map((_, index) => numberOf(index + 1));
};

describe('the number of a candidate', () => {
  it('is its place where nothing is missing in between', () => {
    expect(numbered(['a', 'b', null, null], { a: 1, b: 2 })).toEqual([1, 2, 3, 4]);
  });

  it('is the one that is lacking where the list has closed up', () => {
    expect(numbered(['a', 'c', 'd', null], { a: 1, c: 3, d: 4 })).toEqual([1, 3, 4, 2]);
  });

  it('leaves to what another tool made the places where it lies', () => {
    expect(numbered(['theirs', 'theirs too', 'd', null], { d: 4 })).toEqual([1, 2, 4, 3]);
  });

  it('is its place where there are several rows, since holes stay there', () => {
    const numberOf = candidateNumbers({ rows: 2, keep: ['c', null], extra: [], todo: [] }, () => 2);
    expect(numberOf(1)).toBe(1);
  });

  it('is never that of another one', () => {
    const gallery = fc.array(fc.option(fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(gallery, (made) => {
        const known: Record<string, number> = {};
        const keep = made.map((number, index) => {
          if (number === null) return null;
          known[`url ${index}`] = number;
          return `url ${index}`;
        });
        const numbers = numbered(keep, known);
        expect(new Set(numbers).size).toBe(numbers.length);
      }),
    );
  });
});

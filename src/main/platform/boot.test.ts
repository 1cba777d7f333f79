import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameBoot } from './boot.ts';

const one = '1fef30e6-d6b1-4817-839e-64624efd1d4e';
const other = '2aa40f11-0000-4817-839e-64624efd1d4e';

test('the name of a start is compared as it is', () => {
  expect(sameBoot(one, one)).toBe(true);
  expect(sameBoot(one, other)).toBe(false);
});

test('what nobody noted equals nothing', () => {
  expect(sameBoot(null, one)).toBe(false);
  expect(sameBoot(one, null)).toBe(false);
  expect(sameBoot(null, null)).toBe(false);
});

test('a name is never taken for a time', () => {
  expect(sameBoot(one, 'at 1700000000000')).toBe(false);
  expect(sameBoot('at nonsense', 'at 1700000000000')).toBe(false);
});

test('two readings of one start may differ by what it takes to read two clocks, two starts do not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 42 }), fc.integer({ min: 0, max: 10_000 }), (start, off) => {
      expect(sameBoot(`at ${start}`, `at ${start + off}`)).toBe(true);
      expect(sameBoot(`at ${start + off}`, `at ${start}`)).toBe(true);
      expect(sameBoot(`at ${start}`, `at ${start + off + 10_001}`)).toBe(false);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRange } from './file-response.ts';

describe('a Range header', () => {
  it.each([
    [null, 100, null],
    ['bytes=0-', 100, { start: 0, end: 99 }],
    ['bytes=10-19', 100, { start: 10, end: 19 }],
    ['bytes=90-200', 100, { start: 90, end: 99 }],
    ['bytes=-30', 100, { start: 70, end: 99 }],
    ['bytes=-300', 100, { start: 0, end: 99 }],
    ['bytes=100-', 100, 'unsatisfiable'],
    ['bytes=-0', 100, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=20-10', 100, null],
    ['bytes=0-1,5-6', 100, null],
    ['lines=0-1', 100, null],
    ['bytes=-', 100, null],
  ] as const)('%s of %i bytes', (header, size, expected) => {
    expect(readRange(header, size)).toEqual(expected);
  });

  it('never reaches outside the file, whatever it says', () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
    );
    fc.assert(
      fc.property(header, fc.nat(1000), (text, size) => {
        const range = readRange(text, size);
        if (range === null || range === 'unsatisfiable') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});

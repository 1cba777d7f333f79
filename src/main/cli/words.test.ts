import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressLine } from './progress.ts';
import { count, duration, money, ordinal, span, table } from './words.ts';

describe('words', () => {
  it('counts, prices and durations read as a person writes them', () => {
    expect([count(1, 'node'), count(0, 'node'), count(2, 'clip')]).toEqual(['1 node', '0 nodes', '2 clips']);
    expect([money(0.04), money(12)]).toEqual(['$0.04', '$12.00']);
    expect([duration(45), duration(130), duration(4020)]).toEqual(['45 s', '2 min', '67 min']);
    expect(duration(7500)).toBe('2 h 5 min');
  });

  it('a short wait keeps its tenths, a long one does not', () => {
    expect([span(500), span(1000), span(3260), span(45_000)]).toEqual(['0.5 s', '1 s', '3.3 s', '45 s']);
  });

  it('tries are counted as a person says them', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).join(' ')).toBe(
      '1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th',
    );
  });

  it('a table has its columns below each other', () => {
    expect(
      table(
        [
          ['a', 'n'],
          ['long', '10'],
        ],
        [1],
      ),
    ).toBe('a      n\nlong  10');
  });
});

describe('the bar', () => {
  it('is never wider than the terminal, and never more than full', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.nat(5000),
        fc.option(fc.nat(100_000)),
        fc.integer({ min: 1, max: 300 }),
        (done, total, etaS, columns) => {
          const line = progressLine({ done, total, etaS }, columns);
          expect(line.length).toBeLessThan(Math.max(2, columns + 1));
          expect([...line].filter((sign) => sign === '█').length).toBeLessThanOrEqual(30);
        },
      ),
    );
  });

  it('is full when all is done, and empty at the start', () => {
    expect(progressLine({ done: 4, total: 4, etaS: null }, 80)).toBe(`${'█'.repeat(30)} 4/4`);
    expect(progressLine({ done: 0, total: 4, etaS: null }, 80)).toBe(`${'░'.repeat(30)} 0/4`);
  });
});

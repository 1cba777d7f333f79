import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, counted, duration, exactTime, fileName, money, relativeTime, timeLeft } from './format.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const before = (seconds: number) => new Date(now - seconds * 1000).toISOString();

describe('relative time', () => {
  it.each([
    [0.4, 'now'],
    [12, '12 s ago'],
    [59.9, '59 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [3600, '1 h ago'],
    [2 * 86_400, '2 d ago'],
    [-4, 'in 4 s'],
  ])('%d s before now reads %s', (seconds, words) => {
    expect(relativeTime(before(seconds), now)).toBe(words);
  });

  it('shows what is no time as it is', () => {
    expect(relativeTime('soon', now)).toBe('soon');
    expect(exactTime('soon')).toBe('soon');
  });
});

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [42.4, '42 s'],
    [120, '2 min'],
    [125, '2 min 05 s'],
    [599.6, '10 min'],
    [3900, '1 h 05 min'],
  ])('%d s reads %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  it('never says 60 s or 60 min', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        expect(duration(seconds)).not.toMatch(/\b60 (s|min)\b/);
      }),
    );
  });
});

describe('time left', () => {
  it.each([
    [null, null],
    [3, 'a few seconds left'],
    [41, '50 s left'],
    [341, '6 min left'],
    [3660, '1 h 01 min left'],
  ])('%s s reads %s', (seconds, words) => {
    expect(timeLeft(seconds)).toBe(words);
  });
});

describe('money', () => {
  it('does not show a small price as nothing', () => {
    expect(money(0)).toBe('$0.00');
    expect(money(0.004)).toBe('<$0.01');
    expect(money(9.8)).toBe('$9.80');
  });
});

describe('counted', () => {
  it('uses the singular for one alone', () => {
    expect(counted(0, 'pick')).toBe('0 picks');
    expect(counted(1, 'pick')).toBe('1 pick');
    expect(counted(2, 'copy', 'copies')).toBe('2 copies');
  });
});

describe('file name', () => {
  it('takes the last part of a path of either kind', () => {
    expect(fileName('/a/b/XYZG3-V0-1.nbflow')).toBe('XYZG3-V0-1.nbflow');
    expect(fileName('C:\\work\\may\\')).toBe('may');
    expect(fileName('plain')).toBe('plain');
  });
});

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [5_240_000, '5.2 MB'],
    [9_960_000, '10 MB'],
    [212_400_000, '212 MB'],
    [999_600, '1.0 MB'],
    [3e15, '3000 TB'],
  ])('of %d bytes reads %s', (count, words) => {
    expect(bytes(count)).toBe(words);
  });
});

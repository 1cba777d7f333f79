import { describe, expect, it } from 'vitest';
import { digest, drawsFor, latency } from './chance.ts';

describe('chance', () => {
  it('keeps the parts of a digest apart', () => {
    expect(digest('a', 'bc')).not.toBe(digest('ab', 'c'));
    expect(digest('a', 1)).toBe(digest('a', 1));
  });

  it('draws the same numbers for the same parts, all of them within [0, 1)', () => {
    const take = (draw: () => number) => Array.from({ length: 100 }, draw);
    const numbers = take(drawsFor('x', 7));
    expect(numbers).toEqual(take(drawsFor('x', 7)));
    expect(numbers).not.toEqual(take(drawsFor('x', 8)));
    expect(new Set(numbers).size).toBe(100);
    for (const number of numbers) {
      expect(number).toBeGreaterThanOrEqual(0);
      expect(number).toBeLessThan(1);
    }
  });

  it('spreads latencies around their mean', () => {
    const draw = drawsFor('latency');
    const times = Array.from({ length: 4000 }, () => latency(1000, 0.5, draw));
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    expect(mean).toBeGreaterThan(950);
    expect(mean).toBeLessThan(1050);
    expect(Math.min(...times)).toBeLessThan(500);
    expect(Math.max(...times)).toBeGreaterThan(2000);
    expect(latency(1000, 0, draw)).toBe(1000);
    expect(latency(0, 1, draw)).toBe(0);
  });
});

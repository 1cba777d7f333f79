import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elapsedLabel, mostZoom, pixelsPerMs, roundStep, spanFor, ticksBetween } from './time-scale.ts';

const MINUTE = 60_000;
const elapsed = fc.integer({ min: 0, max: 48 * 60 * MINUTE });
const width = fc.integer({ min: 200, max: 3000 });

describe('the axis', () => {
  it('has ticks at round times that never touch, whatever the span, the width and the zoom', () => {
    fc.assert(
      fc.property(elapsed, width, fc.double({ min: 0, max: 1, noNaN: true }), (ms, px, zoomed) => {
        const span = spanFor(ms, true);
        const zoom = 1 + zoomed * (mostZoom(span, px) - 1);
        const ticks = ticksBetween(pixelsPerMs(span, px, zoom), 0, px);
        const [first, second] = ticks;
        expect(first?.at).toBe(0);
        if (!first || !second) return;
        expect(second.x - first.x).toBeGreaterThanOrEqual(79.999);
        expect(roundStep(second.at)).toBe(second.at);
      }),
    );
  });

  it('is the same however far one has scrolled: a tick keeps its place', () => {
    const perMs = pixelsPerMs(10 * MINUTE, 1000, 4);
    const all = ticksBetween(perMs, 0, 4000);
    const some = ticksBetween(perMs, 1234, 2345);
    expect(all).toEqual(expect.arrayContaining(some));
    expect(some.length).toBeGreaterThan(5);
  });

  it('says times as a stopwatch does', () => {
    expect([0, 30_000, 12 * MINUTE, 65 * MINUTE].map(elapsedLabel)).toEqual([
      '0:00',
      '0:30',
      '12:00',
      '1:05:00',
    ]);
  });
});

describe('the span that is drawn', () => {
  it('holds what has happened, and does not run away from it', () => {
    fc.assert(
      fc.property(elapsed, fc.boolean(), (ms, live) => {
        const span = spanFor(ms, live);
        expect(span).toBeGreaterThanOrEqual(ms);
        expect(span).toBeLessThanOrEqual(Math.max(2000, ms * 1.5));
      }),
    );
  });

  it('stays for a while as the run goes on, and is exact when it is over', () => {
    expect(spanFor(61_000, true)).toBe(spanFor(70_000, true));
    expect(spanFor(61_000, false)).toBe(61_000);
  });
});

describe('the zoom', () => {
  it('ends where a second is 200 pixels wide, and never makes the whole smaller than the window', () => {
    const zoom = mostZoom(10 * MINUTE, 1000);
    expect(pixelsPerMs(10 * MINUTE, 1000, zoom)).toBeCloseTo(1);
    expect(mostZoom(1000, 1000)).toBe(1);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limitWait, nextDelay } from './tunnel-pace.ts';
import { tunnelTimes } from './tunnel-state.ts';

const now = 1_800_000_000_000;
const minute = 60_000;

it('pauses double from five seconds to five minutes, a fifth up or down', () => {
  const middle = (failures: number) => nextDelay(failures, 0.5, tunnelTimes);
  expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map(middle)).toEqual([
    5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000,
  ]);
  expect(nextDelay(1, 0, tunnelTimes)).toBe(4000);
  expect(nextDelay(1, 0.999, tunnelTimes)).toBe(5998);
});

it('whenever one waits as told, no ten minutes have more than five creations', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4 * minute), { minLength: 1, maxLength: 40 }), (pauses) => {
      let at = now;
      const creations: number[] = [];
      for (const pause of pauses) {
        at += pause;
        at += limitWait(creations, at, tunnelTimes);
        creations.push(at);
      }
      for (const from of creations) {
        expect(
          creations.filter((each) => each >= from && each < from + 10 * minute).length,
        ).toBeLessThanOrEqual(5);
      }
    }),
  );
});

it('does not wait without need, nor for a creation of a clock that was wrong', () => {
  expect(limitWait([], now, tunnelTimes)).toBe(0);
  expect(limitWait([now - 1, now - 2, now - 3, now - 4], now, tunnelTimes)).toBe(0);
  expect(limitWait(Array(5).fill(now - 10 * minute), now, tunnelTimes)).toBe(0);
  expect(limitWait(Array(5).fill(now + 60 * minute), now, tunnelTimes)).toBe(0);
});

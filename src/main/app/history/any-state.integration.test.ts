import { expect, it } from 'vitest';
import { liveThrough } from './testing/any-state.ts';

/** Longer lives, and more of them: node scripts/any-state.mjs (CONTRIBUTING.md). */
it.each([1, 2])(
  'whatever people do in life %i, every content that Flowdeck replaced comes back byte for byte',
  async (seed) => {
    const { steps, states, faults } = await liveThrough({ seed, steps: 100 });
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(20);
    expect(Object.keys(steps)).toContain('deletes backups');
  },
  60_000,
);

import { expect, it } from 'vitest';
import { runKills } from './kills.ts';
import { modes } from './moments.ts';

/** The short form; `node scripts/kills.mjs` has 300 moments (CONTRIBUTING.md). */
it.each(modes)(
  'killed at any moment, with a G-Labs that %s, pays for nothing twice',
  async (mode) => {
    const lines: string[] = [];
    const report = await runKills({ seed: 5, mode, moments: 4, blows: 4, say: (line) => lines.push(line) });
    expect(report.faults, lines.join('\n')).toEqual([]);
    expect(report.killed).toBeGreaterThanOrEqual(4);
  },
  240_000,
);

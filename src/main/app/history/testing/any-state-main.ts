import { parseArgs } from 'node:util';
import { liveThrough } from './any-state.ts';

// For people: node scripts/any-state.mjs [--steps N] [--seed N] [--lives N] [--trace]

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    lives: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const say = (line: string) => console.log(line);
for (let n = 0; n < Number(values.lives) && process.exitCode === undefined; n++) {
  const seed = Number(values.seed) + n;
  const wish = { seed, steps: Number(values.steps) };
  const { faults, ...sums } = await liveThrough(values.trace ? { ...wish, say } : wish);
  say(JSON.stringify({ seed, ...sums }));
  for (const fault of faults) say(`FAULT ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

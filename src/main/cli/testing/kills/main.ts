import { parseArgs } from 'node:util';
import { runKills } from './kills.ts';
import { modes } from './moments.ts';

// For people: node scripts/kills.mjs [--moments N] [--seed N] [--mode up|drops|dies] [--blows N]

const { values } = parseArgs({
  options: {
    moments: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    mode: { type: 'string', default: 'up' },
    blows: { type: 'string', default: '6' },
  },
});
const mode = modes.find((each) => each === values.mode);
if (mode === undefined) {
  console.error(`There is no mode ${values.mode}: ${modes.join(', ')}.`);
  process.exit(2);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const say = (line: string) => console.log(line);
const { faults, ...numbers } = await runKills(
  { seed: Number(values.seed), mode, moments: Number(values.moments), blows: Number(values.blows), say },
  stop.signal,
);
say(JSON.stringify(numbers));
for (const fault of faults) say(`FAULT ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

import { parseArgs } from 'node:util';
import { runChaos } from './chaos.ts';

// For people: node scripts/chaos.mjs [--events N] [--seed N] [--scenes N] [--latency MS] [--speed N] [--server WAY]

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200' },
    seed: { type: 'string' },
    scenes: { type: 'string', default: '40' },
    latency: { type: 'string', default: '3000' },
    speed: { type: 'string', default: '5' },
    server: { type: 'string', default: 'tunnel' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const say = (line: string) => console.log(line);
say(`seed ${seed}, ${values.events} events`);
const began = performance.now();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const given = {
  seed,
  events: Number(values.events),
  scenes: Number(values.scenes),
  latencyMs: Number(values.latency),
  speed: Number(values.speed),
  server: values.server === 'local' ? ('local' as const) : ('tunnel' as const),
  say,
};
const report = await runChaos(given, stop.signal).catch((error: unknown) => {
  if (!stop.signal.aborted) throw error;
  say(`seed ${seed}: stopped, and all of it ended`);
  process.exit(130);
});
const { lines: _lines, faults, ...numbers } = report;
say(JSON.stringify(numbers, null, 2));
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
say(`seed ${seed}: ${faults.length === 0 ? 'all is well' : `${faults.length} faults`} after ${minutes} min`);
for (const fault of faults) say(`FAULT ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;

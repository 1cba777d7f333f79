import PQueue from 'p-queue';
import { BareHeadsInput, type BareHeadsResult } from './bare-heads-result.ts';

// A loop that does nothing but ask for the head of each address, eight at a time.

const { base, count } = BareHeadsInput.parse(JSON.parse(process.argv[2] ?? ''));
const queue = new PQueue({ concurrency: 8 });
const cpu = process.cpuUsage();
const began = performance.now();
await queue.addAll(
  Array.from({ length: count }, (_, i) => async () => {
    const answer = await fetch(`${base}/bare/${i}.png`, { method: 'HEAD' });
    await answer.body?.cancel();
  }),
);
const ms = performance.now() - began;
const { user, system } = process.cpuUsage(cpu);
const result: BareHeadsResult = { ms, cpuMs: (user + system) / 1000 };
process.stdout.write(`${JSON.stringify(result)}\n`);

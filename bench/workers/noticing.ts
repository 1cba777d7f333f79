import { z } from 'zod';
import type { LogLine } from '../../src/shared/services.ts';
import type { Fall, NoticingResult } from './noticing-result.ts';
import { cpuMsSince, openSupervised } from './supervised.ts';

// G-Labs dies, and hangs, under supervision; when that is heard by who listens, and when it is healthy again.

const Input = z.object({ dataDir: z.string(), exits: z.number(), hangs: z.number() });
const { dataDir, exits, hangs } = Input.parse(JSON.parse(process.argv[2] ?? ''));
const { flowdeck, services, heard } = await openSupervised(dataDir);
const { glabs } = services;
let pid = 0;

/** From a fresh Start, so that each one is the first failure. */
async function fall(signal: 'SIGKILL' | 'SIGSTOP'): Promise<Fall> {
  await glabs.stop();
  await glabs.start();
  pid = glabs.view().pid ?? 0;
  if (pid <= 1) throw new Error('The system does not tell which process G-Labs is.');
  const { lastProbe } = glabs.view();
  // The worst moment to hang is right after an answer: the next question is farthest away.
  if (signal === 'SIGSTOP') await heard('glabs', (view) => view.lastProbe?.at !== lastProbe?.at);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const beganAt = Date.now();
  process.kill(pid, signal);
  const noticed = heard('glabs', ({ state }) => state !== 'ready').then((at) => {
    const { nextAttemptAt } = glabs.view();
    return { at, dueMs: nextAttemptAt === null ? Number.NaN : Date.parse(nextAttemptAt) - beganAt };
  });
  const healthy = heard('glabs', (view) => view.state === 'ready' && view.pid !== pid);
  const [{ at, dueMs }, healthyAt] = await Promise.all([noticed, healthy]);
  return {
    noticedMs: at - began,
    healthyMs: healthyAt - began,
    startMs: startOf(glabs.view().log.filter((line) => Date.parse(line.at) >= beganAt)),
    dueMs,
    cpuMs: cpuMsSince(cpu),
  };
}

/** Between the line that says that it is started and the one in which it says that it listens. */
function startOf(log: readonly LogLine[]): number {
  const started = log.find(({ stream, text }) => stream === 'note' && text.startsWith('Starting'));
  const listens = log.find(({ stream, text }) => stream === 'out' && text.includes('simulator.ready'));
  if (!started || !listens) throw new Error('The log does not tell when G-Labs was started and listened.');
  return Date.parse(listens.at) - Date.parse(started.at);
}

const result: NoticingResult = { exits: [], hangs: [] };
try {
  for (let run = 0; run < exits; run++) result.exits.push(await fall('SIGKILL'));
  for (let run = 0; run < hangs; run++) result.hangs.push(await fall('SIGSTOP'));
} finally {
  await flowdeck.close();
}
process.stdout.write(`${JSON.stringify(result)}\n`);

import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { type Clock, systemClock } from '../../src/main/platform/clock.ts';
import { startEdge } from '../../src/simulator/cloudflared/test-cloudflared.ts';
import type { Held, ProbesResult } from './idle-result.ts';
import { cpuMsSince, openSupervised } from './supervised.ts';

// Days of supervision in a minute: what is held after so many probes of the real simulator by the real probe.

const Input = z.object({
  dataDir: z.string(),
  /** How many times shorter every pause is, and how many times faster the clock. */
  pauses: z.number(),
  clock: z.number(),
  /** After how many probes to look what is held. */
  looks: z.array(z.number()),
});
const input = Input.parse(JSON.parse(process.argv[2] ?? ''));
const { dataDir, looks } = input;

/**
 * The clock of the system, until it is told to hurry. It then runs less fast than the pauses are short: else each
 * hiccup of a busy machine would look like a sleep of the machine, and that begins every watch anew.
 */
function hurryingClock(): { clock: Clock; hurry(): void; rest(): void } {
  let since: number | null = null;
  let before = 0;
  const gained = () => before + (since === null ? 0 : systemClock.monotonic() - since) * (input.clock - 1);
  return {
    clock: {
      now: () => Math.round(systemClock.now() + gained()),
      monotonic: () => systemClock.monotonic() + gained(),
      sinceBoot: systemClock.sinceBoot,
      sleep: (ms, signal) => systemClock.sleep(since === null ? ms : ms / input.pauses, signal),
    },
    hurry: () => {
      since ??= systemClock.monotonic();
    },
    rest: () => {
      before = gained();
      since = null;
    },
  };
}

/** The time limits of what was asked last run on until they are over, whatever was answered: longest 8 s. */
const LIMITS_OVER_MS = 9000;

setFlagsFromString('--expose-gc');
// Else what was compiled is thrown away at some look, which hides what a probe may leave.
setFlagsFromString('--no-flush-bytecode');
const collectGarbage = z.function({ input: [], output: z.void() }).implement(runInNewContext('gc'));

async function held(probes: number): Promise<Held> {
  await sleep(LIMITS_OVER_MS);
  // Twice, and a turn of the loop between: what is freed by finalizers frees more.
  for (let round = 0; round < 2; round++) {
    collectGarbage();
    await sleep(20);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    probes,
    heapMB: heapUsed / 2 ** 20,
    externalMB: external / 2 ** 20,
    residentMB: rss / 2 ** 20,
    resources: process.getActiveResourcesInfo().length,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : null,
  };
}

const Counters = z.object({ requests: z.number() });

const edge = await startEdge({ speed: 1 });
const { clock, hurry, rest } = hurryingClock();
const { flowdeck, services } = await openSupervised(dataDir, { edge: edge.url, env: edge.env(), clock });
let ours = 0;
/** Probes that G-Labs was asked by now, those through the tunnel too. */
const asked = async () => {
  const { url } = services.glabs.view();
  ours += 1;
  return Counters.parse(await (await fetch(`${url}/sim/state`)).json()).requests - ours;
};
let result: ProbesResult;
try {
  await flowdeck.wire();
  await services.glabs.start();
  await services.tunnel.start();
  const before = await asked();
  const cpu = process.cpuUsage();
  const all: Held[] = [];
  for (const look of looks) {
    let done = 0;
    hurry();
    while (done < look) {
      await sleep(50);
      done = (await asked()) - before;
    }
    rest();
    all.push(await held(done));
  }
  const [tunnel] = (await edge.state()).tunnels;
  const { glabs } = services.view();
  result = {
    held: all,
    throughTunnel: tunnel?.requests ?? 0,
    cpuMsEach: cpuMsSince(cpu) / (all.at(-1)?.probes ?? Number.NaN),
    restarts: glabs.restarts + services.tunnel.view().restarts,
  };
} finally {
  await flowdeck.close();
  await edge.stop();
}
process.stdout.write(`${JSON.stringify(result)}\n`);

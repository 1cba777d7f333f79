import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { IdleResult } from './idle-result.ts';
import { cpuMsSince, openSupervised } from './supervised.ts';

// What it costs that Flowdeck is there and nothing happens: the window side open, no page, nothing running.

const Input = z.object({
  dataDir: z.string(),
  edge: z.url(),
  env: z.record(z.string(), z.string()),
  settleS: z.number(),
  seconds: z.number(),
});
const { dataDir, edge, env, settleS, seconds } = Input.parse(JSON.parse(process.argv[2] ?? ''));
const { flowdeck, services } = await openSupervised(dataDir, { edge, env });

async function share(): Promise<number> {
  await sleep(settleS * 1000);
  const cpu = process.cpuUsage();
  const began = performance.now();
  await sleep(seconds * 1000);
  return cpuMsSince(cpu) / (performance.now() - began);
}

let result: IdleResult;
try {
  await flowdeck.wire();
  await services.glabs.start();
  await services.tunnel.start();
  const upShare = await share();
  const { glabs, tunnel } = services.view();
  if (glabs.state !== 'ready' || tunnel.state !== 'ready')
    throw new Error(`They did not stay up: G-Labs ${glabs.state}, the tunnel ${tunnel.state}.`);
  await services.tunnel.stop();
  await services.glabs.stop();
  const downShare = await share();
  result = { upShare, downShare };
} finally {
  await flowdeck.close();
}
process.stdout.write(`${JSON.stringify(result)}\n`);

import { z } from 'zod';
import type { BringUpResult } from './bring-up-result.ts';
import { cpuMsSince, openSupervised } from './supervised.ts';

// Start of G-Labs, then of the tunnel, as `flowdeck up` does it, until an answer came through the public address.

const Input = z.object({ dataDir: z.string(), edge: z.url(), env: z.record(z.string(), z.string()) });
const { dataDir, edge, env } = Input.parse(JSON.parse(process.argv[2] ?? ''));
const { flowdeck, services } = await openSupervised(dataDir, { edge, env });
let result: BringUpResult;
try {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await services.glabs.start();
  const healthyMs = performance.now() - began;
  await services.tunnel.start();
  result = { healthyMs, verifiedMs: performance.now() - began, cpuMs: cpuMsSince(cpu) };
} finally {
  await flowdeck.close();
}
process.stdout.write(`${JSON.stringify(result)}\n`);

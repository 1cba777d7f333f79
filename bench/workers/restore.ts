import { open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { openFlowdeck } from '../../src/main/app/flowdeck.ts';
import { watchHolds } from './meters.ts';
import type { RestoreResult } from './restore-result.ts';

// Puts one of two backups of a workflow in its place, in turns, as Restore does.

const Input = z.object({ workflow: z.string(), dataDir: z.string(), times: z.number() });
const { workflow, dataDir, times } = Input.parse(JSON.parse(process.argv[2] ?? ''));

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

async function bareWrite(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  await file.writeFile(content);
  await file.sync();
  await file.close();
  const folder = await open(dirname(path), 'r');
  await folder.sync();
  await folder.close();
}

const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir });
const { history } = flowdeck;
const one = await history.backup(workflow, { reason: 'one' });
const text = await readFile(workflow, 'utf8');
await writeFile(workflow, text.replace('"dynamicRows": [', '"dynamicRows": [\n"By night.",'));
const other = await history.backup(workflow, { reason: 'other' });

const result: RestoreResult = {
  ...{ bytes: Buffer.byteLength(text), restores: [], wiped: [], bare: [], cpu: 0 },
  held: { p50: 0, p99: 0, max: 0 },
};
for (let n = 0; n < times; n++) {
  const entry = n % 2 === 0 ? one.id : other.id;
  await setTimeout(20);
  const endOfHolds = watchHolds();
  const before = process.cpuUsage();
  result.restores.push(await timed(() => history.restore(workflow, { entry })));
  const { user, system } = process.cpuUsage(before);
  result.cpu += (user + system) / 1000 / times;
  await setTimeout(5);
  const held = endOfHolds();
  result.held = {
    p50: Math.max(result.held.p50, held.p50),
    p99: Math.max(result.held.p99, held.p99),
    max: Math.max(result.held.max, held.max),
  };
  const content = await readFile(workflow);
  result.bare.push(
    await timed(async () => {
      await bareWrite(join(dataDir, 'bare-1'), content);
      await bareWrite(join(dataDir, 'bare-2'), content);
    }),
  );
  if (n % 5 === 0)
    result.wiped.push(await timed(() => history.restore(workflow, { entry, wipeCache: true })));
}
await flowdeck.close();
process.stdout.write(`${JSON.stringify(result)}\n`);

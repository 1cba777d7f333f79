import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { openFlowdeck } from '../../src/main/app/flowdeck.ts';
import type { HistoryResult } from './history-result.ts';
import { watchHolds } from './meters.ts';

// Looks at the long history of a workflow, as a page does: the first page, then all of it.

const Input = z.object({
  folder: z.string(),
  dataDir: z.string(),
  backups: z.number(),
  foreign: z.number(),
  times: z.number(),
});
const { folder, dataDir, backups, foreign, times } = Input.parse(JSON.parse(process.argv[2] ?? ''));

const workflow = join(folder, 'testing', 'XYZG3-V0-1.nbflow');
const shelf = join(folder, 'backups');
await mkdir(join(folder, 'testing'), { recursive: true });
await mkdir(shelf);
await writeFile(workflow, '{"name":"XYZG3-V0-1","version":2,"tabs":[]}');

const copy = (n: number, reason: string) =>
  join(shelf, `XYZG3-V0-1.nbflow.bak-2026-0${1 + (n % 9)}-${10 + (n % 18)}-${reason}-${n}`);

const flowdeck = await openFlowdeck({ face: 'test', env: {}, dataDir });
const { db, history } = flowdeck;
const AT_ONCE = 200;
for (let from = 0; from < backups; from += AT_ONCE) {
  const some = Array.from({ length: Math.min(AT_ONCE, backups - from) }, (_, i) => from + i);
  const taken = await Promise.all(
    some.map(async (n) => {
      const path = copy(n, 'pre-run');
      const bytes = Buffer.from(`{"n":${n}}`);
      await writeFile(path, bytes);
      return { n, path, content: await db.backups.pack(bytes, workflow) };
    }),
  );
  await db.commits.write(() => {
    for (const { n, path, content } of taken) {
      const row = { workflow, path, reason: 'pre-run', origin: 'automatic' } as const;
      db.backups.put({ ...row, id: crypto.randomUUID(), at: Date.UTC(2026, 0, 1) + n * 3_600_000 }, content);
    }
  });
}
for (let n = 0; n < foreign; n++) await writeFile(copy(n, 'theirs'), 'theirs');

const result: HistoryResult = { entries: 0, looks: [], bare: [] };
for (let n = 0; n < times; n++) {
  await setTimeout(50);
  const endOfHolds = watchHolds();
  const before = process.cpuUsage();
  const began = performance.now();
  const messages = (await history.watch(workflow)).subscribe();
  let there = 0;
  let first: { first: number; firstCpu: number } | null = null;
  for (let total = Number.POSITIVE_INFINITY; there < total; ) {
    const { value: message } = await messages.next();
    if (!message) throw new Error('the history ended early');
    if (message.kind === 'change') there += message.change.placed.length;
    else {
      there = message.value.entries.length;
      total = message.value.total;
      const { user, system } = process.cpuUsage(before);
      first = { first: performance.now() - began, firstCpu: (user + system) / 1000 };
    }
  }
  const all = performance.now() - began;
  await setTimeout(5);
  result.looks.push({ first: 0, firstCpu: 0, ...first, all, held: endOfHolds().max });
  result.entries = there;
  await messages.return();
  const bare = performance.now();
  await readdir(shelf);
  result.bare.push(performance.now() - bare);
}
await flowdeck.close();
process.stdout.write(`${JSON.stringify(result)}\n`);

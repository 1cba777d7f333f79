import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { openDatabase } from '../../src/main/db/database.ts';
import { takeBackup } from '../../src/main/history/backup.ts';
import { systemClock } from '../../src/main/platform/clock.ts';
import { nodeDisk } from '../../src/main/platform/disk.ts';
import type { BackUpResult } from './back-up-result.ts';
import { watchHolds } from './meters.ts';

// Backs up a workflow as a run does, after one prompt more was changed each time.

const Input = z.object({ workflow: z.string(), folder: z.string(), bytes: z.number(), versions: z.number() });
const input = Input.parse(JSON.parse(process.argv[2] ?? ''));

const Nodes = z.looseObject({
  tabs: z.array(
    z.looseObject({
      graphData: z.looseObject({
        nodes: z.array(z.looseObject({ properties: z.record(z.string(), z.unknown()) })),
      }),
    }),
  ),
});

/** Words of a language of 5000, at random: they compress to two fifths, as prose does. */
function writer(seed: number): (length: number) => string {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const language = Array.from({ length: 5000 }, () =>
    next(36 ** 5)
      .toString(36)
      .slice(0, 3 + next(5)),
  );
  return (length) => {
    const text: string[] = [];
    for (let left = length; left > 0; ) {
      const word = language[next(language.length)] ?? '';
      text.push(word);
      left -= word.length + 1;
    }
    return text.join(' ').slice(0, length);
  };
}

const write = writer(7);
const workflow = Nodes.parse(JSON.parse(await readFile(input.workflow, 'utf8')));
const nodes = workflow.tabs.flatMap(({ graphData }) => graphData.nodes);
const text = () => Buffer.from(JSON.stringify(workflow, null, 2));
const fill = Math.floor((input.bytes - text().length) / nodes.length);
for (const { properties } of nodes) properties.notes = write(fill);
/** As long as a prompt of a picture is. */
const PROMPT = 300;
const change = (n: number) => {
  const properties = nodes[(n * 37) % nodes.length]?.properties;
  if (properties) properties.notes = write(PROMPT) + String(properties.notes).slice(PROMPT);
};

const db = openDatabase(join(input.folder, 'flowdeck.db'));
const deps = { db, disk: nodeDisk, clock: systemClock };
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};
const backUp = (content: Uint8Array) => takeBackup(input.workflow, content, 'pre-run', deps);
async function bareWrite(content: Uint8Array, n: number): Promise<void> {
  const file = await open(join(input.folder, `bare-${n}`), 'wx');
  await file.writeFile(content);
  await file.sync();
  await file.close();
  const folder = await open(input.folder, 'r');
  await folder.sync();
  await folder.close();
}

const empty = (await stat(db.file)).size;
const times = { backups: [] as number[], bare: [] as number[], again: [] as number[] };
const held: { p50: number; p99: number; max: number }[] = [];
let cpu = 0;
for (let n = 0; n < input.versions; n++) {
  change(n);
  const content = text();
  await setTimeout(20);
  const endOfHolds = watchHolds();
  const before = process.cpuUsage();
  times.backups.push(await timed(() => backUp(content)));
  const { user, system } = process.cpuUsage(before);
  cpu += (user + system) / 1000;
  await setTimeout(5);
  held.push(endOfHolds());
  times.bare.push(await timed(() => bareWrite(content, n)));
  if (n % 10 === 0) times.again.push(await timed(() => backUp(content)));
}
const shas = db.backups.every().map(({ sha256 }) => sha256);
const sizes = shas.map((sha256) => db.backups.bytesOf([sha256]));
const contents = db.backups.bytesOf(shas);
const bytes = text().length;
db.close();
const most = (of: (one: { p50: number; p99: number; max: number }) => number) => Math.max(...held.map(of));
const result: BackUpResult = {
  bytes,
  ...times,
  cpu: cpu / input.versions,
  held: { p50: most(({ p50 }) => p50), p99: most(({ p99 }) => p99), max: most(({ max }) => max) },
  contents,
  file: (await stat(join(input.folder, 'flowdeck.db'))).size - empty,
  largest: Math.max(...sizes),
};
process.stdout.write(`${JSON.stringify(result)}\n`);

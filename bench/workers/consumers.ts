import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findPlaces } from '../../src/main/app/places.ts';
import { openDatabase } from '../../src/main/db/database.ts';
import { writeFileAtomic } from '../../src/main/platform/atomic-file.ts';
import { systemClock } from '../../src/main/platform/clock.ts';
import { silentLog } from '../../src/main/platform/log.ts';
import { openSettings } from '../../src/main/platform/settings-store.ts';
import type { AddressBook } from '../../src/main/services/address-book.ts';
import { createAddressBook } from '../../src/main/services/create-address-book.ts';
import type { ConsumersResult } from './consumers-result.ts';
import { cpuMsSince } from './supervised.ts';

// The address book with its database, its threads and real files: a new address until every file has confirmed it. The
// first session of a folder makes the files; a later one finds them with the address of the last one.

const Input = z.object({
  folder: z.string(),
  session: z.number(),
  /** How long after the opening there is an address. */
  bringUpS: z.number(),
  ofEachKind: z.number(),
  changes: z.number(),
});
const { folder, session, bringUpS, ofEachKind, changes } = Input.parse(JSON.parse(process.argv[2] ?? ''));
const dataDir = join(folder, 'data');
await mkdir(dataDir, { recursive: true });

const filler = Array.from({ length: 60 }, (_, i) => `# what else stands there, line ${i}\n`).join('');
const files: string[] = [];
async function file(name: string, text: string): Promise<string> {
  const place = join(folder, name);
  files.push(place);
  if (session === 1) await writeFile(place, text);
  return place;
}
const consumers = [];
for (let i = 0; i < ofEachKind; i++) {
  const env = await file(`${i}.env`, `${filler}GLABS_URL="http://old"\nOTHER=1\n`);
  const json = await file(`${i}.json`, JSON.stringify({ api: { baseUrl: 'http://old', filler } }, null, 2));
  const toml = await file(`${i}.toml`, `${filler}server = "http://old"\n`);
  consumers.push(
    { kind: 'env-file' as const, path: env, key: 'GLABS_URL' },
    { kind: 'json-file' as const, path: json, pointer: '/api/baseUrl' },
    { kind: 'text-file' as const, path: toml, pattern: '^server = "(.*)"$' },
  );
}
const settings = await openSettings(join(dataDir, 'settings.json'));
await settings.set('tunnel.consumers', consumers);
const db = openDatabase(join(dataDir, 'flowdeck.db'));
const book = createAddressBook({
  settings,
  addresses: db.tunnelAddresses,
  clock: systemClock,
  random: Math.random,
  log: silentLog,
  fetch,
  dataDir,
  editWorker: findPlaces().editWorker,
});

function confirmed(by: AddressBook): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (by.consumers().some(({ state }) => state !== 'confirmed')) return;
      stop();
      resolve();
    };
    const stop = by.subscribe(look);
    look();
  });
}

/** What a file costs the disk, without anything else: the copy of what was, and the new content. */
async function bare(text: string): Promise<number> {
  const began = performance.now();
  await Promise.all(
    files.map(async (_, i) => {
      const place = join(folder, `bare-${i}`);
      await mkdir(place, { recursive: true });
      await writeFileAtomic(join(place, 'last'), text, { mode: 0o600 });
      await writeFileAtomic(join(folder, `bare-${i}.txt`), text);
    }),
  );
  return performance.now() - began;
}

const result: ConsumersResult = { confirmedMs: [], cpuMs: [], bareMs: [] };
try {
  await sleep(bringUpS * 1000);
  for (let i = 0; i < changes; i++) {
    const cpu = process.cpuUsage();
    const began = performance.now();
    book.publish(`https://otter-${session}-${i}.trycloudflare.com`);
    await confirmed(book);
    result.confirmedMs.push(performance.now() - began);
    result.cpuMs.push(cpuMsSince(cpu));
    result.bareMs.push(await bare(`${filler}${i}\n`));
  }
} finally {
  await book.close();
  settings.close();
  await db.close();
}
process.stdout.write(`${JSON.stringify(result)}\n`);

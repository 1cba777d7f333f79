import path from 'node:path';
import { argv, exit, stdin, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../db/database.ts';
import { systemClock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import { openSettings } from '../../platform/settings-store.ts';
import { createAddressBook } from '../create-address-book.ts';

// For tests only: an address book in a process of its own. Tells its consumers as NDJSON, and publishes the addresses it
// reads, one a line. Usage: node address-process.ts DATA-FOLDER

const dataDir = argv[2] ?? '';
const settings = await openSettings(path.join(dataDir, 'settings.json'));
const database = openDatabase(path.join(dataDir, 'flowdeck.db'));
const book = createAddressBook({
  settings,
  addresses: database.tunnelAddresses,
  clock: systemClock,
  random: Math.random,
  log: silentLog,
  fetch,
  dataDir,
  editWorker: fileURLToPath(new URL('edit-worker.ts', import.meta.url)),
});
const say = () =>
  stdout.write(`${JSON.stringify({ current: book.current(), consumers: book.consumers() })}\n`);
book.subscribe(say);
say();
let rest = '';
stdin.on('data', (text: Buffer) => {
  const lines = (rest + text.toString()).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) book.publish(line);
});
stdin.on('end', () => {
  book.close().then(() => exit(0));
});

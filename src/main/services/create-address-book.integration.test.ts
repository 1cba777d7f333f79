import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsumerView } from '../../shared/services.ts';
import type { Settings } from '../../shared/settings.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { openSettings, type SettingsStore } from '../platform/settings-store.ts';
import type { AddressBook } from './address-book.ts';
import { createAddressBook } from './create-address-book.ts';

const editWorker = fileURLToPath(new URL('consumers/edit-worker.ts', import.meta.url));
const one = 'https://one-otter-runs.trycloudflare.com';
const two = 'https://two-otter-runs.trycloudflare.com';

let folder = '';
let dataDir = '';
let settings: SettingsStore;
let database: Database;
let book: AddressBook;

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'flowdeck-book-'));
  dataDir = path.join(folder, 'data');
  await fs.mkdir(dataDir);
  settings = await openSettings(path.join(dataDir, 'settings.json'));
  database = openDatabase(path.join(dataDir, 'flowdeck.db'));
  open();
});
afterEach(async () => {
  await book.close();
  settings.close();
  await database.close();
  await fs.rm(folder, { recursive: true, force: true });
});

/** A clock whose long sleeps, those between two tries, never end: what happens then, happens for another reason. */
const neverAgain: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms < 700 ? ms : 2 ** 31 - 1, signal),
};

function open(clock = systemClock): void {
  book = createAddressBook({
    settings,
    addresses: database.tunnelAddresses,
    clock,
    random: Math.random,
    log: silentLog,
    fetch,
    dataDir,
    editWorker,
  });
}

async function reopen(clock = systemClock): Promise<void> {
  await book.close();
  open(clock);
}

const inFolder = (name: string) => path.join(folder, name);
const write = (name: string, text: string | Uint8Array) => fs.writeFile(inFolder(name), text);
const read = (name: string) => fs.readFile(inFolder(name), 'utf8');
const use = (...consumers: Settings['tunnel.consumers']) => settings.set('tunnel.consumers', consumers);
const env = (name = '.env', key = 'URL') => ({ kind: 'env-file' as const, path: inFolder(name), key });

/** Resolves when it holds of the consumers: at once, or after a change that is told. */
function until(holds: (consumers: ConsumerView[]) => boolean): Promise<ConsumerView[]> {
  return new Promise((resolve) => {
    const look = () => {
      const consumers = book.consumers();
      if (!holds(consumers)) return;
      unsubscribe();
      resolve(consumers);
    };
    const unsubscribe = book.subscribe(look);
    look();
  });
}
const confirmed = () => until((all) => all.every(({ state }) => state === 'confirmed'));
const problem = async () => {
  const consumers = await until((all) => all.some((each) => each.problem !== null));
  return consumers.find((each) => each.problem !== null)?.problem;
};

describe('the address', () => {
  it('is one record: the same again is no news, one that comes back after another is', () => {
    expect(book.current()).toBeNull();
    expect(book.publish(`${one}/`)).toMatchObject({ url: one, revision: 1 });
    expect(book.publish(one)).toMatchObject({ revision: 1 });
    expect(book.publish(two)).toMatchObject({ revision: 2 });
    expect(book.publish(one)).toMatchObject({ url: one, revision: 3 });
    expect(book.current()).toMatchObject({ url: one, revision: 3 });
    expect(() => book.publish('ftp://x')).toThrow(/no http/);
  });

  it('outlives the program', async () => {
    const published = book.publish(one);
    await reopen();
    expect(book.current()).toEqual(published);
  });

  it('is what runs through the tunnel have, as soon as it is published', async () => {
    expect(book.consumers()).toEqual([]);
    await settings.set('runner.server', 'tunnel');
    expect(book.consumers()).toMatchObject([{ kind: 'runner', state: 'none', revision: null }]);
    book.publish(one);
    expect(book.consumers()).toMatchObject([{ kind: 'runner', state: 'confirmed', revision: 1 }]);
  });
});

describe('files', () => {
  it('of every kind have it, and every other byte as before', async () => {
    await write('.env', '\uFEFF# keys\r\nexport URL="old" # here\r\nB=2');
    await write('app.json', '{ "api": { "url": "old" },\t"n": 1.50 }\n');
    await write('conf.txt', 'a\r\nserver = old;\r\n');
    await use(
      env(),
      { kind: 'json-file', path: inFolder('app.json'), pointer: '/api/url' },
      { kind: 'text-file', path: inFolder('conf.txt'), pattern: 'server = (\\S+);' },
    );
    expect(book.consumers().map(({ state }) => state)).toEqual(['none', 'none', 'none']);
    for (const address of [one, two]) {
      const { revision } = book.publish(address);
      const consumers = await confirmed();
      expect(consumers.map((each) => each.revision)).toEqual([revision, revision, revision]);
      expect(await read('.env')).toBe(`\uFEFF# keys\r\nexport URL="${address}" # here\r\nB=2`);
      expect(await read('app.json')).toBe(`{ "api": { "url": "${address}" },\t"n": 1.50 }\n`);
      expect(await read('conf.txt')).toBe(`a\r\nserver = ${address};\r\n`);
    }
    expect(book.consumers().map(({ target }) => target)).toEqual([
      '.env: URL',
      'app.json: /api/url',
      'conf.txt: server = (\\S+);',
    ]);
    expect((await fs.readdir(folder)).sort()).toEqual(['.env', 'app.json', 'conf.txt', 'data']);
  });

  it('keep what they were before the first and before the last change, and nothing more', async () => {
    await write('.env', 'URL=mine\n');
    await fs.chmod(inFolder('.env'), 0o600);
    await use(env());
    for (const address of [one, two, one]) {
      book.publish(address);
      await confirmed();
    }
    const kept = path.join(dataDir, 'address-originals');
    const [name = ''] = await fs.readdir(kept);
    const content = (file: string) => fs.readFile(path.join(kept, name, file), 'utf8');
    expect((await fs.readdir(path.join(kept, name))).sort()).toEqual(['first', 'last', 'where.txt']);
    expect(await content('first')).toBe('URL=mine\n');
    expect(await content('last')).toBe(`URL=${two}\n`);
    expect(await content('where.txt')).toBe(`${await fs.realpath(inFolder('.env'))}\n`);
    expect((await fs.stat(path.join(kept, name, 'first'))).mode & 0o777).toBe(0o600);
    expect((await fs.stat(inFolder('.env'))).mode & 0o777).toBe(0o600);
  });

  it('that are links stay links, and what they lead to is changed', async () => {
    await write('real.env', 'URL=old\n');
    await fs.symlink('real.env', inFolder('.env'));
    await use(env());
    book.publish(one);
    await confirmed();
    expect(await fs.readlink(inFolder('.env'))).toBe('real.env');
    expect(await read('real.env')).toBe(`URL=${one}\n`);
  });

  it('with several consumers have all of their places changed', async () => {
    await write('.env', 'A=1\nB=2\nC=3\n');
    await use(env('.env', 'A'), env('.env', 'B'), env('.env', 'C'));
    book.publish(one);
    await confirmed();
    expect(await read('.env')).toBe(`A=${one}\nB=${one}\nC=${one}\n`);
  });

  it('that are not there are not made, and told as soon as they are', async () => {
    await reopen(neverAgain);
    await use(env('later/.env'));
    book.publish(one);
    expect(await problem()).toMatchObject({
      message: `The file is not there (${inFolder('later/.env')}).`,
      cure: expect.stringContaining('Make the file'),
    });
    await fs.mkdir(inFolder('later'));
    await write('later/.env', 'URL=\n');
    const [consumer] = await confirmed();
    expect(consumer).toMatchObject({ problem: null, attempts: 0, nextAttemptAt: null });
    expect(await read('later/.env')).toBe(`URL=${one}\n`);
  });

  it('with no place for it are left alone, and told when a person has mended them', async () => {
    await reopen(neverAgain);
    await write('app.json', '{"a": 1}');
    await use({ kind: 'json-file', path: inFolder('app.json'), pointer: '/api/url' });
    book.publish(one);
    expect(await problem()).toMatchObject({ message: expect.stringContaining('There is no api') });
    expect(await read('app.json')).toBe('{"a": 1}');
    await write('app.json', '{"a": 1, "api": {}}');
    await confirmed();
    expect(await read('app.json')).toBe(`{"a": 1, "api": {"url": "${one}"}}`);
  });

  it.each([
    ['not UTF-8', Buffer.from([0x55, 0x3d, 0xff, 0xfe, 0x0a]), 'not UTF-8'],
    ['UTF-16', Buffer.from('\uFEFFURL=old\n', 'utf16le'), 'UTF-16'],
    ['bigger than 5 MB', Buffer.alloc(5 * 1024 * 1024 + 1, 'a'), 'bigger than 5 MB'],
  ])('that are %s are refused, untouched', async (_what, content, message) => {
    await write('.env', content);
    await use(env());
    book.publish(one);
    expect((await problem())?.message).toContain(message);
    expect((await fs.readFile(inFolder('.env'))).equals(content)).toBe(true);
  });

  it('that are folders, or have no whole path, are refused', async () => {
    await fs.mkdir(inFolder('.env'));
    await use(env(), { kind: 'env-file', path: 'some/.env', key: 'URL' });
    book.publish(one);
    const consumers = await until((all) => all.every((each) => each.problem !== null));
    expect(consumers.map((each) => each.problem?.message)).toEqual([
      expect.stringContaining('This is no file'),
      'The path of this consumer begins nowhere (some/.env).',
    ]);
  });

  it('with a pattern that never ends are given up, and hold up no other file', async () => {
    await write('bad.txt', `${'a'.repeat(60)}!`);
    await write('.env', 'URL=old\n');
    await use({ kind: 'text-file', path: inFolder('bad.txt'), pattern: '^(a+)+$' }, env());
    book.publish(one);
    const consumers = await until(([, other]) => other?.state === 'confirmed');
    expect(consumers[0]).toMatchObject({ state: 'pending', problem: null });
    expect(await problem()).toMatchObject({
      message: expect.stringContaining('no end within'),
      cure: expect.stringContaining('simpler'),
    });
    await write('good.txt', 'u=1');
    await use({ kind: 'text-file', path: inFolder('good.txt'), pattern: 'u=(.*)' });
    await confirmed();
    expect(await read('good.txt')).toBe(`u=${one}`);
  });

  it('keep what a person writes between two addresses', async () => {
    await write('.env', 'URL=old\n');
    await use(env());
    for (let line = 0; line < 6; line += 1) {
      book.publish(line % 2 === 0 ? one : two);
      await confirmed();
      await fs.appendFile(inFolder('.env'), `LINE_${line}=1\n`);
    }
    const lines = Array.from({ length: 6 }, (_, line) => `LINE_${line}=1\n`).join('');
    expect(await read('.env')).toBe(`URL=${two}\n${lines}`);
  });
});

describe('after a restart', () => {
  it('a file that has the address is not written again', async () => {
    await write('.env', 'URL=old\n');
    await use(env());
    book.publish(one);
    const [before] = await confirmed();
    const { ino, mtimeMs } = await fs.stat(inFolder('.env'));
    await reopen();
    expect(book.consumers()).toEqual([before]);
    book.publish(one);
    expect(await confirmed()).toEqual([before]);
    expect(await fs.stat(inFolder('.env'))).toMatchObject({ ino, mtimeMs });
  });

  it('a file that was changed by hand stays so until the address is seen to work again', async () => {
    await write('.env', 'URL=old\n');
    await use(env());
    book.publish(one);
    await confirmed();
    await book.close();
    await write('.env', 'URL=from a backup\nNEW=1\n');
    open();
    const { id = '' } = book.consumers()[0] ?? {};
    expect(() => book.tell(id)).toThrow(/not seen to work/);
    // It waits for what is being told.
    await book.close();
    expect(await read('.env')).toBe('URL=from a backup\nNEW=1\n');
    open();
    book.publish(one);
    expect(book.consumers()).toMatchObject([{ state: 'pending', revision: 1 }]);
    await confirmed();
    expect(await read('.env')).toBe(`URL=${one}\nNEW=1\n`);
  });

  it('one that had not confirmed is told as soon as the address is seen to work again', async () => {
    await use(env('later.env'));
    book.publish(one);
    await problem();
    await reopen();
    await write('later.env', 'URL=\n');
    expect(book.consumers()).toMatchObject([{ state: 'pending', revision: null }]);
    book.publish(one);
    await confirmed();
    expect(await read('later.env')).toBe(`URL=${one}\n`);
  });
});

describe('the settings', () => {
  it('that gain a consumer have it told at once; that lose one leave its file as it is', async () => {
    book.publish(one);
    await write('a.env', 'URL=old\n');
    await write('b.env', 'URL=old\n');
    await use(env('a.env'));
    await confirmed();
    await use(env('b.env'));
    await confirmed();
    expect(book.consumers()).toHaveLength(1);
    book.publish(two);
    await confirmed();
    expect([await read('a.env'), await read('b.env')]).toEqual([`URL=${one}\n`, `URL=${two}\n`]);
  });

  it('that want no tunnel want nobody told', async () => {
    await settings.set('tunnel.mode', 'none');
    await write('.env', 'URL=old\n');
    await use(env());
    book.publish(one);
    expect(book.consumers()).toMatchObject([{ state: 'none' }]);
    await settings.set('tunnel.mode', 'quick');
    await confirmed();
    expect(await read('.env')).toBe(`URL=${one}\n`);
  });

  it('that name a consumer twice have it once', async () => {
    await use(env(), env());
    expect(book.consumers()).toHaveLength(1);
    expect(() => book.tell('nobody')).toThrow(/not in the settings/);
  });
});

it('a webhook is told until it confirms, and after a restart only what is new', async () => {
  const told: string[] = [];
  const server = createServer(async (request, response) => {
    told.push(await text(request));
    response.writeHead(told.length === 1 ? 500 : 200).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    await use({ kind: 'webhook', url: `http://127.0.0.1:${port}/a-secret` });
    book.publish(one);
    expect((await problem())?.message).toBe(`The webhook answers 500 (127.0.0.1:${port}).`);
    const [consumer] = await confirmed();
    expect(JSON.stringify(consumer)).not.toContain('a-secret');
    await reopen();
    expect(book.consumers()).toEqual([consumer]);
    book.publish(two);
    await confirmed();
    const { id = '' } = book.consumers()[0] ?? {};
    book.tell(id);
    await until(() => told.length === 4);
    expect(told.map((body) => JSON.parse(body) as unknown)).toEqual([
      { url: one, revision: 1 },
      { url: one, revision: 1 },
      { url: two, revision: 2 },
      { url: two, revision: 2 },
    ]);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

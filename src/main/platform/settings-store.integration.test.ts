import { execFile } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SettingKey } from '../../shared/settings.ts';
import { openSettings, type SettingsStore } from './settings-store.ts';

let folder = '';
let file = '';
const stores: SettingsStore[] = [];
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'flowdeck-settings-'));
  file = path.join(folder, 'settings.json');
});
afterEach(async () => {
  for (const store of stores.splice(0)) store.close();
  await fs.rm(folder, { recursive: true, force: true });
});

const open = async () => {
  const store = await openSettings(file);
  stores.push(store);
  return store;
};
const onDisk = async () => JSON.parse(await fs.readFile(file, 'utf8'));
const usage = (words: RegExp) => ({ failure: { code: 'usage', message: expect.stringMatching(words) } });

describe('settings.json', () => {
  it('holds only what differs from the defaults', async () => {
    const store = await open();
    expect(store.get('runner.concurrency')).toBe(3);
    expect(await fs.readdir(folder)).toEqual([]);
    await store.set('runner.concurrency', 5);
    await store.set('ui.theme', 'dark');
    expect(await onDisk()).toEqual({ 'runner.concurrency': 5, 'ui.theme': 'dark' });
    await store.set('ui.theme', 'system');
    expect(await onDisk()).toEqual({ 'runner.concurrency': 5 });
    expect(await store.unset('runner.concurrency')).toMatchObject({ value: 3, default: 3, changed: false });
    expect(await onDisk()).toEqual({});
  });

  it('keeps keys that this version does not know', async () => {
    await fs.writeFile(file, '{"from.the.future": {"a": 1}, "ui.theme": "dark"}');
    const store = await open();
    await store.set('runner.retries', 1);
    expect(await onDisk()).toEqual({ 'from.the.future': { a: 1 }, 'ui.theme': 'dark', 'runner.retries': 1 });
    expect(store.warnings).toEqual([]);
  });

  it('is read when a person nested it', async () => {
    await fs.writeFile(file, '\uFEFF{"glabs": {"url": "http://127.0.0.1:9000"}}');
    expect((await open()).get('glabs.url')).toBe('http://127.0.0.1:9000');
  });

  it('with a wrong value gives the default and a warning, and keeps what stands there', async () => {
    await fs.writeFile(file, '{"runner.concurrency": 9}');
    const store = await open();
    expect(store.get('runner.concurrency')).toBe(3);
    expect(store.warnings).toEqual([
      expect.stringMatching(/runner\.concurrency.*a whole number from 1 to 5/),
    ]);
    await store.set('ui.theme', 'dark');
    expect((await onDisk())['runner.concurrency']).toBe(9);
  });

  it.each(['{"ui.theme": "dar', '', '[1]', '\0\0\0\0'])(
    'damaged (%j) is set aside and the last good one used',
    async (damage) => {
      const before = await open();
      await before.set('ui.theme', 'dark');
      await fs.writeFile(file, damage);
      const store = await open();
      expect(store.get('ui.theme')).toBe('dark');
      expect(store.warnings).toEqual([expect.stringMatching(/damaged.*last good/)]);
      const aside = (await fs.readdir(folder)).filter((name) => name.startsWith('settings.json.damaged-'));
      expect(aside).toHaveLength(1);
      expect(await fs.readFile(path.join(folder, aside[0] ?? ''), 'utf8')).toBe(damage);
      expect((await open()).warnings).toEqual([]);
    },
  );

  it('damaged without a last good copy gives the defaults, and two that open it at once both go on', async () => {
    await fs.writeFile(file, 'not json');
    const [one, two] = await Promise.all([open(), open()]);
    expect([one?.get('ui.theme'), two?.get('ui.theme')]).toEqual(['system', 'system']);
    const aside = (await fs.readdir(folder)).filter((name) => name.includes('damaged'));
    expect(aside).toHaveLength(1);
  });

  it('edited by hand is the next last good one', async () => {
    await fs.writeFile(file, '{"ui.theme": "light"}');
    await open();
    await fs.writeFile(file, '{');
    expect((await open()).get('ui.theme')).toBe('light');
  });

  it('survives changes of different keys by several processes at once', async () => {
    const script = `
      import { openSettings } from ${JSON.stringify(new URL('./settings-store.ts', import.meta.url).href)};
      const store = await openSettings(process.argv[1]);
      await store.set(process.argv[2], JSON.parse(process.argv[3]));`;
    const changes = [
      ['runner.retries', '1'],
      ['ui.theme', '"dark"'],
      ['runner.pollMs', '50'],
      ['review.attempts', '7'],
    ];
    await Promise.all(
      changes.map((change) =>
        promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, file, ...change]),
      ),
    );
    expect(await onDisk()).toEqual({
      'runner.retries': 1,
      'ui.theme': 'dark',
      'runner.pollMs': 50,
      'review.attempts': 7,
    });
  });
});

describe('setting a value', () => {
  it('refuses a wrong key, naming near ones and where to list them, and changes nothing', async () => {
    const store = await open();
    await expect(store.set('runner.concurency', 1)).rejects.toMatchObject(usage(/runner\.concurrency/));
    await expect(store.unset('nonsense')).rejects.toMatchObject({
      failure: { code: 'usage', cure: expect.stringMatching(/config list/) },
    });
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it.each([
    ['runner.concurrency', 9, /from 1 to 5/],
    ['runner.concurrency', 'three', /from 1 to 5/],
    ['tunnel.mode', 'fast', /quick, named, url, none/],
    ['glabs.url', 'ftp://x', /http or https address/],
    ['storage.stores', { r2: { kind: 's3' } }, /"endpoint"/],
  ])('refuses %s = %j and says what is allowed', async (key, value, allowed) => {
    const store = await open();
    await expect(store.set(key, value)).rejects.toMatchObject({
      failure: { code: 'usage', cure: expect.stringMatching(allowed) },
    });
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it('reaches inside a setting', async () => {
    const store = await open();
    const r2 = {
      kind: 's3',
      endpoint: 'https://e.test',
      bucket: 'one',
      publicBaseUrl: 'https://p.test',
      accessKeyId: 'id',
    };
    await store.set('storage.stores.r2', r2);
    expect(await store.set('storage.stores.r2.bucket', 'two')).toMatchObject({
      value: 'two',
      default: null,
      changed: true,
    });
    expect(store.get('storage.stores.r2.bucket')).toBe('two');
    expect(store.get('storage.stores')).toMatchObject({
      local: { kind: 'local' },
      r2: { bucket: 'two', region: 'auto' },
    });
    await store.unset('storage.stores.r2');
    expect(await onDisk()).toEqual({});
    await store.set('costs.table.prices.0.usd', 9);
    await store.set('costs.table.date', '2027-01-01');
    await store.unset('costs.table.date');
    expect(store.get('costs.table.date')).toBe('2026-11-01');
    expect(store.get('costs.table.prices.0.usd')).toBe(9);
    await expect(store.unset('costs.table.prices')).resolves.toMatchObject({ changed: false });
    await expect(store.set('history.retention.latest', 0)).rejects.toMatchObject({
      failure: { code: 'usage' },
    });
  });

  it('keeps secrets and unknown places out', async () => {
    const store = await open();
    await expect(store.set('storage.stores.local.secretAccessKey', 'x')).rejects.toMatchObject(
      usage(/secret/),
    );
    await expect(store.set('storage.stores.local.colour', 'x')).rejects.toMatchObject(usage(/local\.colour/));
  });

  it('on a full disk is an error with a place, and the value stays', async () => {
    const openFile: typeof fs.open = async (...args) => {
      if (String(args[0]).endsWith('.tmp')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      return fs.open(...args);
    };
    const store = await openSettings(file, { fs: { ...fs, open: openFile } });
    await expect(store.set('ui.theme', 'dark')).rejects.toMatchObject({
      failure: { code: 'store-unreachable', where: file },
    });
    expect(store.get('ui.theme')).toBe('system');
  });
});

it('list has every key with its meaning', async () => {
  const store = await open();
  await store.set('runner.retries', 0);
  const list = store.list();
  expect(list.find((entry) => entry.key === 'runner.retries')).toEqual({
    key: 'runner.retries',
    value: 0,
    default: 3,
    changed: true,
    meaning: 'Retries of one candidate.',
  });
  expect(list.every((entry) => entry.meaning !== '')).toBe(true);
  expect(list.filter((entry) => entry.changed)).toHaveLength(1);
});

describe('a change', () => {
  it('by another process is taken up, and its listeners hear the keys', async () => {
    const app = await open();
    const heard: SettingKey[][] = [];
    const end = app.onChange((keys) => heard.push(keys));
    const other = await open();
    await other.set('runner.retries', 1);
    await vi.waitFor(() => expect(app.get('runner.retries')).toBe(1), { timeout: 10_000 });
    expect(heard).toEqual([['runner.retries']]);
    end();
    await app.set('runner.retries', 2);
    expect(heard).toHaveLength(1);
  });

  it('that leaves the file unreadable leaves what holds, and the file to its editor', async () => {
    const app = await open();
    await app.set('ui.theme', 'dark');
    app.onChange(() => expect.unreachable('nothing changed'));
    await fs.writeFile(file, '{"ui.theme": ');
    await vi.waitFor(() => expect(app.warnings).toHaveLength(1), { timeout: 10_000 });
    expect(app.get('ui.theme')).toBe('dark');
    expect(await fs.readFile(file, 'utf8')).toBe('{"ui.theme": ');
  });
});

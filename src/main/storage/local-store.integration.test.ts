import { createHash } from 'node:crypto';
import * as nodeFs from 'node:fs/promises';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import { createLocalStore, type LocalStoreOptions } from './local-store.ts';
import type { StoreObject } from './object-store.ts';

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-store-'));
  root = join(folder, 'objects');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const storeAt = (more: Partial<LocalStoreOptions> = {}) => createLocalStore({ name: 'local', root, ...more });

async function objectOf(content: string, key = 'XYZG3/V0-1/scene03-c1.png'): Promise<StoreObject> {
  const file = join(folder, `source-${content.length}.png`);
  await writeFile(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { key, file, sha256, size: Buffer.byteLength(content), contentType: 'image/png' };
}

async function refusal(work: Promise<unknown>): Promise<FlowdeckError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof FlowdeckError) return error;
  throw error ?? new Error('nothing was rejected');
}

/** Every file below the store's root. */
const stored = async () => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
};

describe('putting an object', () => {
  test('copies it under its key and gives an address that leads there', async () => {
    const object = await objectOf('a picture');
    const { url, uploaded } = await storeAt().put(object);
    expect(uploaded).toBe(true);
    expect(fileURLToPath(url)).toBe(join(root, 'XYZG3', 'V0-1', 'scene03-c1.png'));
    expect(await readFile(fileURLToPath(url), 'utf8')).toBe('a picture');
    expect(await stored()).toEqual(['scene03-c1.png']);
  });

  test('a public address stands before the key, every part of it encoded', async () => {
    const store = storeAt({ publicBaseUrl: 'https://cdn.example/ads/' });
    const object = await objectOf('a picture', 'Übung #1/50% & more/a b.png');
    expect((await store.put(object)).url).toBe(
      'https://cdn.example/ads/%C3%9Cbung%20%231/50%25%20%26%20more/a%20b.png',
    );
  });

  test('its address is known before it is there', async () => {
    const object = await objectOf('a picture', 'a b/c#1.png');
    for (const more of [{}, { publicBaseUrl: 'https://cdn.example/' }]) {
      const store = storeAt(more);
      const before = store.urlOf(object.key);
      expect((await store.put(object)).url).toBe(before);
    }
  });

  test('the same content again is there already', async () => {
    const object = await objectOf('a picture');
    const first = await storeAt().put(object);
    expect(await storeAt().put(object)).toEqual({ ...first, uploaded: false });
    expect(first.file).toBe(fileURLToPath(first.url));
  });

  test('other content under the same key is refused, and what is there stays', async () => {
    const { url } = await storeAt().put(await objectOf('a picture'));
    for (const other of ['another', 'b picture']) {
      const error = await refusal(storeAt().put(await objectOf(other)));
      expect(error.failure).toMatchObject({ code: 'store-refused', where: fileURLToPath(url) });
    }
    expect(await readFile(fileURLToPath(url), 'utf8')).toBe('a picture');
    expect(await stored()).toHaveLength(1);
  });

  test('editing the original afterwards does not change the object', async () => {
    const object = await objectOf('a picture');
    const { url } = await storeAt().put(object);
    await nodeFs.appendFile(object.file, ', edited');
    expect(await readFile(fileURLToPath(url), 'utf8')).toBe('a picture');
  });

  test('many at once, of the same key, make one', async () => {
    const object = await objectOf('a picture');
    const puts = await Promise.all(Array.from({ length: 20 }, () => storeAt().put(object)));
    expect(puts.filter(({ uploaded }) => uploaded)).toHaveLength(1);
    expect(await stored()).toEqual(['scene03-c1.png']);
  });

  test('two contents racing for a key: one wins whole, the other is refused', async () => {
    const [a, b] = [await objectOf('a picture'), await objectOf('another picture')];
    const outcomes = await Promise.allSettled([storeAt().put(a), storeAt().put(b)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const content = await readFile(join(root, a.key), 'utf8');
    expect(content).toBe(outcomes[0]?.status === 'fulfilled' ? 'a picture' : 'another picture');
  });
});

describe('what is not taken', () => {
  test('a file that is not what was announced', async () => {
    const object = await objectOf('a picture');
    await writeFile(object.file, 'b picture');
    expect((await refusal(storeAt().put(object))).failure.code).toBe('store-refused');
    await writeFile(object.file, 'longer than it was');
    expect((await refusal(storeAt().put(object))).failure.message).toContain('bytes instead of');
    await rm(object.file);
    expect((await refusal(storeAt().put(object))).failure.message).toContain('is not there');
    expect(await stored()).toEqual([]);
  });

  test('a key that climbs out, by name or through a link', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await mkdir(root);
    await symlink(outside, join(root, 'link'));
    for (const key of ['../outside/a.png', 'a/../../outside/a.png', 'link/a.png', 'link/deeper/a.png']) {
      expect((await refusal(storeAt().put(await objectOf('a picture', key)))).failure.code).toBe(
        'store-refused',
      );
    }
    expect(await readdir(outside)).toEqual([]);
  });

  test('a link in place of the object', async () => {
    const object = await objectOf('a picture', 'a.png');
    await mkdir(root);
    await symlink(object.file, join(root, 'a.png'));
    expect((await refusal(storeAt().put(object))).failure.code).toBe('store-refused');
  });

  test('anything, once it was cancelled', async () => {
    const reason = new Error('enough');
    await expect(storeAt().put(await objectOf('a picture'), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await readdir(folder)).not.toContain('objects');
  });
});

describe('a disk that takes nothing', () => {
  const failing = (call: 'copyFile' | 'mkdir' | 'link', code: string) => ({
    ...nodeFs,
    [call]: () => Promise.reject(Object.assign(new Error(`${code}: no`), { code })),
  });

  test.each([
    ['full', 'copyFile', 'ENOSPC', 'full'],
    ['over its quota', 'copyFile', 'EDQUOT', 'quota'],
    ['read-only', 'mkdir', 'EROFS', 'only be read'],
    ['forbidden', 'mkdir', 'EACCES', 'may not be written'],
    ['failing', 'link', 'EIO', 'error'],
  ] as const)(
    '%s: says so, where, and what to do, and leaves nothing behind',
    async (_what, call, code, words) => {
      const object = await objectOf('a picture');
      await mkdir(root);
      const { failure } = await refusal(storeAt({ fs: failing(call, code) }).put(object));
      expect(failure.code).toBe('store-unreachable');
      expect(failure.message).toContain(words);
      expect(failure.where).toContain(root);
      expect(failure.cure).toBeDefined();
      expect(await stored()).toEqual([]);
      // Later, with room again, the same object goes in.
      expect((await storeAt().put(object)).uploaded).toBe(true);
    },
  );

  test('a file where the folder should be', async () => {
    await writeFile(root, 'not a folder');
    const { failure } = await refusal(storeAt().put(await objectOf('a picture')));
    expect(failure.code).toBe('store-unreachable');
    expect(await readFile(root, 'utf8')).toBe('not a folder');
  });
});

describe('listing', () => {
  const keysBelow = async (prefix: string) =>
    (await storeAt().list(prefix))?.map(({ key }) => key).sort() ?? null;

  test('tells what lies below a prefix, folders of tabs included, and nothing beside it', async () => {
    const keys = ['XYZG3/V0-1/scene01-c1.png', 'XYZG3/V0-1/account-a/scene01-c1.png'];
    for (const key of [...keys, 'XYZG3/V0-10/scene01-c1.png', 'XYZG30/V0-1/scene01-c1.png', 'refs/a.png'])
      await storeAt().put(await objectOf('a picture', key));
    expect(await keysBelow('XYZG3/V0-1/')).toEqual(keys.sort());
    expect(await keysBelow('XYZG3/V0-1')).toEqual([...keys, 'XYZG3/V0-10/scene01-c1.png'].sort());
    expect(await keysBelow('nothing/')).toEqual([]);
  });

  test('tells size and time of each', async () => {
    const object = await objectOf('a picture');
    const before = Math.floor(Date.now() / 1000) * 1000;
    await storeAt().put(object);
    const [listed] = (await storeAt().list('XYZG3/')) ?? [];
    expect(listed).toMatchObject({ key: object.key, size: object.size });
    expect(listed?.modifiedAt).toBeGreaterThanOrEqual(before);
  });

  test('does not follow links, and leaves out what is still being written', async () => {
    await storeAt().put(await objectOf('a picture'));
    await writeFile(join(folder, 'secret.png'), 'secret');
    await symlink(join(folder, 'secret.png'), join(root, 'XYZG3', 'V0-1', 'scene02-c1.png'));
    await symlink(folder, join(root, 'XYZG3', 'V0-1', 'account-a'));
    await writeFile(join(root, 'XYZG3', 'V0-1', '.scene03-c1.png.1-2.tmp'), 'half');
    expect(await keysBelow('')).toEqual(['XYZG3/V0-1/scene03-c1.png']);
  });

  test('a store that was never written to is empty', async () => {
    expect(await keysBelow('')).toEqual([]);
  });
});

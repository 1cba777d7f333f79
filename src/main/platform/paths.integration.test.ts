import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureDataDir } from './paths.ts';

let folder = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'flowdeck-paths-'));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

it('makes the folder for its owner only, with the folders above it, and leaves nothing in it', async () => {
  const dataDir = path.join(folder, 'a', 'b');
  expect(await ensureDataDir(dataDir)).toEqual({ created: true });
  expect((await fs.stat(dataDir)).mode & 0o777).toBe(0o700);
  expect(await fs.readdir(dataDir)).toEqual([]);
  expect(await ensureDataDir(dataDir)).toEqual({ created: false });
});

it('says that a file stands in the place of the folder, and leaves the file alone', async () => {
  const file = path.join(folder, 'taken');
  await fs.writeFile(file, 'mine');
  for (const dataDir of [file, path.join(file, 'below')]) {
    await expect(ensureDataDir(dataDir)).rejects.toMatchObject({
      failure: { code: 'folder', where: dataDir, cure: expect.stringContaining('--data-dir') },
    });
  }
  expect(await fs.readFile(file, 'utf8')).toBe('mine');
});

it.each([
  ['EACCES', 'folder'],
  ['EROFS', 'folder'],
  ['ENOSPC', 'store-unreachable'],
])('a folder that cannot be written (%s) is the failure %s', async (code, expected) => {
  const writeFile: typeof fs.writeFile = async () => {
    throw Object.assign(new Error(code), { code });
  };
  await expect(ensureDataDir(folder, { ...fs, writeFile })).rejects.toMatchObject({
    failure: { code: expected, where: folder },
  });
});

import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readText, replaceContent } from './rewrite-file.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await fs.realpath(await fs.mkdtemp(path.join(tmpdir(), 'flowdeck-rewrite-')));
  file = path.join(folder, '.env');
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

it('what another program writes at the last moment stays, and nothing is left beside it', async () => {
  await fs.writeFile(file, 'A=1\n');
  const { bytes } = await readText(file);
  // The last thing before the new content takes the name of the file.
  const keepOriginal = () => fs.writeFile(file, 'A=2\n');
  expect(await replaceContent(file, bytes, 'A=3\n', { keepOriginal })).toBe(false);
  expect(await fs.readFile(file, 'utf8')).toBe('A=2\n');
  expect(await fs.readdir(folder)).toEqual(['.env']);
});

it('a file that vanished meanwhile is not made again', async () => {
  await fs.writeFile(file, 'A=1\n');
  const { bytes } = await readText(file);
  await expect(
    replaceContent(file, bytes, 'A=3\n', { keepOriginal: () => fs.rm(file) }),
  ).rejects.toMatchObject({ failure: { code: 'folder' } });
  expect(await fs.readdir(folder)).toEqual([]);
});

it('nothing is changed when what was there cannot be kept', async () => {
  await fs.writeFile(file, 'A=1\n');
  const { bytes } = await readText(file);
  const keepOriginal = async () => {
    throw new Error('no space');
  };
  await expect(replaceContent(file, bytes, 'A=3\n', { keepOriginal })).rejects.toThrow('no space');
  expect(await fs.readFile(file, 'utf8')).toBe('A=1\n');
});

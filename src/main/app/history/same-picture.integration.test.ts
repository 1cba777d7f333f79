import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashOf } from '../../platform/content-hash.ts';
import { nodeDisk } from '../../platform/disk.ts';
import { samePicture } from './same-picture.ts';

let folder: string;
let workflow: string;
let stored: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-same-picture-'));
  workflow = join(folder, 'testing', 'XYZG3-V0-1.nbflow');
  await mkdir(join(folder, 'refs'));
  await writeFile(join(folder, 'refs', 'a.png'), 'picture a');
  await writeFile(join(folder, 'refs', 'b.png'), 'picture b');
  stored = `https://pub-1.r2.dev/XYZG3/refs/${await hashOf(Buffer.from('picture a'))}.png`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isSame = (before: string | null, after: string | null) =>
  samePicture(workflow, before, after, nodeDisk);

it('a path and the address that a run stored its picture under are the same', async () => {
  expect(await isSame('../refs/a.png', stored)).toBe(true);
  expect(await isSame(join(folder, 'refs', 'a.png'), stored)).toBe(true);
});

it('the stored address of another picture is a change, and so is any other address', async () => {
  expect(await isSame('../refs/b.png', stored)).toBe(false);
  expect(await isSame('../refs/a.png', 'https://pub-1.r2.dev/avatar-sheets/a.png')).toBe(false);
  expect(await isSame('https://pub-1.r2.dev/avatar-sheets/a.png', stored)).toBe(false);
  expect(await isSame(null, stored)).toBe(false);
  expect(await isSame(stored, null)).toBe(false);
});

it('a picture that is gone from this machine is taken for the one that was stored', async () => {
  expect(await isSame('../refs/gone.png', stored)).toBe(true);
});

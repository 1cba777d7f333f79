import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-make-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a folder', () => {
  it('is made with those above it, and told from one that was there', async () => {
    const deep = join(folder, 'a', 'b', 'c');
    expect(await makeFolder(deep)).toBe(join(folder, 'a'));
    expect((await stat(deep)).isDirectory()).toBe(true);
    expect(await makeFolder(deep)).toBeUndefined();
  });

  it('is made once by many at the same time', async () => {
    const deep = join(folder, 'x', 'y');
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(deep)));
    expect((await stat(deep)).isDirectory()).toBe(true);
  });

  it('is refused where a file stands in the way', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(folder, 'file', 'below'))).rejects.toMatchObject({
      code: expect.stringMatching(/EEXIST|ENOTDIR/),
    });
  });

  it.runIf(process.platform === 'linux')('is refused at once where the system makes none', async () => {
    await expect(makeFolder('/proc/flowdeck/data')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from './disk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file under a new name', () => {
  it('is there whole or not at all: a process that dies leaves no empty backup', async () => {
    const content = Buffer.alloc(64 * 1024 * 1024, 'x');
    const path = join(folder, 'a.bak');
    const written = nodeDisk.writeNew(folder, () => 'a.bak', content);
    const sizes = new Set<number>();
    let over = false;
    const watching = (async () => {
      while (!over) {
        const seen = await stat(path).catch(() => null);
        if (seen) sizes.add(seen.size);
      }
    })();
    expect(await written).toBe(path);
    over = true;
    await watching;
    sizes.delete(content.byteLength);
    expect([...sizes]).toEqual([]);
    expect(await readdir(folder)).toEqual(['a.bak']);
  });

  it('that cannot be made is told by its own name, and leaves nothing', async () => {
    await expect(nodeDisk.writeNew(folder, () => 'a'.repeat(300), 'x')).rejects.toMatchObject({
      failure: { code: 'folder', where: join(folder, 'a'.repeat(300)) },
    });
    await writeFile(join(folder, 'file'), '');
    const below = join(folder, 'file');
    await expect(nodeDisk.writeNew(below, () => 'b.bak', 'x')).rejects.toMatchObject({
      failure: { code: 'folder', cure: expect.any(String) },
    });
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('takes the next name that is free, also when two ask at once', async () => {
    await writeFile(join(folder, 'a'), 'first');
    const name = (n: number) => (n === 1 ? 'a' : `a-${n}`);
    const paths = await Promise.all(['b', 'c'].map((text) => nodeDisk.writeNew(folder, name, text)));
    expect(paths.sort()).toEqual([join(folder, 'a-2'), join(folder, 'a-3')]);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('first');
  });
});

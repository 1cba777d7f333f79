import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AtomicFs,
  copyFileExclusive,
  removeLeftTemporaries,
  uniquePath,
  writeFileAtomic,
  writeFileExclusive,
} from './atomic-file.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'flowdeck-atomic-'));
  file = path.join(folder, 'plan.json');
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const failing = (code: string) => Object.assign(new Error(code), { code });

/** The real calls, of which one step of writing fails with a code of the system. */
function brokenFs(step: 'open' | 'write' | 'sync' | 'rename', code: string): AtomicFs {
  const open: typeof fs.open = async (...args) => {
    if (step === 'open' && String(args[0]).endsWith('.tmp')) throw failing(code);
    const handle = await fs.open(...args);
    const broken = async () => {
      if (step === 'write') await handle.write('half of');
      throw failing(code);
    };
    if (step === 'write') handle.writeFile = broken;
    if (step === 'sync') handle.sync = broken;
    return handle;
  };
  const rename: typeof fs.rename = async (...args) => {
    if (step === 'rename') throw failing(code);
    await fs.rename(...args);
  };
  return { ...fs, open, rename };
}

describe('writeFileAtomic', () => {
  it('makes a file, replaces a file, and leaves nothing beside it', async () => {
    await writeFileAtomic(file, 'one');
    await writeFileAtomic(file, Buffer.from('two'));
    expect(await fs.readFile(file, 'utf8')).toBe('two');
    expect(await fs.readdir(folder)).toEqual(['plan.json']);
  });

  it('keeps the mode of a file, and sets the one asked for', async () => {
    await fs.writeFile(file, 'one', { mode: 0o640 });
    await fs.chmod(file, 0o640);
    await writeFileAtomic(file, 'two');
    expect((await fs.stat(file)).mode & 0o777).toBe(0o640);
    await writeFileAtomic(file, 'three', { mode: 0o600 });
    expect((await fs.stat(file)).mode & 0o777).toBe(0o600);
  });

  it('writes through a symbolic link', async () => {
    const link = path.join(folder, 'link.json');
    await fs.writeFile(file, 'one');
    await fs.symlink(file, link);
    await writeFileAtomic(link, 'two');
    expect(await fs.readFile(file, 'utf8')).toBe('two');
    expect((await fs.lstat(link)).isSymbolicLink()).toBe(true);
  });

  it('takes names of the greatest length', async () => {
    const long = path.join(folder, 'x'.repeat(255));
    await writeFileAtomic(long, 'one');
    expect(await fs.readFile(long, 'utf8')).toBe('one');
  });

  it('shows a reader the old content or the new one, never a part', async () => {
    const contents = ['a', 'b'].map((letter) => letter.repeat(300_000));
    await writeFileAtomic(file, contents[0] ?? '');
    let writing = true;
    const seen = new Set<string>();
    const reader = (async () => {
      while (writing) seen.add(await fs.readFile(file, 'utf8'));
    })();
    for (let round = 0; round < 20; round += 1)
      await writeFileAtomic(file, contents[round % 2] ?? '', { fsync: false });
    writing = false;
    await reader;
    expect([...seen].every((content) => contents.includes(content))).toBe(true);
  });

  it.each([
    ['open', 'EACCES', 'folder'],
    ['open', 'EROFS', 'folder'],
    ['open', 'ENOSPC', 'store-unreachable'],
    ['write', 'ENOSPC', 'store-unreachable'],
    ['write', 'EDQUOT', 'store-unreachable'],
    ['sync', 'EIO', 'store-unreachable'],
    ['rename', 'EACCES', 'folder'],
  ] as const)(
    'a failure at %s (%s) is `%s`; the target stays, the temporary file goes',
    async (step, code, expected) => {
      await fs.writeFile(file, 'before');
      await expect(writeFileAtomic(file, 'after', { fs: brokenFs(step, code) })).rejects.toMatchObject({
        failure: { code: expected, where: file, cure: expect.stringMatching(/\S/) },
      });
      expect(await fs.readFile(file, 'utf8')).toBe('before');
      expect(await fs.readdir(folder)).toEqual(['plan.json']);
    },
  );

  it('names a folder that stands in the way, and a folder that is missing', async () => {
    await expect(writeFileAtomic(folder, 'x')).rejects.toMatchObject({
      failure: { code: 'folder', where: folder },
    });
    const deep = path.join(folder, 'no', 'file');
    await expect(writeFileAtomic(deep, 'x')).rejects.toMatchObject({
      failure: { code: 'folder', where: deep },
    });
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it('does not replace a file that may not be written', async () => {
    await fs.writeFile(file, 'before');
    const access: typeof fs.access = async () => {
      throw failing('EACCES');
    };
    await expect(writeFileAtomic(file, 'after', { fs: { ...fs, access } })).rejects.toMatchObject({
      failure: { code: 'folder' },
    });
    expect(await fs.readFile(file, 'utf8')).toBe('before');
  });
});

describe('copyFileExclusive', () => {
  it('copies to a free name and refuses a taken one', async () => {
    const copy = path.join(folder, 'copy');
    await fs.writeFile(file, 'one');
    expect(await copyFileExclusive(file, copy)).toBe(true);
    await fs.writeFile(file, 'two');
    expect(await copyFileExclusive(file, copy)).toBe(false);
    expect(await fs.readFile(copy, 'utf8')).toBe('one');
    expect((await fs.readdir(folder)).sort()).toEqual(['copy', 'plan.json']);
  });

  it('works on a disk without hard links', async () => {
    const copy = path.join(folder, 'copy');
    await fs.writeFile(file, 'one');
    const link: typeof fs.link = async () => {
      throw failing('EPERM');
    };
    expect(await copyFileExclusive(file, copy, { fs: { ...fs, link } })).toBe(true);
    expect(await copyFileExclusive(file, copy, { fs: { ...fs, link } })).toBe(false);
    expect((await fs.readdir(folder)).sort()).toEqual(['copy', 'plan.json']);
  });
});

describe('writeFileExclusive', () => {
  const name = (n: number) => (n === 1 ? 'a.bak' : `a.bak-${n}`);

  it('gives every one of many writers a file of its own, and leaves nothing beside', async () => {
    const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`);
    const paths = await Promise.all(texts.map((text) => writeFileExclusive(folder, name, text, 20)));
    const written = await Promise.all(paths.map((each) => fs.readFile(each ?? '', 'utf8')));
    expect(written).toEqual(texts);
    expect((await fs.readdir(folder)).sort()).toEqual(texts.map((_, n) => name(n + 1)).sort());
    expect(await writeFileExclusive(folder, name, 'one more', 20)).toBeNull();
  });

  it('works on a disk without hard links, and never over a file', async () => {
    const link: typeof fs.link = async () => {
      throw failing('EPERM');
    };
    await fs.writeFile(path.join(folder, 'a.bak'), 'theirs');
    const made = await writeFileExclusive(folder, name, 'ours', 9, { fs: { ...fs, link } });
    expect(made).toBe(path.join(folder, 'a.bak-2'));
    expect(await fs.readFile(path.join(folder, 'a.bak'), 'utf8')).toBe('theirs');
    expect(await fs.readFile(made ?? '', 'utf8')).toBe('ours');
    expect((await fs.readdir(folder)).sort()).toEqual(['a.bak', 'a.bak-2']);
  });

  it.each(['open', 'write', 'sync'] as const)('leaves nothing when the disk is full at %s', async (step) => {
    const made = writeFileExclusive(folder, name, 'text', 9, { fs: brokenFs(step, 'ENOSPC') });
    await expect(made).rejects.toMatchObject({
      failure: { code: 'store-unreachable', where: path.join(folder, 'a.bak') },
    });
    expect(await fs.readdir(folder)).toEqual([]);
  });
});

it('uniquePath gives every one of many askers a path of its own', async () => {
  const name = (n: number) => (n === 1 ? 'a.bak' : `a.bak-${n}`);
  const paths = await Promise.all(Array.from({ length: 20 }, () => uniquePath(folder, name)));
  expect(new Set(paths).size).toBe(20);
  expect(new Set(paths.map((each) => path.basename(each)))).toEqual(
    new Set(Array.from({ length: 20 }, (_, index) => name(index + 1))),
  );
});

it('removeLeftTemporaries takes away what a killed writer of this file left, and nothing else', async () => {
  const left: string[] = [];
  const rename: typeof fs.rename = async (from) => {
    await fs.copyFile(from, `${from}.kept`);
    left.push(String(from));
    throw failing('EIO');
  };
  await fs.writeFile(file, 'one');
  await expect(writeFileAtomic(file, 'two', { fs: { ...fs, rename } })).rejects.toThrow();
  for (const each of left) await fs.rename(`${each}.kept`, each);
  const others = ['.plan.json.bak', '.plan.json.1.tmp', '.other.json.1-0123456789ab.tmp', 'plan.json'];
  for (const other of others) await fs.writeFile(path.join(folder, other), 'mine');
  expect(await fs.readdir(folder)).toHaveLength(others.length + 1);
  await removeLeftTemporaries(file);
  expect((await fs.readdir(folder)).sort()).toEqual(others.sort());
});

import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceStamp } from './build.mjs';

describe('the stamp of the sources', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowdeck-stamp-'));
    await mkdir(join(folder, 'src', 'fixtures'), { recursive: true });
    await writeFile(join(folder, 'src', 'a.ts'), 'one');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('stays while nothing changes', () => {
    expect(sourceStamp(folder)).toBe(sourceStamp(folder));
  });

  it.each([
    ['a source changes', () => writeFile(join(folder, 'src', 'a.ts'), 'two and more')],
    ['a source is touched', () => utimes(join(folder, 'src', 'a.ts'), 1, 1)],
    ['a source is new', () => writeFile(join(folder, 'src', 'b.css'), '')],
    ['a source is gone', () => rm(join(folder, 'src', 'a.ts'))],
    ['the lock file changes', () => writeFile(join(folder, 'package-lock.json'), '{}')],
  ])('changes when %s', async (_what, change) => {
    const before = sourceStamp(folder);
    await change();
    expect(sourceStamp(folder)).not.toBe(before);
  });

  it.each(['src/a.test.ts', 'src/fixtures/big.nbflow'])(
    'does not when %s does: the build reads no tests',
    async (file) => {
      const before = sourceStamp(folder);
      await writeFile(join(folder, file), 'new');
      expect(sourceStamp(folder)).toBe(before);
    },
  );
});

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from './disk.ts';
import { findProjectFolder } from './project-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-project-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the project folder', () => {
  it('is the nearest above with Generations or Assets', async () => {
    await mkdir(join(folder, 'brand/Assets'), { recursive: true });
    await mkdir(join(folder, 'brand/growth/testing'), { recursive: true });
    expect(await findProjectFolder(join(folder, 'brand/growth/testing/X.nbflow'), nodeDisk)).toBe(
      join(folder, 'brand'),
    );
  });

  it('is else the parent of testing or approved, else the own folder', async () => {
    await mkdir(join(folder, 'p/testing'), { recursive: true });
    expect(await findProjectFolder(join(folder, 'p/testing/X.nbflow'), nodeDisk)).toBe(join(folder, 'p'));
    expect(await findProjectFolder(join(folder, 'p/X.nbflow'), nodeDisk)).toBe(join(folder, 'p'));
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Disk, nodeDisk } from '../platform/disk.ts';
import { plain, testTab } from '../workflow/test-workflow.ts';
import { createSourceWriter } from './source-writer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-source-writer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const workflow = (text: string) =>
  JSON.stringify({ name: 'W1-V0-1', tabs: [testTab('A', [plain(1, text)])] }, null, 2);

it('does not write over what a person saves while it writes', async () => {
  const path = join(folder, 'W1-V0-1.nbflow');
  await writeFile(path, workflow('as it was'));
  const theirs = workflow('as a person has just saved it');
  let saves = 1;
  /** A disk so slow that a person saves when only the name is still to be given. */
  const slow: Disk = {
    ...nodeDisk,
    write: (file, data, still) =>
      nodeDisk.write(file, data, async () => {
        if (saves-- > 0) await writeFile(path, theirs);
        await still?.();
      }),
  };
  const writer = createSourceWriter({ path, content: null, fields: {} }, slow);
  const edit = { nodeId: 1, properties: { _savedImages: ['https://store/a.png'] } };

  await writer.reread('always');
  expect(await writer.write([edit])).toBe('touched');
  expect(await readFile(path, 'utf8')).toBe(theirs);
  expect(await readdir(folder)).toEqual(['W1-V0-1.nbflow']);

  await writer.reread('always');
  expect(await writer.write([edit])).toBe('written');
  const now = await readFile(path, 'utf8');
  expect(now).toContain('as a person has just saved it');
  expect(now).toContain('https://store/a.png');
});

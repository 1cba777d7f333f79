import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TunnelAddress } from '../../../shared/services.ts';
import { editText } from './edit-text.ts';
import { createFileConsumer } from './file-consumer.ts';
import type { KeepOriginal } from './keep-original.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'flowdeck-consumer-'));
  file = path.join(folder, '.env');
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const address = (revision: number): TunnelAddress => ({
  url: `https://r${revision}.test`,
  revision,
  verifiedAt: '2026-11-21T10:00:00.000Z',
});
const { signal } = new AbortController();

/** `meanwhile` is done in the midst of each rewriting, when what was there is being kept. */
const consumer = (meanwhile: KeepOriginal) =>
  createFileConsumer(
    'one',
    file,
    { kind: 'env-file', key: 'URL' },
    {
      keepOriginal: meanwhile,
      alone: (_real, work) => work(),
      thread: {
        prepare: () => undefined,
        edit: async (text, edit, value) => editText(text, edit, value),
        close: async () => undefined,
      },
      watchFile: () => () => undefined,
    },
  );

describe('a file that somebody else writes at the same moment', () => {
  it('has both: what they wrote, and the address', async () => {
    await fs.writeFile(file, 'URL=old\n');
    let others = 2;
    const told = await consumer(async () => {
      if (others > 0) await fs.appendFile(file, `OTHER_${others}=1\n`);
      others -= 1;
    }).tell(() => address(1), signal);
    expect(told.revision).toBe(1);
    expect(await fs.readFile(file, 'utf8')).toBe('URL=https://r1.test\nOTHER_2=1\nOTHER_1=1\n');
  });

  it('for ever is left to them, for now', async () => {
    await fs.writeFile(file, 'URL=old\n');
    const telling = consumer(() => fs.appendFile(file, '#\n')).tell(() => address(1), signal);
    await expect(telling).rejects.toMatchObject({
      failure: { code: 'locked', message: 'Another program keeps changing this file.' },
    });
    expect(await fs.readFile(file, 'utf8')).toMatch(/^URL=old\n(#\n)+$/);
  });

  it('is not confirmed before the address was read back from it', async () => {
    await fs.writeFile(file, 'URL=old\n');
    let newest = 1;
    const told = await consumer(async () => {
      newest = 2;
    }).tell(() => address(newest), signal);
    // A newer address came while the first was being written: the file has the newer one, and that is what is told.
    expect(told.revision).toBe(2);
    expect(await fs.readFile(file, 'utf8')).toBe('URL=https://r2.test\n');
  });
});

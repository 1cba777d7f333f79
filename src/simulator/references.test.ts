import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReferences } from './references.ts';

const picture = Buffer.alloc(400, 7);
const base64 = picture.toString('base64');
const read = (
  reference_images: unknown,
  over: { type?: 'image' | 'video'; model?: string; allowPaths?: boolean } = {},
) =>
  readReferences({ reference_images }, over.type ?? 'image', over.model ?? 'nano_banana_2', {
    allowPaths: over.allowPaths ?? true,
    shrink: () => Promise.resolve(null),
  });

describe('references of a request', () => {
  it('are read bare, as data URI and as object, and all mean the same picture', async () => {
    const { references, skipped } = await read([
      base64,
      `data:image/png;base64,${base64}`,
      { data: base64, name: 'a.png' },
    ]);
    expect(references.map((reference) => reference.name)).toEqual(['', '', 'a.png']);
    expect(new Set(references.map((reference) => reference.sha256)).size).toBe(1);
    expect(skipped).toBe(0);
  });

  it('are lost without a word when they are URLs, short, or of no known form', async () => {
    const short = Buffer.alloc(99, 7).toString('base64');
    expect(await read(['https://pub-0000.r2.dev/a.jpg', short, {}, 5, null, { data: 5 }])).toEqual({
      references: [],
      skipped: 6,
      problem: null,
    });
    expect((await read([Buffer.alloc(100, 7).toString('base64')])).references).toHaveLength(1);
    expect((await read('no list')).references).toEqual([]);
  });

  it('beyond the limit are ignored', async () => {
    const many = Array(12).fill(base64);
    expect((await read(many)).references).toHaveLength(10);
    expect((await read(many, { type: 'video', model: 'veo_31_fast' })).references).toHaveLength(3);
    expect((await read(many, { type: 'video', model: 'omni_flash' })).references).toHaveLength(7);
  });

  it('are read from a file by path, and a missing file is a problem', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'references-'));
    try {
      const path = join(folder, 'a.png');
      await writeFile(path, picture);
      const inline = await read([base64]);
      expect((await read([{ path }])).references[0]?.sha256).toBe(inline.references[0]?.sha256);
      expect((await read([{ path: `${path}x` }])).problem).toBe(`reference path not found: ${path}x`);
      expect((await read([{ path: 'a.png' }])).problem).toBe('reference path not found: a.png');
      expect(await read([{ path }], { allowPaths: false })).toMatchObject({
        references: [],
        problem: `reference path not found: ${path}`,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

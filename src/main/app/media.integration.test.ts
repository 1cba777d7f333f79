import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeThumbnail } from '../platform/media.ts';
import { createMedia, type Media } from './media.ts';

const picture = '1'.repeat(64);
const broken = '2'.repeat(64);
const gone = '3'.repeat(64);
let folder: string;
let media: Media;
let made: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-media-'));
  made = 0;
  await sharp({ create: { width: 768, height: 1376, channels: 3, background: '#357' } })
    .png()
    .toFile(join(folder, `${picture}.png`));
  await writeFile(join(folder, `${broken}.png`), 'no picture');
  media = createMedia({
    objects: () => ({
      bySha: (sha256) => ({
        sha256,
        ext: 'png',
        contentType: 'image/png',
        size: 0,
        file: join(folder, `${sha256}.png`),
      }),
    }),
    thumbnails: join(folder, 'thumbnails'),
    makeThumbnail: (file, outFile, width) => {
      made += 1;
      return makeThumbnail(file, outFile, width);
    },
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ask = (path: string) => media.respond(new Request(`http://host/media/${path}`));
const widthOf = async (answer: Response) =>
  (await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).width;

describe('media', () => {
  it('gives a picture as it is, and small ones by width', async () => {
    const whole = await ask(`${picture}.png`);
    expect([whole.headers.get('content-type'), await widthOf(whole)]).toEqual(['image/png', 768]);
    const small = await ask(`${picture}.png?w=320`);
    expect([small.headers.get('content-type'), await widthOf(small)]).toEqual(['image/webp', 320]);
    expect(await widthOf(await ask(`${picture}.png?w=200`))).toBe(320);
    expect(await widthOf(await ask(`${picture}.png?w=9999`))).toBe(768);
    expect(await widthOf(await ask(`${picture}.png?w=-5`))).toBe(768);
  });

  it('makes a small picture once, however many ask at once and later', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ask(`${picture}.png?w=320`)));
    await ask(`${picture}.png?w=320`);
    expect(made).toBe(1);
    expect(await readdir(join(folder, 'thumbnails'))).toEqual([`${picture}-320.webp`]);
  });

  it('makes it anew when the cache was emptied', async () => {
    await ask(`${picture}.png?w=320`);
    await rm(join(folder, 'thumbnails'), { recursive: true });
    expect(await widthOf(await ask(`${picture}.png?w=320`))).toBe(320);
  });

  it('gives the original where no small one can be made, and keeps nothing half made', async () => {
    const answer = await ask(`${broken}.png?w=320`);
    expect([answer.status, await answer.text(), answer.headers.get('cache-control')]).toEqual([
      200,
      'no picture',
      'no-store',
    ]);
    expect(await readdir(join(folder, 'thumbnails'))).toEqual([]);
  });

  it('says so when the file is no longer there', async () => {
    expect((await ask(`${gone}.png`)).status).toBe(404);
    expect((await ask(`${gone}.png?w=320`)).status).toBe(404);
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hashOf } from './content-hash.ts';
import { inspectMedia, makeThumbnail, measureMedia, pictureForRequest, sha256 } from './media.ts';

/** Noise, so that files are of a size worth cutting, and the same each time. */
function picture(width: number, height: number, channels: 3 | 4 = 3) {
  const pixels = Buffer.alloc(width * height * channels);
  for (let n = 0; n < pixels.length; n += 1) pixels[n] = (n * 7919) >> 5;
  return sharp(pixels, { raw: { width, height, channels } });
}

const made = new Map<string, Buffer>();
const formats = ['png', 'jpeg', 'webp'] as const;
beforeAll(async () => {
  for (const format of formats) made.set(format, await picture(90, 160).toFormat(format).toBuffer());
  made.set('mp4', await clip(64, 112));
});
const bytesOf = (name: string): Buffer => made.get(name) ?? Buffer.alloc(0);

/** A real clip of a real encoder. */
async function clip(width: number, height: number): Promise<Buffer> {
  const encoders = createRequire(import.meta.url)('h264-mp4-encoder') as typeof import('h264-mp4-encoder');
  const encoder = await encoders.createH264MP4Encoder();
  encoder.width = width;
  encoder.height = height;
  encoder.frameRate = 10;
  encoder.initialize();
  for (let frame = 0; frame < 10; frame += 1)
    encoder.addFrameRgba(new Uint8Array(width * height * 4).fill(frame * 20));
  encoder.finalize();
  const bytes = Buffer.from(encoder.FS.readFile(encoder.outputFilename));
  encoder.delete();
  return bytes;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-media-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('what a file is', () => {
  test.each([
    ['png', { kind: 'image', ext: 'png', contentType: 'image/png', width: 90, height: 160, durationS: null }],
    [
      'jpeg',
      { kind: 'image', ext: 'jpg', contentType: 'image/jpeg', width: 90, height: 160, durationS: null },
    ],
    [
      'webp',
      { kind: 'image', ext: 'webp', contentType: 'image/webp', width: 90, height: 160, durationS: null },
    ],
  ])('%s', async (name, info) => {
    expect(await inspectMedia(bytesOf(name))).toEqual(info);
  });

  test('a clip', async () => {
    const { durationS, ...info } = await inspectMedia(bytesOf('mp4'));
    expect(info).toEqual({ kind: 'video', ext: 'mp4', contentType: 'video/mp4', width: 64, height: 112 });
    expect(durationS).toBeCloseTo(1, 1);
  });

  test('a photograph that lies on its side counts as turned', async () => {
    const photo = await picture(160, 90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await inspectMedia(photo)).toMatchObject({ width: 90, height: 160 });
  });

  test('what it measures is known by its head, also of one that is cut off', async () => {
    const photo = await picture(160, 90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await measureMedia(photo)).toEqual({ width: 90, height: 160 });
    expect(await measureMedia(photo.subarray(0, photo.length - 40))).toEqual({ width: 90, height: 160 });
    expect(await measureMedia(bytesOf('png'))).toEqual({ width: 90, height: 160 });
    expect(await measureMedia(bytesOf('mp4'))).toEqual({ width: 64, height: 112 });
    expect(await measureMedia(bytesOf('mp4').subarray(0, 300))).toBeNull();
    expect(await measureMedia(Buffer.from('no picture'))).toBeNull();
  });

  test('a view into a larger buffer is read as itself', async () => {
    const png = bytesOf('png');
    const around = Buffer.concat([Buffer.alloc(99, 1), png, Buffer.alloc(99, 1)]);
    expect(await inspectMedia(around.subarray(99, 99 + png.length))).toMatchObject({ width: 90 });
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['a page', Buffer.from('<!DOCTYPE html><html></html>'), 'HTML page'],
    ['JSON', Buffer.from('{"error":"File not found"}'), 'JSON'],
    ['text', Buffer.from('hello'), 'text'],
    ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'SVG'],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00'), 'GIF'],
    ['noise', Buffer.alloc(500, 0xe7), 'something else'],
    ['a header of a PNG', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'cut off'],
  ])('%s is refused with a reason', async (_what, bytes, words) => {
    await expect(inspectMedia(bytes)).rejects.toThrow(words);
  });
});

describe('a file that did not come whole', () => {
  test.each(['png', 'jpeg', 'webp', 'mp4'])('%s, cut anywhere', async (name) => {
    const bytes = bytesOf(name);
    // JPEG decoders forgive nothing but the very last marker; everything shorter must be refused.
    for (const keep of [0.1, 0.5, 0.9, 0.99]
      .map((part) => Math.floor(bytes.length * part))
      .concat(bytes.length - 1)) {
      await expect(inspectMedia(bytes.subarray(0, keep)), `${keep} of ${bytes.length} bytes`).rejects.toThrow(
        /^(is|has|holds|ends|does) /,
      );
    }
  });

  test('a PNG with a hole in its middle', async () => {
    const bytes = Buffer.from(bytesOf('png'));
    bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 100);
    await expect(inspectMedia(bytes)).rejects.toThrow('does not decode');
  });

  test('damaged in any way, it gives facts or a reason', async () => {
    const damaged = fc
      .tuple(
        fc.constantFrom('png', 'jpeg', 'webp', 'mp4'),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { maxLength: 6 }),
      )
      .map(([name, changes]) => {
        const bytes = Buffer.from(bytesOf(name));
        for (const [part, value] of changes) bytes[Math.floor(part * bytes.length)] = value;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const outcome = await inspectMedia(bytes).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome.message).toMatch(/^(is|has|holds|ends|does) /);
        else expect(outcome).toHaveProperty('contentType');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a small copy', () => {
  test('is as wide as asked, of the kind its name says, and alone in its folder', async () => {
    const file = join(folder, 'a.png');
    await writeFile(file, bytesOf('png'));
    for (const [name, ext] of [
      ['a.webp', 'webp'],
      ['a.jpg', 'jpg'],
      ['b.png', 'png'],
    ] as const) {
      const out = join(folder, 'thumbs', name);
      await makeThumbnail(file, out, 45);
      expect(await inspectMedia(await readFile(out))).toMatchObject({ ext, width: 45, height: 80 });
    }
    expect(await readdir(join(folder, 'thumbs'))).toHaveLength(3);
  });

  test('is never larger than the original', async () => {
    const file = join(folder, 'a.png');
    await writeFile(file, bytesOf('png'));
    await makeThumbnail(file, join(folder, 'a.webp'), 4000);
    expect(await inspectMedia(await readFile(join(folder, 'a.webp')))).toMatchObject({ width: 90 });
  });

  test('of something else is refused, and nothing is left', async () => {
    const file = join(folder, 'a.png');
    await writeFile(file, 'not a picture');
    await expect(makeThumbnail(file, join(folder, 'thumbs', 'a.webp'), 45)).rejects.toThrow();
    expect(await readdir(join(folder, 'thumbs'))).toEqual([]);
  });
});

describe('a picture for a request', () => {
  test.each(['png', 'jpeg', 'webp'])('a small plain %s is sent as it is', async (format) => {
    const made = await pictureForRequest(bytesOf(format), 1_000_000);
    expect(made.bytes).toBe(bytesOf(format));
    expect(made).toMatchObject(await inspectMedia(bytesOf(format)).then(({ ext }) => ({ ext })));
  });

  test('a small one in grey, too', async () => {
    const grey = await sharp({ create: { width: 9, height: 16, channels: 3, background: '#777' } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await pictureForRequest(grey, 1_000_000)).bytes).toBe(grey);
  });

  test.each([
    ['without transparency becomes a JPEG', 3, 'jpg'],
    ['with transparency a WebP', 4, 'webp'],
  ] as const)('one that is too big, %s that fits, in the same proportions', async (_what, channels, ext) => {
    const big = await picture(1200, 2000, channels).png({ compressionLevel: 0 }).toBuffer();
    const small = await pictureForRequest(big, 400_000);
    expect(small.bytes.byteLength).toBeLessThanOrEqual(400_000);
    const seen = await inspectMedia(small.bytes);
    expect([small.ext, seen.ext]).toEqual([ext, ext]);
    expect(small.mediaType).toBe(seen.contentType);
    expect(seen.width / seen.height).toBeCloseTo(0.6, 2);
    expect((await sharp(small.bytes).metadata()).hasAlpha).toBe(channels === 4);
  });

  test('what its camera turned is turned upright, without the note', async () => {
    const lying = await picture(160, 90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { bytes } = await pictureForRequest(lying, 1_000_000);
    const { width, height, orientation } = await sharp(bytes).metadata();
    expect([width, height, orientation ?? 1]).toEqual([90, 160, 1]);
  });

  test('printers’ colours become those of screens', async () => {
    const cmyk = await picture(90, 160).toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const { bytes } = await pictureForRequest(cmyk, 1_000_000);
    expect((await sharp(bytes).metadata()).space).toBe('srgb');
  });

  test('16 bits a channel become 8', async () => {
    const deep = await picture(90, 160).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    const { bytes } = await pictureForRequest(deep, 1_000_000);
    expect((await sharp(bytes).metadata()).depth).toBe('uchar');
  });

  test('of a moving one its first picture is sent', async () => {
    const frames = Buffer.concat([Buffer.alloc(40 * 40 * 3, 200), Buffer.alloc(40 * 40 * 3, 10)]);
    const moving = await sharp(frames, { raw: { width: 40, height: 80, channels: 3, pageHeight: 40 } })
      .webp({ delay: [100, 100], loop: 0 })
      .toBuffer();
    expect((await sharp(moving).metadata()).pages).toBe(2);
    const { bytes } = await pictureForRequest(moving, 1_000_000);
    const still = await sharp(bytes).metadata();
    expect([still.width, still.height, still.pages ?? 1]).toEqual([40, 40, 1]);
    expect((await sharp(bytes).stats()).channels[0]?.mean).toBeCloseTo(200, -1);
  });

  test('a line of one pixel keeps its pixel', async () => {
    const line = await picture(1, 30_000).png().toBuffer();
    expect((await pictureForRequest(line, 1_000_000)).bytes).toBe(line);
    const { bytes } = await pictureForRequest(line, Math.floor(line.byteLength / 2));
    expect(await inspectMedia(bytes)).toMatchObject({ width: 1, height: 2048 });
  });

  test('what cannot be made that small is said', async () => {
    await expect(pictureForRequest(bytesOf('png'), 100)).rejects.toThrow('cannot be made smaller');
  });
});

test('the hash is SHA-256 in hex, on and off the main thread', async () => {
  const hash = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256(Buffer.from('abc'))).toBe(hash);
  expect(await hashOf(Buffer.from('abc'))).toBe(hash);
});

import { createHash, randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import sharp from 'sharp';
import { makeFolder } from './make-folder.ts';
import { readMp4 } from './mp4.ts';

/** What a picture or clip is, by its bytes and not by its name. */
export interface MediaInfo {
  kind: 'image' | 'video';
  ext: 'png' | 'jpg' | 'webp' | 'mp4';
  contentType: 'image/png' | 'image/jpeg' | 'image/webp' | 'video/mp4';
  /** Pixels as shown (a turned photograph counts as turned). */
  width: number;
  height: number;
  /** Seconds, null for images and for clips that do not say. */
  durationS: number | null;
}

/** Four times the 4K upscale of glabs-api.md A4: more is not a picture but an attack on memory. */
const maxPixels = 64 * 1024 * 1024;

const images = {
  png: { ext: 'png', contentType: 'image/png' },
  jpeg: { ext: 'jpg', contentType: 'image/jpeg' },
  webp: { ext: 'webp', contentType: 'image/webp' },
} as const;

/**
 * Looks whether the bytes are a whole picture or clip (behaviour.md §5): an image is really decoded, an MP4 has its
 * boxes. Throws an Error whose message is a reason in words, to be put after a name: `is cut off: …`.
 */
export async function inspectMedia(bytes: Uint8Array): Promise<MediaInfo> {
  if (bytes.byteLength === 0) throw new Error('is empty');
  if (startsWith(bytes, 'ftyp', 4)) {
    return { kind: 'video', ext: 'mp4', contentType: 'video/mp4', ...readMp4(bytes) };
  }
  const format = formatOf(bytes);
  if (format === null) throw new Error(`is not a PNG, JPEG, WebP or MP4 (${seemsToBe(bytes)})`);
  if (format === 'png') assertPngEnd(bytes);
  const { width, height } = await decode(bytes);
  return { kind: 'image', ...images[format], width, height, durationS: null };
}

/** Width and height as shown. */
export type Pixels = Pick<MediaInfo, 'width' | 'height'>;

/** What a picture or clip measures, by its head alone: it may be damaged all the same. Null: it cannot be told. */
export async function measureMedia(bytes: Uint8Array): Promise<Pixels | null> {
  try {
    if (startsWith(bytes, 'ftyp', 4)) {
      const { width, height } = readMp4(bytes);
      return { width, height };
    }
    const { autoOrient } = await sharp(bytes, { limitInputPixels: maxPixels }).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (error) {
    // Both refuse what they cannot read with an Error that has no class of its own.
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Decodes every pixel: a header alone proves nothing. */
async function decode(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  try {
    const { info } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: maxPixels,
      sequentialRead: true,
    })
      .autoOrient()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height };
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new Error(`does not decode (${said})`, { cause: error });
  }
}

/** libpng is content without the last checksum; a file without its end has not come whole. */
function assertPngEnd(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.byteLength; at += view.getUint32(at) + 12) {
    if (startsWith(bytes, 'IEND', at + 4)) return;
  }
  throw new Error('is cut off: the end of the PNG is missing');
}

/** SHA-256 as 64 hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Writes a small copy of an image, at most `size` pixels wide and never enlarged, in the format of `outFile`'s
 * extension (webp, png or jpg). It appears whole or not at all. Throws an Error for what is not an image.
 */
export async function makeThumbnail(file: string, outFile: string, size: number): Promise<void> {
  const format = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg' } as const;
  const ext = extname(outFile).toLowerCase();
  const made = ext === '.png' || ext === '.jpg' || ext === '.jpeg' ? format[ext] : 'webp';
  await makeFolder(dirname(outFile));
  const temporary = join(dirname(outFile), `.${basename(outFile)}.${process.pid}-${randomUUID()}.tmp`);
  try {
    await sharp(file, { limitInputPixels: maxPixels })
      .autoOrient()
      .resize({ width: size, withoutEnlargement: true })
      .toFormat(made, { quality: 80 })
      .toFile(temporary);
    await rename(temporary, outFile);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Longest sides tried for a picture that is too big, in pixels; more detail than 2048 no model looks at. */
const sides = [2048, 1536, 1152, 864, 640, 480, 320];

/** A picture as it goes into a request. */
export interface RequestPicture {
  bytes: Uint8Array;
  ext: Exclude<MediaInfo['ext'], 'mp4'>;
  mediaType: Exclude<MediaInfo['contentType'], 'video/mp4'>;
}

/**
 * A whole picture as it goes into a request of at most `maxBytes` for it (glabs-api.md A3: a request has a limit).
 * The same bytes where they are small and plain. What a reader may show otherwise than people see it (turned by its
 * camera's note, moving, in printers' colours, 16 bits deep) or what is too big becomes an upright still in sRGB:
 * JPEG, or WebP if there is transparency, with the same aspect, at the largest side that fits.
 */
export async function pictureForRequest(bytes: Uint8Array, maxBytes: number): Promise<RequestPicture> {
  const { format, orientation, pages, space, depth, hasAlpha } = await sharp(bytes, {
    limitInputPixels: maxPixels,
  }).metadata();
  const plain =
    (orientation ?? 1) === 1 &&
    (pages ?? 1) === 1 &&
    depth === 'uchar' &&
    (space === 'srgb' || space === 'b-w');
  if (plain && bytes.byteLength <= maxBytes && (format === 'png' || format === 'jpeg' || format === 'webp')) {
    const { ext, contentType: mediaType } = images[format];
    return { bytes, ext, mediaType };
  }
  const { ext, contentType: mediaType } = images[hasAlpha ? 'webp' : 'jpeg'];
  for (const side of sides) {
    const made = await sharp(bytes, { limitInputPixels: maxPixels })
      .autoOrient()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .toFormat(hasAlpha ? 'webp' : 'jpeg', { quality: 90, effort: 2 })
      .toBuffer();
    if (made.byteLength <= maxBytes) return { bytes: made, ext, mediaType };
  }
  throw new Error(`cannot be made smaller than ${maxBytes} bytes`);
}

function formatOf(bytes: Uint8Array): keyof typeof images | null {
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n', 0)) return 'png';
  if (startsWith(bytes, '\xff\xd8\xff', 0)) return 'jpeg';
  if (startsWith(bytes, 'RIFF', 0) && startsWith(bytes, 'WEBP', 8)) return 'webp';
  return null;
}

function seemsToBe(bytes: Uint8Array): string {
  if (startsWith(bytes, 'GIF8', 0)) return 'it is a GIF';
  if (startsWith(bytes, 'BM', 0)) return 'it is a BMP';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1').trimStart();
  if (/^<(!doctype html|html)/i.test(start)) return 'it is an HTML page';
  if (/^<(\?xml|svg)/i.test(start)) return 'it is XML or SVG';
  if (/^[[{]/.test(start)) return 'it is JSON';
  if (/^[\x20-\x7e\s]+$/.test(start)) return 'it is text';
  return 'it is something else';
}

function startsWith(bytes: Uint8Array, text: string, at: number): boolean {
  if (bytes.byteLength < at + text.length) return false;
  for (let n = 0; n < text.length; n += 1) {
    if (bytes[at + n] !== text.charCodeAt(n)) return false;
  }
  return true;
}

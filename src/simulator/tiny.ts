import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { type ClipMaker, clipSize } from './clip.ts';
import { type AspectRatio, imageRatios, type Kind, videoRatios } from './orders.ts';

/**
 * Smallest files that decode, made once: for benchmarks. Each gets a note with its content hash, so that no two tasks
 * give the same bytes.
 */
export interface TinyFiles {
  bytes(kind: Kind, ratio: AspectRatio, content: string): Buffer;
}

export async function makeTinyFiles(clips: ClipMaker): Promise<TinyFiles> {
  const images = new Map<AspectRatio, Buffer>();
  for (const ratio of imageRatios) {
    const [width = 1, height = 1] = ratio.split(':').map((side) => 4 * Number(side));
    const background = { r: 96, g: 112, b: 144 };
    images.set(
      ratio,
      await sharp({ create: { width, height, channels: 3, background } })
        .png()
        .toBuffer(),
    );
  }
  const videos = new Map<AspectRatio, Buffer>();
  for (const ratio of videoRatios) {
    const size = clipSize(ratio);
    const width = size.width / 4 - ((size.width / 4) % 2);
    const height = size.height / 4 - ((size.height / 4) % 2);
    const start = { data: new Uint8Array(width * height * 4).fill(120), width, height };
    const path = { fromX: 0, fromY: 0, toX: 0, toY: 0 };
    const job = { width, height, frames: 2, framesPerSecond: 12, start, end: null, caption: null, path };
    videos.set(ratio, await clips.encode(job));
  }
  return {
    bytes(kind, ratio, content) {
      if (kind === 'image') return notedPng(images.get(ratio) ?? Buffer.alloc(0), content);
      return notedMp4(videos.get(ratio) ?? Buffer.alloc(0), content);
    },
  };
}

/** Puts a `tEXt` chunk before the last one (`IEND`, 12 bytes). */
function notedPng(png: Buffer, note: string): Buffer {
  const body = Buffer.from(`tEXtComment\0${note}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return Buffer.concat([png.subarray(0, -12), chunk, png.subarray(-12)]);
}

/** Puts a `free` box at the end. */
function notedMp4(mp4: Buffer, note: string): Buffer {
  const box = Buffer.alloc(8 + note.length);
  box.writeUInt32BE(box.length, 0);
  box.write('free', 4, 'latin1');
  box.write(note, 8, 'latin1');
  return Buffer.concat([mp4, box]);
}

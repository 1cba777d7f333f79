import type { H264MP4Encoder } from 'h264-mp4-encoder';
import { clearTimes } from './mp4-times.ts';

/** Raw RGBA pixels, row by row. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

/** What a clip is made of. Sizes in pixels, even numbers. */
export interface ClipJob {
  width: number;
  height: number;
  frames: number;
  framesPerSecond: number;
  /** Larger than the clip by what it moves. */
  start: Pixels;
  /** Faded in over the second half, of the same size as `start`; null without an end frame. */
  end: Pixels | null;
  /** Of the clip's size, stands still on top; null for none. */
  caption: Pixels | null;
  /** Where the view begins and ends, as fractions of the room there is. */
  path: { fromX: number; fromY: number; toX: number; toY: number };
}

/** MP4 bytes (H.264, no sound). No time of day goes in: equal jobs give equal bytes. */
export function encodeClip(job: ClipJob, encoder: H264MP4Encoder): Uint8Array {
  encoder.width = job.width;
  encoder.height = job.height;
  encoder.frameRate = job.framesPerSecond;
  encoder.speed = 8;
  encoder.quantizationParameter = 26;
  encoder.groupOfPictures = job.framesPerSecond;
  encoder.initialize();
  const frame = new Uint8Array(job.width * job.height * 4);
  const captionRows = job.caption === null ? null : rowsInUse(job.caption);
  for (let index = 0; index < job.frames; index++) {
    const progress = job.frames < 2 ? 0 : index / (job.frames - 1);
    view(frame, job, progress);
    if (job.caption !== null && captionRows !== null) lay(frame, job.caption, captionRows);
    encoder.addFrameRgba(frame);
  }
  encoder.finalize();
  const bytes = Uint8Array.from(encoder.FS.readFile(encoder.outputFilename));
  clearTimes(bytes);
  return bytes;
}

/** The part of the still that is seen at `progress` (0..1), faded towards the end still where there is one. */
function view(frame: Uint8Array, job: ClipJob, progress: number): void {
  const { start, end, path, width, height } = job;
  const eased = (1 - Math.cos(Math.PI * progress)) / 2;
  const x = Math.round((path.fromX + (path.toX - path.fromX) * eased) * (start.width - width));
  const y = Math.round((path.fromY + (path.toY - path.fromY) * eased) * (start.height - height));
  const share = end === null ? 0 : Math.round(256 * Math.max(0, Math.min(1, (progress - 0.45) / 0.5)));
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * start.width + x) * 4;
    const to = row * width * 4;
    frame.set(start.data.subarray(from, from + width * 4), to);
    if (end === null || share === 0) continue;
    for (let offset = 0; offset < width * 4; offset++) {
      const before = frame[to + offset] ?? 0;
      const after = end.data[from + offset] ?? 0;
      frame[to + offset] = before + (((after - before) * share) >> 8);
    }
  }
}

/** First row and the row after the last that has anything on it. */
function rowsInUse(layer: Pixels): { first: number; end: number } {
  const used = (row: number) => {
    for (let x = 0; x < layer.width; x++) {
      if ((layer.data[(row * layer.width + x) * 4 + 3] ?? 0) > 0) return true;
    }
    return false;
  };
  let first = 0;
  while (first < layer.height && !used(first)) first++;
  let end = layer.height;
  while (end > first && !used(end - 1)) end--;
  return { first, end };
}

function lay(frame: Uint8Array, layer: Pixels, rows: { first: number; end: number }): void {
  const last = rows.end * layer.width * 4;
  for (let at = rows.first * layer.width * 4; at < last; at += 4) {
    const alpha = layer.data[at + 3] ?? 0;
    if (alpha === 0) continue;
    for (let channel = at; channel < at + 3; channel++) {
      const below = frame[channel] ?? 0;
      frame[channel] = below + Math.round((((layer.data[channel] ?? 0) - below) * alpha) / 255);
    }
  }
}

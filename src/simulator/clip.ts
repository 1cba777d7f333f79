import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { drawsFor } from './chance.ts';
import type { ClipJob, Pixels } from './clip-encoder.ts';
import { CLIP_WORKER, type ClipAnswer, type ClipRequest } from './clip-worker.ts';
import { breakLines, type Lettering } from './lettering.ts';
import type { AspectRatio, SmallPicture } from './orders.ts';
import { splitPrompt } from './picture.ts';
import { scenery } from './scenery.ts';

/** Everything a clip shows. Equal briefs make equal bytes, in any process. */
export interface ClipBrief {
  prompt: string;
  model: string;
  aspectRatio: AspectRatio;
  seed: number;
  /** Counts equal requests from 1. */
  take: number;
  /** Hex hash of seed, request and take. */
  content: string;
  start: SmallPicture | null;
  end: SmallPicture | null;
}

const FRAMES_PER_SECOND = 24;
const SECONDS = 2;
/** Room for the pan in pixels, so that it moves about one pixel a frame and cuts no words of a start frame. */
const ROOM_ACROSS = 20;
const ROOM_DOWN = 36;

/** Pixels of a clip of this ratio. */
export function clipSize(ratio: AspectRatio): { width: number; height: number } {
  if (ratio === '16:9') return { width: 640, height: 360 };
  return ratio === '9:16' ? { width: 360, height: 640 } : { width: 480, height: 480 };
}

/** Turns a brief into stills; the worker moves and encodes them. */
export async function planClip(brief: ClipBrief, lettering: Lettering): Promise<ClipJob> {
  const { width, height } = clipSize(brief.aspectRatio);
  const room = { width: width + ROOM_ACROSS, height: height + ROOM_DOWN };
  const background = () =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${room.width}" height="${room.height}">${scenery(brief.prompt, brief.content, room.width, room.height)}</svg>`,
    );
  const draw = drawsFor('pan', brief.content);
  const leftToRight = draw() < 0.5;
  const upwards = draw() < 0.5;
  return {
    width,
    height,
    frames: FRAMES_PER_SECOND * SECONDS,
    framesPerSecond: FRAMES_PER_SECOND,
    start: await still(brief.start?.jpeg ?? background(), room),
    end: brief.end === null ? null : await still(brief.end.jpeg, room),
    caption: await caption(brief, lettering, width, height),
    path: {
      fromX: leftToRight ? 0 : 1,
      toX: leftToRight ? 1 : 0,
      fromY: upwards ? 1 : 0,
      toY: upwards ? 0 : 1,
    },
  };
}

async function still(source: Buffer, size: { width: number; height: number }): Promise<Pixels> {
  const { data, info } = await sharp(source)
    .resize(size.width, size.height, { fit: 'cover' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: plainBytes(data), width: info.width, height: info.height };
}

/**
 * The first words and what the clip is made from, on a band: at the bottom, or at the top where a start frame is shown,
 * whose own words are at the bottom.
 */
async function caption(
  brief: ClipBrief,
  lettering: Lettering,
  width: number,
  height: number,
): Promise<Pixels> {
  const margin = 22;
  const { title } = splitPrompt(brief.prompt, (text) => lettering.canDraw(text), brief.content);
  const onTop = brief.start !== null;
  const size = onTop ? 20 : 24;
  const limits = { width: width - 2 * margin, size, weight: 700, maxLines: onTop ? 1 : 2 } as const;
  const { lines } = breakLines(lettering, title, limits);
  const band = 68 + lines.length * (size + 4);
  const top = onTop ? 0 : height - band;
  const text = (line: string, y: number, letters: number, weight: 400 | 600 | 700, tracking = 0) =>
    `<path d="${lettering.outline(line, margin, top + y, letters, weight, tracking)}" fill="#fff"/>`;
  const facts = `${brief.model}  ·  take ${brief.take}  ·  ${brief.content.slice(0, 8)}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect y="${top}" width="${width}" height="${band}" fill="#0c0c12" fill-opacity="${onTop ? 1 : 0.6}"/>
${text('DEMO CLIP', 27, 11.5, 600, 1.5)}
${lines.map((line, index) => text(line, 30 + (index + 1) * (size + 4), size, 700)).join('\n')}
${text(facts, band - 15, 14, 400)}
</svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: plainBytes(data), width: info.width, height: info.height };
}

/** A copy that owns its memory, so that it can be handed to a worker. */
const plainBytes = (data: Buffer): Uint8Array<ArrayBuffer> => Uint8Array.from(data);

export interface ClipMaker {
  /** MP4 bytes; rejects when the encoder fails. */
  encode(job: ClipJob): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Encodes in a thread of its own, one clip at a time, so that the server goes on answering meanwhile. The thread is
 * started by the first clip. `entry` is the file it runs, which has to call `serveClips` when it finds CLIP_WORKER.
 */
export function createClipMaker(entry: URL): ClipMaker {
  const open = new Map<number, { resolve: (bytes: Buffer) => void; reject: (error: Error) => void }>();
  let worker: Worker | null = null;
  let nextId = 1;

  function abandon(reason: string): void {
    worker = null;
    const left = [...open.values()];
    open.clear();
    for (const each of left) each.reject(new Error(reason));
  }

  function start(): Worker {
    const started = new Worker(entry, { workerData: CLIP_WORKER });
    started.unref();
    started.on('message', (answer: ClipAnswer) => {
      const waiting = open.get(answer.id);
      open.delete(answer.id);
      if (answer.bytes === null) waiting?.reject(new Error(`The clip could not be encoded: ${answer.error}`));
      else waiting?.resolve(Buffer.from(answer.bytes));
    });
    started.on('error', (error) => {
      if (worker === started)
        abandon(`The encoder stopped: ${error instanceof Error ? error.message : String(error)}`);
    });
    started.on('exit', () => {
      if (worker === started) abandon('The encoder stopped.');
    });
    return started;
  }

  return {
    encode: (job) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        const id = nextId++;
        open.set(id, { resolve, reject });
        worker.postMessage({ id, job } satisfies ClipRequest);
      }),
    async close() {
      const running = worker;
      abandon('The simulator is closing.');
      await running?.terminate();
    },
  };
}

import { availableParallelism } from 'node:os';
import PQueue from 'p-queue';
import sharp from 'sharp';
import { digest } from './chance.ts';
import { type ClipMaker, planClip } from './clip.ts';
import type { Task } from './glabs.ts';
import { createLettering } from './lettering.ts';
import type { SmallPicture } from './orders.ts';
import { framesOf } from './orders.ts';
import { drawPicture } from './picture.ts';
import { makeTinyFiles, type TinyFiles } from './tiny.ts';

/**
 * Result files, made when they are fetched: they follow from the task alone, so nothing but a few recent ones is kept.
 */
export interface ResultFiles {
  /** Bytes of the index-th file of a completed task. */
  make(task: Task, index: number): Promise<Buffer>;
  /** A small copy of a reference; null when it does not decode. */
  shrink(bytes: Buffer, sha256: string): Promise<SmallPicture | null>;
}

const RECENT_FILES = 24;
const RECENT_REFERENCES = 48;
const longSides: Readonly<Record<string, number>> = { '2K': 2048, '4K': 4096 };

export async function createResultFiles(options: {
  seed: number;
  tiny: boolean;
  clips: ClipMaker;
}): Promise<ResultFiles> {
  const { seed, clips } = options;
  // One thread a picture, one picture a core.
  sharp.concurrency(1);
  const queue = new PQueue({ concurrency: availableParallelism() });
  const lettering = createLettering();
  const tiny: TinyFiles | null = options.tiny ? await makeTinyFiles(clips) : null;
  const recentFiles = new Recent<Promise<Buffer>>(RECENT_FILES);
  const recentReferences = new Recent<Promise<SmallPicture | null>>(RECENT_REFERENCES);

  async function render(task: Task, index: number): Promise<Buffer> {
    const { order } = task;
    const suffix = order.files[index] ?? '';
    const content = index === 0 ? task.content : digest(task.content, suffix);
    if (tiny !== null) return tiny.bytes(order.kind, order.aspectRatio, content);
    const { prompt, model, aspectRatio } = order;
    const shared = { prompt, model, aspectRatio, seed, take: task.take };
    if (order.kind === 'image') {
      const longSide = longSides[suffix] ?? null;
      const references = await decoded(order.references.map((reference) => reference.small));
      // An upscale shows the same picture, larger.
      const brief = { ...shared, content: longSide === null ? content : task.content, longSide, references };
      return queue.add(() => drawPicture(brief, lettering));
    }
    const frames = framesOf(order);
    const start = (await frames.start?.small) ?? null;
    const end = (await frames.end?.small) ?? null;
    const job = await queue.add(() => planClip({ ...shared, content: task.content, start, end }, lettering));
    return clips.encode(job);
  }

  return {
    make(task, index) {
      if (tiny !== null) return render(task, index);
      const key = `${task.id}/${index}`;
      return recentFiles.get(key) ?? recentFiles.put(key, render(task, index));
    },
    shrink(bytes, sha256) {
      if (tiny !== null) return Promise.resolve(null);
      return (
        recentReferences.get(sha256) ??
        recentReferences.put(
          sha256,
          queue.add(() => shrink(bytes)),
        )
      );
    },
  };
}

async function decoded(pictures: Promise<SmallPicture | null>[]): Promise<SmallPicture[]> {
  return (await Promise.all(pictures)).filter((picture) => picture !== null);
}

async function shrink(bytes: Buffer): Promise<SmallPicture | null> {
  try {
    const { data, info } = await sharp(bytes)
      .rotate()
      .resize(480, 854, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#808080' })
      .jpeg({ quality: 88 })
      .toBuffer({ resolveWithObject: true });
    return { jpeg: data, width: info.width, height: info.height };
  } catch (error) {
    // Not a picture: G-Labs says nothing about that either, the result just does not show it.
    if (error instanceof Error) return null;
    throw error;
  }
}

/** The most recently used values, at most `limit`. A promise that rejects is not remembered. */
class Recent<T extends Promise<unknown>> {
  private readonly values = new Map<string, T>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: string): T | undefined {
    const value = this.values.get(key);
    if (value !== undefined) {
      this.values.delete(key);
      this.values.set(key, value);
    }
    return value;
  }

  put(key: string, value: T): T {
    this.values.set(key, value);
    value.catch(() => this.values.delete(key));
    for (const oldest of this.values.keys()) {
      if (this.values.size <= this.limit) break;
      this.values.delete(oldest);
    }
    return value;
  }
}

import { createRequire } from 'node:module';
import type { MessagePort } from 'node:worker_threads';
import type { H264MP4Encoder } from 'h264-mp4-encoder';
import { type ClipJob, encodeClip } from './clip-encoder.ts';

/** `workerData` of a worker that encodes clips: the process's entry is also the worker's. */
export const CLIP_WORKER = 'flowdeck-simulator-clips';

export interface ClipRequest {
  id: number;
  job: ClipJob;
}
export type ClipAnswer =
  | { id: number; bytes: Uint8Array; error: null }
  | { id: number; bytes: null; error: string };

/** Encodes one clip after the other, as they are asked for. */
export function serveClips(port: MessagePort): void {
  // A CommonJS bundle whose names ESM cannot see.
  const encoders: typeof import('h264-mp4-encoder') = createRequire(import.meta.url)('h264-mp4-encoder');
  let before = Promise.resolve();
  port.on('message', (request: ClipRequest) => {
    before = before.then(async () => {
      port.postMessage(await answer(request, encoders.createH264MP4Encoder));
    });
  });
}

async function answer(
  { id, job }: ClipRequest,
  createEncoder: () => Promise<H264MP4Encoder>,
): Promise<ClipAnswer> {
  try {
    const encoder = await createEncoder();
    try {
      return { id, bytes: encodeClip(job, encoder), error: null };
    } finally {
      encoder.delete();
    }
  } catch (error) {
    return { id, bytes: null, error: error instanceof Error ? error.message : String(error) };
  }
}

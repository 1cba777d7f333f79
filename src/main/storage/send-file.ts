import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** Fewer and larger reads than usual: the file is sent as a whole. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Gives `send` a part of a file as a stream that is read as it is sent. A file that cannot be read ends the sending,
 * and is what this rejects with. The stream is closed whatever happens.
 */
export async function sendFile<T>(
  file: string,
  part: { start: number; size: number },
  signal: AbortSignal | undefined,
  send: (body: Readable, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const broken = new AbortController();
  const { start, size } = part;
  const end = Math.max(start, start + size - 1);
  const body = createReadStream(file, { start, end, highWaterMark: CHUNK_BYTES });
  body.on('error', (error) => broken.abort(error));
  try {
    return await send(body, signal === undefined ? broken.signal : AbortSignal.any([signal, broken.signal]));
  } catch (error) {
    throw broken.signal.aborted ? broken.signal.reason : error;
  } finally {
    body.destroy();
  }
}

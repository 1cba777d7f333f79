import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

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
  const body = createReadStream(file, { start, end: Math.max(start, start + size - 1) });
  body.on('error', (error) => broken.abort(error));
  try {
    return await send(body, signal === undefined ? broken.signal : AbortSignal.any([signal, broken.signal]));
  } catch (error) {
    throw broken.signal.aborted ? broken.signal.reason : error;
  } finally {
    body.destroy();
  }
}

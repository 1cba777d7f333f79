import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** Bytes at a time: two or three milliseconds. */
const PIECE = 2 * 2 ** 20;

/**
 * SHA-256 in hex, off the main thread; what is large goes piece by piece on it, others having their turn in between: to
 * hand it to another thread as a whole would copy it at once, which holds them up for longer.
 */
export async function hashOf(bytes: Uint8Array): Promise<string> {
  if (bytes.byteLength <= PIECE)
    return Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString(
      'hex',
    );
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.byteLength; at += PIECE) {
    hash.update(bytes.subarray(at, at + PIECE));
    await setImmediate();
  }
  return hash.digest('hex');
}

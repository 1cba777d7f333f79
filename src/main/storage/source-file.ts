import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fail } from '../../shared/failure.ts';
import { errorCode } from '../platform/error-code.ts';
import type { StoreObject } from './object-store.ts';

/** Larger files are hashed piece by piece. */
const AT_ONCE_BYTES = 8 * 1024 * 1024;

/** SHA-256 of a file of `size` bytes, as 64 hex digits. */
export async function hashOf(file: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size <= AT_ONCE_BYTES) hash.update(await nodeFs.readFile(file));
  else await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Rejects with `store-refused` when the file is gone, or has another length than was announced. */
export async function assertSource(
  object: StoreObject,
  store: string,
  fs: Pick<typeof nodeFs, 'stat'> = nodeFs,
): Promise<void> {
  const size = await fs.stat(object.file).then(
    (found) => found.size,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    },
  );
  if (size === object.size) return;
  const what = size === null ? 'is not there' : `has ${size} bytes instead of ${object.size}`;
  throw fail('store-refused', `A file for the store "${store}" ${what}.`, {
    where: object.file,
    cure: 'Run again.',
  });
}

/** The same, and with other content than was announced: a file that is about to leave this machine. */
export async function assertContent(object: StoreObject, store: string): Promise<void> {
  await assertSource(object, store);
  if ((await hashOf(object.file, object.size)) === object.sha256) return;
  throw fail('store-refused', `A file for the store "${store}" is not what it was.`, {
    where: object.file,
    cure: 'Run again: what is in Assets is stored anew.',
  });
}

import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ObjectsTable, StoredFile } from '../../db/objects.ts';
import { hashOf } from '../../platform/content-hash.ts';
import { errorCode } from '../../platform/error-code.ts';
import { addressOf } from '../../runner/reference-address.ts';
import { mediaId } from '../media.ts';

/** A picture that is larger is not read to see whether it is one of ours. */
const MOST_BYTES = 20 * 1024 * 1024;
const pictureNames = /\.(png|jpe?g|webp|mp4)$/i;

/**
 * The ids under which `/media` has the pictures and clips behind addresses of a workflow, in their order; null where
 * this machine has no copy. `beside`: files that the relative ones belong to. Nothing but what the database knows can be
 * asked for: a file of any other content has no id, wherever an address leads.
 */
export async function pictureIds(
  addresses: readonly string[],
  beside: readonly string[],
  objects: Pick<ObjectsTable, 'bySha' | 'byUrl'>,
): Promise<(string | null)[]> {
  const folders = [...new Set(beside.flatMap((file) => [dirname(file), dirname(dirname(file))]))];
  const ids: (string | null)[] = [];
  for (const address of addresses) {
    const object = objects.byUrl(address) ?? (await localObject(address, folders, objects));
    ids.push(object && mediaId(object.sha256, object.file));
  }
  return ids;
}

/** What a path leads to, where its content is one of ours. */
async function localObject(
  value: string,
  folders: readonly string[],
  objects: Pick<ObjectsTable, 'bySha'>,
): Promise<StoredFile | null> {
  const address = addressOf(value, folders);
  if (address.kind !== 'local') return null;
  for (const path of address.paths.filter((each) => pictureNames.test(each))) {
    const bytes = await readSmall(path);
    if (bytes !== null) return objects.bySha(await hashOf(bytes));
  }
  return null;
}

/** Null: no such file, or not one that is read for this. */
async function readSmall(path: string): Promise<Uint8Array | null> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= MOST_BYTES ? await readFile(path) : null;
  } catch (error) {
    // A picture that cannot be read is not shown; the next run says what is wrong with it.
    if (errorCode(error) !== '') return null;
    throw error;
  }
}

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from '../../../../shared/failure.ts';
import { sha256 } from '../../../platform/media.ts';
import type { ObjectStore, StoreObject } from '../../../storage/object-store.ts';
import type { SimDisk } from './disk.ts';
import type { Faults } from './faults.ts';
import type { SimProcess, World } from './world.ts';

/** A store in memory. A local one keeps its objects on the disk of the simulation, as files. */
export interface SimStore {
  readonly kind: ObjectStore['kind'];
  /** What lies at an address; null: nothing. */
  at(url: string): Uint8Array | null;
  /** As a person does. */
  put(key: string, bytes: Uint8Array): string;
  remove(url: string): void;
  /** The store as a process sees it. */
  of(process: SimProcess): ObjectStore;
}

interface Kinds {
  world: World;
  disk: SimDisk;
  faults: Faults;
}

export function createSimStore(
  kind: ObjectStore['kind'],
  name: string,
  { world, disk, faults }: Kinds,
): SimStore {
  const root = join('/data', name);
  const remote = new Map<string, Uint8Array>();
  let given = 0;

  const urlOf = (key: string): string | null => {
    if (kind === 'endpoint') return null;
    return kind === 'local' ? pathToFileURL(join(root, key)).href : `https://${name}/${key}`;
  };
  const fileOf = (url: string) => decodeURIComponent(new URL(url).pathname);
  const at = (url: string) =>
    kind === 'local' && url.startsWith('file:')
      ? (disk.files.get(fileOf(url))?.bytes ?? null)
      : (remote.get(url) ?? null);
  const put = (key: string, bytes: Uint8Array): string => {
    // An endpoint keeps what it has, and gives each upload an address of its own.
    const url = urlOf(key) ?? `https://${name}/${++given}/${key}`;
    if (kind === 'local') disk.put(fileOf(url), bytes);
    else remote.set(url, bytes);
    return url;
  };
  const away = (where: string) =>
    fail('store-unreachable', `The store "${name}" does not answer.`, { where, cure: 'Wait.' });

  const takes = ({ key, file, sha256: hash }: StoreObject) => {
    if (kind === 'local' && disk.isFull()) throw away(root);
    if (kind !== 'local' && faults.happens('storeAway')) throw away(name);
    const bytes = disk.files.get(file)?.bytes;
    if (!bytes || sha256(bytes) !== hash)
      throw fail('store-refused', 'The file is not what it was.', { where: file, cure: 'Run again.' });
    const known = urlOf(key);
    const there = known === null ? null : at(known);
    if (there !== null && sha256(there) !== hash)
      throw fail('store-refused', 'Something else has that name.', { where: key, cure: 'Look there.' });
    const url = there === null || known === null ? put(key, bytes) : known;
    if (kind !== 'local' && faults.happens('storeAnswerLost')) throw away(name);
    return { url, uploaded: there === null, file: kind === 'local' ? fileOf(url) : null };
  };

  return {
    kind,
    at,
    put,
    remove: (url) => {
      if (kind === 'local') disk.remove(fileOf(url));
      else remote.delete(url);
    },
    of: (process) => ({
      name,
      kind,
      urlOf,
      put: (object, signal) =>
        world.step(process, `store ${object.key}`, world.dice.between(1, 150), () => takes(object), {
          signal,
          onTheWay: true,
        }),
      // Nothing in a run asks for it.
      list: async () => null,
    }),
  };
}

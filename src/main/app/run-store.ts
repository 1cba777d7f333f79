import { fail } from '../../shared/failure.ts';
import type { StoreSettings } from '../../shared/settings.ts';
import { createLocalStore } from '../storage/local-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/**
 * The store a run puts its outputs in, by its name in `storage.stores`. `objects` is the data folder's own place,
 * used by a local store that names no other. Throws `usage`.
 */
export function openStore(
  name: string,
  stores: Readonly<Record<string, StoreSettings>>,
  objects: string,
): ObjectStore {
  const settings = Object.hasOwn(stores, name) ? stores[name] : undefined;
  if (settings === undefined) {
    throw fail('usage', `There is no store named ${name}.`, {
      where: 'storage.stores',
      cure: `Use one of: ${Object.keys(stores).join(', ')}.`,
    });
  }
  if (settings.kind !== 'local') {
    throw fail('usage', `The store ${name} is of kind ${settings.kind}, which comes with a later version.`, {
      where: `storage.stores.${name}`,
      cure: 'Use a store of kind local.',
    });
  }
  const { root = objects, publicBaseUrl } = settings;
  return createLocalStore({ name, root, ...(publicBaseUrl === undefined ? {} : { publicBaseUrl }) });
}

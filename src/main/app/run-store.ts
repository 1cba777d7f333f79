import { type Failure, fail, toFailure } from '../../shared/failure.ts';
import type { StoreSettings } from '../../shared/settings.ts';
import type { StoreStep } from '../../shared/store-test.ts';
import type { Clock } from '../platform/clock.ts';
import type { DataPaths } from '../platform/paths.ts';
import { type Secrets, secretVariable } from '../platform/secrets.ts';
import type { SettingsStore } from '../platform/settings-store.ts';
import { createEndpointStore } from '../storage/endpoint-store.ts';
import { createLocalStore } from '../storage/local-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { testStore } from '../storage/try-store.ts';

export interface StoreParts {
  settings: Pick<SettingsStore, 'get'>;
  secrets: Pick<Secrets, 'get'>;
  /** `objects`: the data folder's own place, used by a local store that names no other. */
  paths: Pick<DataPaths, 'objects'>;
  clock: Clock;
}

/**
 * The store a run puts its outputs in, by its name in `storage.stores`. Rejects with `usage` for a name that is not
 * there, and with `store-refused` for a store that lacks its secret or cannot be used as it is set.
 */
export async function openStore(name: string, parts: StoreParts): Promise<ObjectStore> {
  const settings = settingsOf(name, parts);
  if (settings.kind === 'endpoint')
    return createEndpointStore({ ...settings, name, fetch, clock: parts.clock });
  if (settings.kind === 's3') {
    const secretAccessKey = await secretOf(name, parts.secrets);
    // The client of S3 is large: it is loaded when there is a bucket to speak to.
    const { createS3Store } = await import('../storage/s3-store.ts');
    return createS3Store({ ...settings, name, secretAccessKey });
  }
  const { root = parts.paths.objects, publicBaseUrl } = settings;
  return createLocalStore({ name, root, ...(publicBaseUrl === undefined ? {} : { publicBaseUrl }) });
}

/**
 * Opens a store and tries all that a run needs of it (storage/try-store.ts). `failure` is what a run would meet.
 * Rejects with `usage` for a name that is not there.
 */
export async function tryStore(
  name: string,
  parts: StoreParts,
): Promise<{ steps: StoreStep[]; failure: Failure | null }> {
  settingsOf(name, parts);
  try {
    return await testStore(await openStore(name, parts), { fetch, clock: parts.clock });
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'internal') throw error;
    const step = { name: 'open', ok: false, message: failure.message, cure: failure.cure ?? null };
    return { steps: [step], failure };
  }
}

function settingsOf(name: string, { settings }: Pick<StoreParts, 'settings'>): StoreSettings {
  const stores = settings.get('storage.stores');
  const found = Object.hasOwn(stores, name) ? stores[name] : undefined;
  if (found !== undefined) return found;
  throw fail('usage', `There is no store named ${name}.`, {
    where: 'storage.stores',
    cure: `Use one of: ${Object.keys(stores).join(', ')}.`,
  });
}

async function secretOf(name: string, secrets: Pick<Secrets, 'get'>): Promise<string> {
  const secret = `storage.${name}.secretAccessKey`;
  const value = await secrets.get(secret);
  if (value !== null) return value;
  throw fail('store-refused', `The store "${name}" has no secret key here.`, {
    where: `storage.stores.${name}`,
    cure: `Set it with: flowdeck config set-secret ${secret} (or in the environment as ${secretVariable(secret)}).`,
  });
}

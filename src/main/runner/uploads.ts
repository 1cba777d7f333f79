import type { Database } from '../db/database.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Keep } from './outputs.ts';

/** What a run hands its outputs to. */
export interface Uploads {
  keep: Keep;
  /** An address that `keep` gives is the one the object will have, whatever comes. */
  readonly addressesAreFinal: boolean;
  /** Objects that the store does not have yet. */
  waiting(): number;
  onWaiting(listener: (count: number) => void): () => void;
  /** All are sent, or the store is given up for now. */
  drain(signal: AbortSignal): Promise<void>;
}

/** For a store on this machine: an object is in it at once. */
export function directUploads(store: ObjectStore, db: Database, signal: AbortSignal): Uploads {
  return {
    addressesAreFinal: true,
    keep: async (object, key, and) => {
      const { url, uploaded, file: at } = await store.put({ ...object, key }, signal);
      // Its own copy has a name that is never used again: that one is shown from now on.
      const file = at ?? object.file;
      await db.commits.write(() => {
        db.objects.put({ ...object, file }, url);
        and?.(url);
      });
      return { url, file, sent: Promise.resolve({ uploaded, url }) };
    },
    waiting: () => 0,
    onWaiting: () => () => undefined,
    drain: async () => undefined,
  };
}

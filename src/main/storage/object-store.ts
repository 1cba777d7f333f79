import type { StoreSettings } from '../../shared/settings.ts';

/** Where outputs live under an address (behaviour.md §6). Keys are never overwritten with other content. */
export interface ObjectStore {
  readonly name: string;
  readonly kind: StoreSettings['kind'];
  /** The address an object will have under this key, where the store can say so beforehand; else null. */
  urlOf(key: string): string | null;
  /**
   * Puts a file under a key unless it is already there with this content.
   * Rejects with a FlowdeckError: `store-unreachable`, which may pass by itself, or `store-refused`, which does not.
   */
  put(object: StoreObject, signal?: AbortSignal): Promise<StoredObject>;
  /**
   * What lies below a prefix such as `XYZG3/V0-1/`, at most 10,000 objects, in no order. Null: this kind of store cannot
   * tell. Rejects as `put` does, or with the signal's reason.
   */
  list(prefix: string, signal?: AbortSignal): Promise<ListedObject[] | null>;
}

/** More than a workflow's version can have: 20,000 nodes are hardly ever all generation nodes. */
export const MOST_LISTED = 10_000;

export interface ListedObject {
  /** As it was given to `put`. */
  key: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since the epoch; null: the store does not say. */
  modifiedAt: number | null;
}

export interface StoreObject {
  /** Forward slashes, every part safe as a file name. */
  key: string;
  /** A complete local file. */
  file: string;
  sha256: string;
  size: number;
  contentType: string;
}

export interface StoredObject {
  url: string;
  /** False when the object was there already. */
  uploaded: boolean;
  /** Where the store keeps it on this machine; null when it lies elsewhere. */
  file: string | null;
}

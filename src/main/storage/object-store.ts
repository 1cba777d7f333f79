/** Where outputs live under an address (behaviour.md §6). Keys are never overwritten with other content. */
export interface ObjectStore {
  readonly name: string;
  /**
   * Puts a file under a key unless it is already there with this content.
   * Rejects with a FlowdeckError of code `store-unreachable` or `store-refused`.
   */
  put(object: StoreObject, signal?: AbortSignal): Promise<StoredObject>;
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
}

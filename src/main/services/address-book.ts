import type { ConsumerView, TunnelAddress } from '../../shared/services.ts';

/** The public address as one record, and everybody who uses it (behaviour.md §10). */
export interface AddressBook {
  /** The last one that was seen to work, of this or an earlier session; null: never any. */
  current(): TunnelAddress | null;
  consumers(): ConsumerView[];
  /** A public address was seen to work. A new one is a new revision, and everybody is told; the same again is not. */
  publish(url: string): TunnelAddress;
  /** Hears that `current` or `consumers` changed. Returns what ends it. */
  subscribe(listener: () => void): () => void;
  /** Tells one at once instead of at its next attempt. Throws `not-found`. */
  tell(id: string): void;
  /** Ends what is under way; nothing is half written. */
  close(): Promise<void>;
}

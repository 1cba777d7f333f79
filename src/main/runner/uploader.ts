import { type Failure, toFailure } from '../../shared/failure.ts';
import type { Database } from '../db/database.ts';
import type { StoredFile } from '../db/objects.ts';
import type { Clock, Random } from '../platform/clock.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { createSendQueue, type Sending } from './send-queue.ts';

/** Brings the outputs of a run to its store, beside generation and never in its way (issue 3). */
export interface Uploader {
  /**
   * When this resolves the object is on this machine (a copy that is never overwritten), and its upload is in the
   * books; what `and` writes was committed together with that. `sent` settles (never rejects) when the store has the
   * object, or has been given up for now; its `url` may be another than the first one where only the store knows
   * addresses: then it is in the books until `db.uploads.placed`.
   * Rejects with `store-unreachable` or `store-refused` where this machine cannot keep it.
   */
  keep(object: StoredFile, key: string, and?: (url: string) => void): Promise<KeptObject>;
  /** Objects of this run that the store does not have yet. */
  waiting(): number;
  onWaiting(listener: (count: number) => void): () => void;
  /** Resolves when all are sent, or given up for now; rejects with the signal's reason. */
  drain(signal: AbortSignal): Promise<void>;
}

export interface KeptObject {
  url: string;
  /** On this machine. */
  file: string;
  sent: Promise<Sending>;
}

export interface UploaderDeps {
  db: Database;
  /** Where the outputs go. */
  store: ObjectStore;
  /** A store on this machine, for the copies of what goes elsewhere. */
  here: ObjectStore;
  clock: Clock;
  random: Random;
  /** Path of the workflow the outputs belong to. */
  workflow: string;
  /** Milliseconds a store may be away before it is given up for now. */
  giveUpMs: number;
  /** The end of the run: what is not sent stays in the books. */
  signal: AbortSignal;
}

export function createUploader(deps: UploaderDeps): Uploader {
  const { db, store, here, clock, workflow, signal } = deps;
  const queue = createSendQueue(deps);
  const unsent = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  const listeners = new Set<(count: number) => void>();

  const tell = () => {
    for (const listener of listeners) listener(unsent.size);
  };

  /** The copy in a store of this machine is the object: there is nothing to bring anywhere. */
  async function keepHere(object: StoredFile, key: string, and?: (url: string) => void): Promise<KeptObject> {
    const put = await store.put({ ...object, key }, signal);
    const file = put.file ?? object.file;
    await db.commits.write(() => {
      db.objects.put({ ...object, file }, put.url);
      and?.(put.url);
    });
    return { url: put.url, file, sent: Promise.resolve({ uploaded: put.uploaded, url: put.url }) };
  }

  async function keepAndSend(
    object: StoredFile,
    key: string,
    and?: (url: string) => void,
  ): Promise<KeptObject> {
    const copy = await here.put({ ...object, key }, signal);
    const kept = { ...object, file: copy.file ?? object.file };
    const known = store.urlOf(key);
    const first = known === null ? await queue.tryOnce({ ...kept, key }) : null;
    const url = known ?? (first !== null && 'url' in first ? first.url : copy.url);
    const there = first !== null && 'url' in first;
    await db.commits.write(() => {
      db.objects.put(kept, url);
      if (!there) {
        const { sha256, file, contentType, size } = kept;
        const localUrl = known === null ? copy.url : null;
        const row = { store: store.name, key, sha256, file, contentType, size, workflow };
        db.uploads.add({ ...row, url: known, localUrl, addedAt: clock.now() });
      }
      and?.(url);
    });
    if (there) return { url, file: kept.file, sent: Promise.resolve(first) };
    unsent.add(key);
    tell();
    const refused = first !== null && 'problem' in first && first.problem.code !== 'store-unreachable';
    const sent = refused ? note(key, first.problem) : bring(kept, key);
    underWay.add(sent);
    sent.finally(() => underWay.delete(sent));
    return { url, file: kept.file, sent };
  }

  /** Never rejects. */
  async function bring(kept: StoredFile, key: string): Promise<Sending> {
    const sending = await queue.send({ ...kept, key });
    if ('problem' in sending) return note(key, sending.problem);
    try {
      await db.commits.write(() => {
        db.objects.put(kept, sending.url);
        db.uploads.sent(store.name, key, sending.url);
      });
    } catch (error) {
      return { problem: toFailure(error) };
    }
    unsent.delete(key);
    tell();
    return sending;
  }

  /** Never rejects: the row says what is missing also without its reason. */
  async function note(key: string, problem: Failure): Promise<Sending> {
    try {
      await db.commits.write(() => db.uploads.note(store.name, key, problem.message));
      return { problem };
    } catch (error) {
      return { problem: toFailure(error) };
    }
  }

  return {
    keep: (object, key, and) =>
      store.kind === 'local' ? keepHere(object, key, and) : keepAndSend(object, key, and),
    waiting: () => unsent.size,
    onWaiting(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async drain(enough) {
      enough.throwIfAborted();
      const stop = Promise.withResolvers<never>();
      const onAbort = () => stop.reject(enough.reason);
      enough.addEventListener('abort', onAbort, { once: true });
      try {
        while (underWay.size > 0) await Promise.race([Promise.all(underWay), stop.promise]);
      } finally {
        enough.removeEventListener('abort', onAbort);
      }
    },
  };
}

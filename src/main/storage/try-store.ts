import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Failure, fail, toFailure } from '../../shared/failure.ts';
import type { StoreStep } from '../../shared/store-test.ts';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { ObjectStore, StoreObject } from './object-store.ts';
import { shownUrl } from './object-url.ts';
import { networkFailure, silentStore } from './store-failure.ts';

export interface StoreTestDeps {
  fetch: typeof fetch;
  clock: Clock;
  /** Milliseconds until a public address counts as silent. */
  limitMs?: number;
}

/**
 * Tries what a run needs of a store: writes a tiny object below `flowdeck-test/` (one a day, so that a right that was
 * taken away shows), finds it again, and fetches its public address. Ends with the first step that fails.
 */
export async function testStore(
  store: ObjectStore,
  deps: StoreTestDeps,
): Promise<{ steps: StoreStep[]; failure: Failure | null }> {
  const folder = await mkdtemp(join(tmpdir(), 'flowdeck-store-test-'));
  const steps: StoreStep[] = [];
  const good = (name: string, message: string) => steps.push({ name, ok: true, message, cure: null });
  let step = 'write';
  try {
    const { object, content } = await writeSample(folder, isoTime(deps.clock).slice(0, 10));
    const { url, uploaded } = await store.put(object);
    good(step, uploaded ? `${object.key} was written.` : `${object.key} is there, written earlier today.`);
    // Only the answer to an upload tells what an endpoint has.
    if (store.kind !== 'endpoint') {
      step = 'find';
      if ((await store.put(object)).uploaded) throw forgetful(store, object);
      good(step, 'It is found again, so nothing is sent twice.');
    }
    if (!url.startsWith('file:')) {
      step = 'address';
      await assertServed(url, content, store, deps);
      good(step, `It is served at ${shownUrl(url)}.`);
    }
    return { steps, failure: null };
  } catch (error) {
    const failure = toFailure(error);
    steps.push({ name: step, ok: false, message: failure.message, cure: failure.cure ?? null });
    return { steps, failure };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the tiny object, as the first thing a run does with a store that lies elsewhere. Rejects as `put` does. */
export async function assertTakes(store: ObjectStore, clock: Clock, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flowdeck-store-test-'));
  try {
    await store.put((await writeSample(folder, isoTime(clock).slice(0, 10))).object, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeSample(folder: string, day: string): Promise<{ object: StoreObject; content: string }> {
  const content = `Flowdeck tried this store on ${day}. This file may be removed.\n`;
  const file = join(folder, 'sample.txt');
  await writeFile(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const key = `flowdeck-test/${day}-${sha256.slice(0, 12)}.txt`;
  return {
    object: { key, file, sha256, size: Buffer.byteLength(content), contentType: 'text/plain' },
    content,
  };
}

const forgetful = (store: ObjectStore, object: StoreObject) =>
  fail('store-refused', `The store "${store.name}" does not find what was written to it a moment ago.`, {
    where: object.key,
    cure: 'Look whether it keeps the metadata of objects; without them everything is sent again.',
  });

async function assertServed(
  url: string,
  content: string,
  store: ObjectStore,
  deps: StoreTestDeps,
): Promise<void> {
  const where = shownUrl(url);
  const place = { name: store.name, where };
  const late = new AbortController();
  const done = new AbortController();
  const watch = deps.clock.sleep(deps.limitMs ?? 15_000, done.signal).then(
    () => late.abort(silentStore(place)),
    () => undefined,
  );
  let answer: { status: number; text: string };
  try {
    const response = await deps.fetch(url, { signal: late.signal });
    answer = { status: response.status, text: response.ok ? await response.text() : '' };
  } catch (error) {
    late.signal.throwIfAborted();
    throw networkFailure(error, place) ?? error;
  } finally {
    done.abort();
    await watch;
  }
  if (answer.status === 200 && answer.text === content) return;
  const what = answer.status === 200 ? 'has something else there' : `answers with HTTP ${answer.status}`;
  const setting = store.kind === 'endpoint' ? 'urlPointer' : 'publicBaseUrl';
  throw fail('store-refused', `What was written is not served: the public address ${what}.`, {
    where,
    cure: `Allow the public to read there, or correct ${setting} of storage.stores.${store.name}.`,
  });
}

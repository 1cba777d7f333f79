import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { type FlowdeckError, fail } from '../../shared/failure.ts';
import type { StoreSettings } from '../../shared/settings.ts';
import type { Clock } from '../platform/clock.ts';
import type { ObjectStore, StoreObject } from './object-store.ts';
import { shownUrl } from './object-url.ts';
import { assertContent } from './source-file.ts';
import { assertKey, networkFailure, type StorePlace, silentStore } from './store-failure.ts';

export interface EndpointStoreOptions extends Omit<Extract<StoreSettings, { kind: 'endpoint' }>, 'kind'> {
  /** As in `storage.stores`. */
  name: string;
  fetch: typeof fetch;
  clock: Clock;
  /** Milliseconds an upload may take, by its size in bytes. */
  limitMs?: (size: number) => number;
}

/** Half a minute to answer, and a line of 50 KB a second. */
const usualLimit = (size: number): number => 30_000 + size / 50;

const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * An address that takes a file by a POST of a form and answers in JSON with where it lies now (settings.md). That
 * address is known only then. The same key may be sent twice: its content is the same.
 * Throws `store-refused` for settings that cannot be sent.
 */
export function createEndpointStore(options: EndpointStoreOptions): ObjectStore {
  const { name, url, clock } = options;
  const place: StorePlace = { name, where: shownUrl(url) };
  assertSendable(options, place);

  async function send(object: StoreObject, signal: AbortSignal): Promise<string> {
    const form = new FormData();
    form.set(options.pathField, object.key);
    form.set(
      options.fileField,
      await openAsBlob(object.file, { type: object.contentType }),
      basename(object.key),
    );
    const answer = await options.fetch(url, {
      method: 'POST',
      headers: options.headers,
      body: form,
      // Headers may hold a key, and belong to this address only.
      redirect: 'manual',
      signal,
    });
    const text = await boundedText(answer);
    if (!answer.ok) throw statusFailure(answer.status, place);
    return addressIn(text, options.urlPointer, place);
  }

  return {
    name,
    kind: 'endpoint',
    urlOf: () => null,
    list: async () => null,
    async put(object, signal) {
      signal?.throwIfAborted();
      assertKey(object.key, name);
      await assertContent(object, name);
      const late = new AbortController();
      const done = new AbortController();
      const limit = (options.limitMs ?? usualLimit)(object.size);
      const watch = clock.sleep(limit, done.signal).then(
        () => late.abort(silentStore(place)),
        () => undefined,
      );
      const both = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
      try {
        return { url: await send(object, both), uploaded: true, file: null };
      } catch (error) {
        signal?.throwIfAborted();
        late.signal.throwIfAborted();
        throw networkFailure(error, place) ?? error;
      } finally {
        done.abort();
        await watch;
      }
    },
  };
}

/** What the HTTP client would refuse with the secret in its words. */
function assertSendable({ name, url, headers }: EndpointStoreOptions, { where }: StorePlace): void {
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') {
    throw fail('store-refused', `The address of the store "${name}" holds a name or a password.`, {
      where,
      cure: `Put them into headers of storage.stores.${name}, as authorization.`,
    });
  }
  for (const [header, value] of Object.entries(headers)) {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(header) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
    throw fail('store-refused', `A header of the store "${name}" cannot be sent.`, {
      where: `storage.stores.${name}.headers: ${header.slice(0, 100)}`,
      cure: 'Take line breaks and letters beyond Latin out of its name and its value.',
    });
  }
}

/** What an HTTP status other than 2xx means. Pure. */
export function statusFailure(status: number, { name, where }: StorePlace): FlowdeckError {
  const setting = `storage.stores.${name}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return fail('store-unreachable', `The store "${name}" cannot take it now (HTTP ${status}).`, {
      where,
      cure: 'Wait, then try again.',
    });
  }
  const [words, cure] =
    status === 401 || status === 403
      ? ['does not allow this', `Correct the key in headers of ${setting}.`]
      : status === 413
        ? ['does not take files of this size', 'Use another store, or raise its limit.']
        : status >= 300 && status < 400
          ? ['sends us to another address', `Put that address into url of ${setting}.`]
          : [`does not take uploads (HTTP ${status})`, `Correct url, fileField and pathField of ${setting}.`];
  return fail('store-refused', `The store "${name}" ${words}.`, { where, cure });
}

/** The address of the object in an answer. Throws `store-refused` where there is none. Pure. */
export function addressIn(text: string, pointer: string, { name, where }: StorePlace): string {
  const found = valueAt(parsed(text), pointer);
  const url = typeof found === 'string' && URL.canParse(found) ? new URL(found) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href;
  const what =
    found === undefined
      ? `answered without an address at ${pointer}`
      : `answered with something at ${pointer} that is no http address`;
  throw fail('store-refused', `The store "${name}" ${what}.`, {
    where,
    cure: `Correct urlPointer of storage.stores.${name}: it tells where in the JSON answer the address is.`,
  });
}

/** The value a JSON pointer (RFC 6901) leads to; undefined: it leads nowhere. */
function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** Undefined for what is not JSON. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The start of an answer: an address is short, and what never ends must not fill the memory. */
async function boundedText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

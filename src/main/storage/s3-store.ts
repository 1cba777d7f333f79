import http from 'node:http';
import https from 'node:https';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { fail } from '../../shared/failure.ts';
import type { StoreSettings } from '../../shared/settings.ts';
import type { ObjectStore, StoredObject, StoreObject } from './object-store.ts';
import { objectUrl, shownUrl } from './object-url.ts';
import { s3Answer, s3Failure } from './s3-failure.ts';
import { listBucket } from './s3-list.ts';
import { putInParts } from './s3-parts.ts';
import { sendFile } from './send-file.ts';
import { assertContent } from './source-file.ts';
import { assertKey, otherContent } from './store-failure.ts';

export interface S3StoreOptions extends Omit<Extract<StoreSettings, { kind: 's3' }>, 'kind'> {
  /** As in `storage.stores`. */
  name: string;
  secretAccessKey: string;
  limits?: Partial<S3Limits>;
}

export interface S3Limits {
  /** Milliseconds until a connection stands. */
  connectMs: number;
  /** Milliseconds without a byte in either direction. */
  idleMs: number;
  /** Tries of a request without content; content is sent again by whoever keeps the queue. */
  tries: number;
  /** Larger files go in parts, in bytes. */
  partsFrom: number;
  /** Keys in a page of a listing; no store gives more than 1,000. */
  pageKeys: number;
}

const usual: S3Limits = {
  connectMs: 10_000,
  idleMs: 30_000,
  tries: 2,
  partsFrom: 16 * 1024 * 1024,
  pageKeys: 1000,
};

/** Connections of one store, all requests together (issue 3). */
const CONNECTIONS = 8;

/** What the client says aside is said again by the error; without this it would write to the terminal. */
const unheard = () => undefined;
const silent = { debug: unheard, info: unheard, warn: unheard, error: unheard };

/**
 * Objects in a bucket of S3, R2 or what speaks like them (behaviour.md §6). A key is looked for before it is sent:
 * the same content, by the hash in its metadata, is not sent twice, and other content is never replaced.
 */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { name, bucket, publicBaseUrl } = options;
  const limits = { ...usual, ...options.limits };
  const client = openClient(options, limits);
  const prefix = options.prefix.replace(/^\/+|\/+$/g, '');
  const fullKey = (key: string) => (prefix === '' ? key : `${prefix}/${key}`);
  const urlOf = (key: string) => objectUrl(publicBaseUrl, fullKey(key));
  const placeOf = (key: string) => ({ name, where: `${shownUrl(options.endpoint)} ${bucket}/${key}` });
  /** Some stores refuse a request that holds a condition; they are then asked without. */
  let conditional = true;

  async function put(object: StoreObject, signal?: AbortSignal): Promise<StoredObject> {
    const key = fullKey(object.key);
    assertKey(key, name);
    await assertContent(object, name);
    const stored = (uploaded: boolean) => ({ url: urlOf(object.key), uploaded, file: null });
    if (await isThere(key, object, signal)) return stored(false);
    try {
      await send(key, object, signal);
    } catch (error) {
      // Somebody was faster with this key.
      if (s3Answer(error)?.status === 412 && (await isThere(key, object, signal))) return stored(false);
      throw error;
    }
    return stored(true);
  }

  async function send(key: string, object: StoreObject, signal?: AbortSignal): Promise<void> {
    try {
      await sendOnce(key, object, signal);
    } catch (error) {
      if (!conditional || s3Answer(error)?.status !== 501) throw error;
      conditional = false;
      await sendOnce(key, object, signal);
    }
  }

  async function sendOnce(key: string, object: StoreObject, signal?: AbortSignal): Promise<void> {
    const head = {
      Bucket: bucket,
      Key: key,
      ContentType: object.contentType,
      // A key's content never changes, so nobody need ask again.
      CacheControl: 'public, max-age=31536000, immutable',
      Metadata: { sha256: object.sha256 },
    };
    const condition = conditional ? { IfNoneMatch: '*' } : {};
    if (object.size > limits.partsFrom) return putInParts(client, object, head, condition, signal);
    await sendFile(object.file, { start: 0, size: object.size }, signal, (body, abortSignal) =>
      client.send(
        putCommand({ ...head, ...condition, Body: body, ContentLength: object.size }, object.sha256),
        {
          abortSignal,
        },
      ),
    );
  }

  /** True: this content is there. Rejects when something else is. */
  async function isThere(key: string, object: StoreObject, abortSignal?: AbortSignal): Promise<boolean> {
    const where = { Bucket: bucket, Key: key };
    const asked = abortSignal === undefined ? {} : { abortSignal };
    let found: { ContentLength?: number | undefined; Metadata?: Record<string, string> | undefined };
    try {
      found = await client.send(new HeadObjectCommand(where), asked);
    } catch (error) {
      const status = s3Answer(error)?.status;
      if (status === 404) return false;
      // An answer to HEAD has no words. A plain request for the same tells what is refused, and why.
      if (status !== undefined && status >= 400 && status < 500)
        await client.send(new GetObjectCommand({ ...where, Range: 'bytes=0-0' }), asked);
      throw error;
    }
    if (found.ContentLength === object.size && found.Metadata?.sha256 === object.sha256) return true;
    throw otherContent(name, placeOf(key).where, 'object');
  }

  return {
    name,
    kind: 's3',
    urlOf,
    async put(object, signal) {
      signal?.throwIfAborted();
      try {
        return await put(object, signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw s3Failure(error, placeOf(fullKey(object.key)));
      }
    },
    async list(below, signal) {
      signal?.throwIfAborted();
      try {
        return await listBucket(
          client,
          { bucket, above: fullKey(''), below, pageKeys: limits.pageKeys },
          signal,
        );
      } catch (error) {
        signal?.throwIfAborted();
        throw s3Failure(error, placeOf(fullKey(below)));
      }
    },
  };
}

/** Throws `store-refused` for keys that cannot be sent. */
function openClient(options: S3StoreOptions, limits: S3Limits): S3Client {
  const { name, endpoint, region, pathStyle, accessKeyId, secretAccessKey } = options;
  if (/[^\x21-\x7e]/.test(accessKeyId) || /[^\x21-\x7e]/.test(secretAccessKey)) {
    throw fail('store-refused', `The keys of the store "${name}" hold characters that no key has.`, {
      where: `storage.stores.${name}`,
      cure: `Copy both keys anew; the secret one is set with: flowdeck config set-secret storage.${name}.secretAccessKey`,
    });
  }
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    // The default puts checksums into every request that R2 and others do not take.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It would be sent and not waited for.
    expectContinueHeader: false,
    maxAttempts: limits.tries,
    logger: silent,
    requestHandler: {
      // Agents of our own: with its own the client opens more connections for large files.
      httpAgent: new http.Agent(agent),
      httpsAgent: new https.Agent(agent),
      connectionTimeout: limits.connectMs,
      socketTimeout: limits.idleMs,
    },
  });
}

/** Signed with the hash of the content, so that the store itself refuses what arrives otherwise. */
function putCommand(input: PutObjectCommandInput, sha256: string): PutObjectCommand {
  const command = new PutObjectCommand(input);
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (typeof request === 'object' && request !== null && 'headers' in request)
        Object.assign(request.headers as object, { 'x-amz-content-sha256': sha256 });
      return next(args);
    },
    { step: 'build', name: 'hashOfContent' },
  );
  return command;
}

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import type { StoreObject } from './object-store.ts';
import { createS3Store, type S3StoreOptions } from './s3-store.ts';
import { openRelay } from './testing/relay.ts';
import { type S3Process, startS3 } from './testing/s3-process.ts';

let s3: S3Process;
let folder: string;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.end());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-s3-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const optionsFor = (port: number, more: Partial<S3StoreOptions> = {}): S3StoreOptions => ({
  name: 'r2',
  endpoint: `http://127.0.0.1:${port}`,
  bucket: s3.bucket,
  region: 'auto',
  publicBaseUrl: 'https://cdn.example/ads',
  accessKeyId: s3.accessKeyId,
  secretAccessKey: s3.secretAccessKey,
  prefix: '',
  pathStyle: true,
  ...more,
});
const storeAt = (more: Partial<S3StoreOptions> = {}, port = s3.port) => createS3Store(optionsFor(port, more));

let objects = 0;
/** A new object with a key of its own. */
async function objectOf(content: string | Buffer, key?: string): Promise<StoreObject> {
  const number = ++objects;
  const file = join(folder, `source-${number}`);
  await writeFile(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const size = (await stat(file)).size;
  return { key: key ?? `XYZG3/V0-1/scene03-c${number}.png`, file, sha256, size, contentType: 'image/png' };
}

async function refusal(work: Promise<unknown>): Promise<FlowdeckError> {
  const error = await work.then(
    () => new Error('nothing was rejected'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FlowdeckError)) throw error;
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(s3.secretAccessKey);
  expect(error.failure.cure).toMatch(/\.$|secretAccessKey$/);
  expect(error.failure.where).toBeTruthy();
  return error;
}

/** What the bucket answers to anybody who asks for the object. */
const seen = (key: string) =>
  fetch(`http://127.0.0.1:${s3.port}/${s3.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`);

describe('putting an object into a bucket', () => {
  test('sends it under its key, with type, cache rule and hash, and gives its public address', async () => {
    const object = await objectOf('a picture');
    const put = await storeAt().put(object);
    expect(put).toEqual({ url: `https://cdn.example/ads/${object.key}`, uploaded: true, file: null });
    expect(storeAt().urlOf(object.key)).toBe(put.url);
    const answer = await seen(object.key);
    expect(await answer.text()).toBe('a picture');
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('x-amz-meta-sha256')).toBe(object.sha256);
  });

  test('the same content again is not sent', async () => {
    const relay = await openRelay(s3.port);
    try {
      const object = await objectOf(randomBytes(300_000));
      await storeAt().put(object);
      const again = await storeAt({}, relay.port).put(object);
      expect(again.uploaded).toBe(false);
      expect(relay.sent()).toBeGreaterThan(0);
      expect(relay.sent()).toBeLessThan(10_000);
    } finally {
      await relay.close();
    }
  });

  test('other content under the same key is refused, and what is there stays', async () => {
    const object = await objectOf('a picture');
    await storeAt().put(object);
    for (const other of ['b picture', 'one of another length']) {
      const { failure } = await refusal(storeAt().put(await objectOf(other, object.key)));
      expect(failure.code).toBe('store-refused');
      expect(failure.where).toContain(object.key);
    }
    expect(await (await seen(object.key)).text()).toBe('a picture');
  });

  test('of two contents racing for a key the first is kept whole, the other refused', async () => {
    const first = await objectOf(randomBytes(400_000), 'race/a.png');
    const second = await objectOf(randomBytes(400_000), 'race/a.png');
    const held = await openRelay(s3.port);
    try {
      // The late one has looked and found the key free before the early one is there.
      const stopped = held.stopAt('PUT');
      const late = refusal(storeAt({}, held.port).put(second));
      await stopped.reached;
      expect((await storeAt().put(first)).uploaded).toBe(true);
      stopped.goOn();
      expect((await late).failure.code).toBe('store-refused');
      expect((await readFile(s3.fileOf('race/a.png'))).equals(await readFile(first.file))).toBe(true);
    } finally {
      await held.close();
    }
  });

  test('of the same content racing for a key one is sent, and both have the address', async () => {
    const object = await objectOf(randomBytes(400_000));
    const held = await openRelay(s3.port);
    try {
      const stopped = held.stopAt('PUT');
      const late = storeAt({}, held.port).put(object);
      await stopped.reached;
      const early = await storeAt().put(object);
      stopped.goOn();
      expect(await late).toEqual({ ...early, uploaded: false });
    } finally {
      await held.close();
    }
  });

  test('a prefix stands before every key, whatever slashes it has', async () => {
    for (const prefix of ['ads', '/ads/', 'ads/']) {
      const object = await objectOf('a picture');
      const { url } = await storeAt({ prefix }).put(object);
      expect(url).toBe(`https://cdn.example/ads/ads/${object.key}`);
      expect((await seen(`ads/${object.key}`)).status).toBe(200);
    }
  });

  test('a name with spaces, signs and letters of everywhere is kept as it is and encoded in its address', async () => {
    const key = "Übung #1/50% & (more) + 'x'/a b~c!.png";
    const { url } = await storeAt().put(await objectOf('a picture', key));
    expect(url).toBe(`https://cdn.example/ads/${key.split('/').map(encodeURIComponent).join('/')}`);
    expect(await s3.keys()).toContain(key);
    expect(await (await seen(key)).text()).toBe('a picture');
  });

  test('a store that knows no conditions is asked without', async () => {
    const plain = await startS3(['--conditional', 'refused']);
    try {
      const store = storeAt({}, plain.port);
      expect((await store.put(await objectOf('a picture', 'a.png'))).uploaded).toBe(true);
      expect((await store.put(await objectOf(randomBytes(64), 'b.png'))).uploaded).toBe(true);
      expect(await plain.keys()).toEqual(['a.png', 'b.png']);
    } finally {
      await plain.end();
    }
  });

  test('what goes over the wire is signed with its hash, and holds no checksum that R2 does not take', async () => {
    const heard: http.IncomingHttpHeaders[] = [];
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => {
        if (request.method === 'PUT') heard.push(request.headers);
        response.writeHead(request.method === 'PUT' ? 200 : 404).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const object = await objectOf('a picture');
      await storeAt({}, (server.address() as AddressInfo).port).put(object);
      expect(heard).toHaveLength(1);
      expect(heard[0]).toMatchObject({
        'content-length': '9',
        'if-none-match': '*',
        'x-amz-content-sha256': object.sha256,
      });
      expect(Object.keys(heard[0] ?? {}).filter((header) => /checksum|trailer|chunked/.test(header))).toEqual(
        [],
      );
      expect(JSON.stringify(heard)).not.toContain(s3.secretAccessKey);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('a large file', () => {
  test('goes in parts and arrives whole', async () => {
    const bytes = randomBytes(20 * 1024 * 1024);
    const object = await objectOf(bytes);
    expect((await storeAt().put(object)).uploaded).toBe(true);
    expect((await readFile(s3.fileOf(object.key))).equals(bytes)).toBe(true);
    expect((await seen(object.key)).headers.get('x-amz-meta-sha256')).toBe(object.sha256);
    expect(await s3.unfinished()).toEqual([]);
    expect((await storeAt().put(object)).uploaded).toBe(false);
  });

  test('that is given up on the way leaves no parts', async () => {
    const object = await objectOf(randomBytes(20 * 1024 * 1024));
    const relay = await openRelay(s3.port);
    try {
      const enough = new AbortController();
      const put = storeAt({}, relay.port).put(object, enough.signal);
      const outcome = put.catch((error: unknown) => error);
      await relay.reached(9 * 1024 * 1024);
      expect(await s3.unfinished()).toHaveLength(1);
      const reason = new Error('enough');
      enough.abort(reason);
      expect(await outcome).toBe(reason);
      expect(await s3.unfinished()).toEqual([]);
      expect(await s3.keys()).not.toContain(object.key);
    } finally {
      await relay.close();
    }
  });
});

describe('what does not leave this machine', () => {
  test('a file that is not what was announced', async () => {
    const object = await objectOf('a picture');
    await writeFile(object.file, 'b picture');
    expect((await refusal(storeAt().put(object))).failure.code).toBe('store-refused');
    await truncate(object.file, 3);
    expect((await refusal(storeAt().put(object))).failure.message).toContain('3 bytes instead of 9');
    await rm(object.file);
    expect((await refusal(storeAt().put(object))).failure.message).toContain('is not there');
    expect(await s3.keys()).not.toContain(object.key);
  });

  test('a key that climbs out, also through the prefix', async () => {
    expect((await refusal(storeAt().put(await objectOf('x', '../a.png')))).failure.code).toBe(
      'store-refused',
    );
    const climbing = storeAt({ prefix: 'a/../..' });
    expect((await refusal(climbing.put(await objectOf('x')))).failure.code).toBe('store-refused');
  });

  test('anything, once it was cancelled', async () => {
    const reason = new Error('enough');
    const object = await objectOf('a picture');
    await expect(storeAt().put(object, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a store that refuses says what to mend', () => {
  test.each([
    [
      'the secret key',
      { secretAccessKey: 'wrong-secret-of-no-use' },
      'set-secret storage.r2.secretAccessKey',
    ],
    ['the access key', { accessKeyId: 'AKIDNOBODY' }, 'accessKeyId'],
    ['the bucket', { bucket: 'nowhere' }, 'bucket of storage.stores.r2'],
    ['keys that cannot be keys', { secretAccessKey: 'two\nlines' }, 'set-secret'],
  ])('%s', async (_what, more, cure) => {
    const object = await objectOf('a picture');
    const { failure } = await refusal((async () => storeAt(more).put(object))());
    expect(failure.code).toBe('store-refused');
    expect(failure.cure).toContain(cure);
    expect(JSON.stringify(failure)).not.toContain('wrong-secret');
  });

  test('something that is no store', async () => {
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(405, { 'content-type': 'text/html' }).end('<html>no</html>');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const store = storeAt({}, (server.address() as AddressInfo).port);
      const { failure } = await refusal(store.put(await objectOf('a picture')));
      expect(failure).toMatchObject({ code: 'store-refused', cure: expect.stringContaining('speaks S3') });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('a store that is away', () => {
  const limits = { idleMs: 300, connectMs: 300, tries: 1 };

  test('nobody listens, or the name is unknown', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const object = await objectOf('a picture');
    const gone = await refusal(storeAt({ limits }, port).put(object));
    expect(gone.failure).toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('not there'),
    });
    const unknown = await refusal(storeAt({ limits, endpoint: 'http://no-such-store.invalid' }).put(object));
    expect(unknown.failure.code).toBe('store-unreachable');
  });

  test('one that takes the connection and is silent', async () => {
    const server = createServer((socket) => socket.resume().on('error', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const store = storeAt({ limits }, (server.address() as AddressInfo).port);
      const { failure } = await refusal(store.put(await objectOf('a picture')));
      expect(failure).toMatchObject({
        code: 'store-unreachable',
        message: 'The store "r2" does not answer.',
      });
    } finally {
      await new Promise((resolve) => {
        server.close(resolve);
      });
    }
  });

  test('one that falls silent in the middle of a file', async () => {
    const relay = await openRelay(s3.port);
    try {
      const object = await objectOf(randomBytes(12 * 1024 * 1024));
      const put = refusal(storeAt({ limits: { ...limits, idleMs: 3000 } }, relay.port).put(object));
      await relay.reached(1024 * 1024);
      relay.hold();
      expect((await put).failure.code).toBe('store-unreachable');
    } finally {
      await relay.close();
    }
  });

  test('one that answers 503 for now', async () => {
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(503).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const store = storeAt({ limits }, (server.address() as AddressInfo).port);
      const { failure } = await refusal(store.put(await objectOf('a picture')));
      expect(failure).toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('503') });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('killed in the middle of a file and started again, it takes the file whole', async () => {
    const own = await startS3();
    const relay = await openRelay(own.port);
    try {
      const object = await objectOf(randomBytes(12 * 1024 * 1024));
      // A line that is cut is noticed at once; a busy server is waited for.
      const store = storeAt({ limits: { tries: 1 } }, relay.port);
      const put = refusal(store.put(object));
      await relay.reached(1024 * 1024);
      await own.kill();
      expect((await put).failure.code).toBe('store-unreachable');
      expect((await refusal(store.put(object))).failure.code).toBe('store-unreachable');
      await own.restart();
      expect((await store.put(object)).uploaded).toBe(true);
      expect((await readFile(own.fileOf(object.key))).equals(await readFile(object.file))).toBe(true);
    } finally {
      await relay.close();
      await own.end();
    }
  });
});

test('no more than eight connections, however many objects', async () => {
  const relay = await openRelay(s3.port);
  try {
    const store = storeAt({}, relay.port);
    const many = await Promise.all(Array.from({ length: 40 }, () => objectOf(randomBytes(3_000_000))));
    const put = await Promise.all(many.map((object) => store.put(object)));
    expect(put.every(({ uploaded }) => uploaded)).toBe(true);
    expect(relay.most()).toBeLessThanOrEqual(8);
    expect(relay.most()).toBeGreaterThan(1);
  } finally {
    await relay.close();
  }
});

describe('listing a bucket', () => {
  test('tells every key below a prefix without that of the store, with size and time', async () => {
    const store = storeAt({ prefix: 'listed' });
    const here = await objectOf('a picture', 'XYZG3/V0-1/account-a/scene01-c1.png');
    await store.put(here);
    await store.put(await objectOf('another', 'XYZG3/V0-10/scene01-c1.png'));
    await storeAt().put(await objectOf('elsewhere', 'XYZG3/V0-1/scene09-c1.png'));
    const listed = await store.list('XYZG3/V0-1/');
    expect(listed).toEqual([{ key: here.key, size: here.size, modifiedAt: expect.any(Number) }]);
    expect(Math.abs((listed?.[0]?.modifiedAt ?? 0) - Date.now())).toBeLessThan(24 * 3600_000);
    expect(await store.list('nothing/')).toEqual([]);
  });

  test('goes on from page to page', async () => {
    const store = storeAt({ prefix: 'pages', limits: { pageKeys: 2 } });
    const object = await objectOf('small');
    const keys = Array.from({ length: 7 }, (_, i) => `XYZG3/V0-1/scene0${i}-c1.png`);
    for (const key of keys) await store.put({ ...object, key });
    const listed = await store.list('XYZG3/V0-1/');
    expect(listed?.map(({ key }) => key).sort()).toEqual([...keys].sort());
  });

  test('a bucket that is not there is refused with words', async () => {
    const { failure } = await refusal(storeAt({ bucket: 'nowhere' }).list('XYZG3/'));
    expect(failure.code).toBe('store-refused');
    expect(failure.message).toContain('has no such bucket');
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createEndpointStore } from './endpoint-store.ts';
import { createLocalStore } from './local-store.ts';
import type { ObjectStore } from './object-store.ts';
import { createS3Store } from './s3-store.ts';
import { type S3Process, startS3 } from './testing/s3-process.ts';
import { testStore } from './try-store.ts';

let s3: S3Process;
let folder: string;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.end());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-try-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bucketAt = (publicBaseUrl: string, secretAccessKey = s3.secretAccessKey) =>
  createS3Store({
    name: 'r2',
    endpoint: `http://127.0.0.1:${s3.port}`,
    bucket: s3.bucket,
    region: 'auto',
    publicBaseUrl,
    accessKeyId: s3.accessKeyId,
    secretAccessKey,
    prefix: '',
    pathStyle: true,
    limits: { tries: 1, connectMs: 1000, idleMs: 1000 },
  });
const served = () => `http://127.0.0.1:${s3.port}/${s3.bucket}`;
const tryIt = (store: ObjectStore, day = '2026-11-21', limitMs = 5000) =>
  testStore(store, { fetch, clock: { ...systemClock, now: () => Date.parse(`${day}T12:00:00Z`) }, limitMs });

async function withServer<T>(answer: http.RequestListener, work: (base: string) => Promise<T>): Promise<T> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a store that is tried', () => {
  test('is good when it takes a tiny object, finds it again and serves it', async () => {
    const { steps, failure } = await tryIt(bucketAt(served()), '2026-11-21');
    expect(failure).toBeNull();
    expect(steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['write', true],
      ['find', true],
      ['address', true],
    ]);
    expect(await s3.keys()).toEqual([expect.stringMatching(/^flowdeck-test\/2026-11-21-[0-9a-f]{12}\.txt$/)]);
    await tryIt(bucketAt(served()), '2026-11-21');
    expect(await s3.keys()).toHaveLength(1);
    await tryIt(bucketAt(served()), '2026-11-22');
    expect(await s3.keys()).toHaveLength(2);
  });

  test('whose public address is wrong, silent or another place, says so after what works', async () => {
    const wrong = await tryIt(bucketAt(`${served()}/elsewhere`));
    expect(wrong.steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['write', true],
      ['find', true],
      ['address', false],
    ]);
    expect(wrong.failure).toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/HTTP 40[34]/),
      cure: expect.stringContaining('publicBaseUrl of storage.stores.r2'),
    });
    const other = await withServer(
      (_request, response) => response.end('<html>parked</html>'),
      (base) => tryIt(bucketAt(base)),
    );
    expect(other.failure?.message).toContain('something else');
    const silent = await withServer(
      () => undefined,
      (base) => tryIt(bucketAt(base), '2026-11-21', 200),
    );
    expect(silent.failure).toMatchObject({ code: 'store-unreachable' });
  });

  test('and refuses ends with that, and its cure', async () => {
    const { steps, failure } = await tryIt(bucketAt(served(), 'a-wrong-one'));
    expect(failure?.code).toBe('store-refused');
    expect(steps).toEqual([
      { name: 'write', ok: false, message: failure?.message, cure: expect.stringContaining('set-secret') },
    ]);
  });

  test('that forgets what was written is told apart', async () => {
    const forgetful: ObjectStore = {
      name: 'r2',
      kind: 's3',
      urlOf: () => null,
      list: async () => [],
      put: async ({ key }) => ({ url: `https://cdn.example/${key}`, uploaded: true, file: null }),
    };
    const { steps } = await tryIt(forgetful);
    expect(steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['write', true],
      ['find', false],
    ]);
  });

  test('on this machine has no address to fetch', async () => {
    const store = createLocalStore({ name: 'local', root: join(folder, 'objects') });
    expect((await tryIt(store)).steps.map(({ name, ok }) => [name, ok])).toEqual([
      ['write', true],
      ['find', true],
    ]);
    expect(await readdir(join(folder, 'objects', 'flowdeck-test'))).toHaveLength(1);
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other', 'flowdeck-test'), 'in the way');
    const blocked = await tryIt(createLocalStore({ name: 'local', root: join(folder, 'other') }));
    expect(blocked.failure?.code).toBe('store-unreachable');
    expect(await readFile(join(folder, 'other', 'flowdeck-test'), 'utf8')).toBe('in the way');
  });

  test('that is an endpoint is written to, and read at the address it gives', async () => {
    let kept = '';
    await withServer(
      async (request, response) => {
        if (request.method === 'GET') return response.end(kept);
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const headers = { 'content-type': request.headers['content-type'] ?? '' };
        const form = await new Response(Buffer.concat(chunks), { headers }).formData();
        kept = await (form.get('file') as File).text();
        return response.end(JSON.stringify({ url: `http://${request.headers.host}/seen` }));
      },
      async (base) => {
        const { steps } = await tryIt(
          createEndpointStore({
            name: 'press',
            url: base,
            fileField: 'file',
            pathField: 'path',
            headers: {},
            urlPointer: '/url',
            fetch,
            clock: systemClock,
          }),
        );
        expect(steps).toEqual([
          { name: 'write', ok: true, message: expect.stringContaining('written'), cure: null },
          { name: 'address', ok: true, message: `It is served at ${base}/seen.`, cure: null },
        ]);
      },
    );
  });
});

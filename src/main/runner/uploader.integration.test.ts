import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import type { StoredFile } from '../db/objects.ts';
import { systemClock } from '../platform/clock.ts';
import { createEndpointStore } from '../storage/endpoint-store.ts';
import { createLocalStore } from '../storage/local-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { createS3Store } from '../storage/s3-store.ts';
import { openRelay } from '../storage/testing/relay.ts';
import { type S3Process, startS3 } from '../storage/testing/s3-process.ts';
import { placeUploads, resumeUploads } from './resume-uploads.ts';
import { createUploader, type UploaderDeps } from './uploader.ts';

const workflow = '/w/XYZG3-V0-1.nbflow';
/** Rests of an outage without their length. */
const quick = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(1, signal) };

let folder: string;
let db: Database;
let here: ObjectStore;
let ending: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-uploader-'));
  db = openDatabase(join(folder, 'flowdeck.db'));
  here = createLocalStore({ name: 'local', root: join(folder, 'objects') });
  ending = new AbortController();
});
afterEach(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
async function outputOf(bytes = 50_000): Promise<StoredFile & { key: string }> {
  const number = ++made;
  const content = randomBytes(bytes);
  const file = join(folder, `scene03-c${number}.png`);
  await writeFile(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const key = `XYZG3/V0-1/scene03-c${number}-${sha256.slice(0, 12)}.png`;
  return { sha256, ext: 'png', contentType: 'image/png', size: bytes, file, key };
}
const outputs = (count: number, bytes?: number) =>
  Promise.all(Array.from({ length: count }, () => outputOf(bytes)));

const uploaderTo = (store: ObjectStore, more: Partial<UploaderDeps> = {}) =>
  createUploader({
    db,
    store,
    here,
    clock: quick,
    random: Math.random,
    workflow,
    giveUpMs: 60_000,
    signal: ending.signal,
    ...more,
  });
const resume = (openStore: (name: string) => Promise<ObjectStore>, which = {}, giveUpMs = 0) =>
  resumeUploads({ db, openStore, clock: quick, random: Math.random, giveUpMs, signal: ending.signal }, which);
const until = async (true_: () => boolean) => {
  while (!true_()) await setImmediate();
};

describe('a store on this machine', () => {
  test('has the object at once, in one copy', async () => {
    const uploader = uploaderTo(here);
    const { key, ...output } = await outputOf();
    let told = '';
    const kept = await uploader.keep(output, key, (url) => {
      told = url;
    });
    expect(await kept.sent).toEqual({ uploaded: true, url: kept.url });
    expect(told).toBe(kept.url);
    expect(kept.file).toBe(fileURLToPath(kept.url));
    expect(db.objects.byUrl(kept.url)).toEqual({ ...output, file: kept.file });
    expect(db.uploads.list()).toEqual([]);
    expect(uploader.waiting()).toBe(0);
    const again = await uploader.keep(output, key);
    expect(await again.sent).toEqual({ uploaded: false, url: kept.url });
  });
});

describe('a bucket', () => {
  let s3: S3Process;
  beforeEach(async () => {
    s3 = await startS3();
  });
  afterEach(() => s3.end());

  const storeAt = (port = s3.port, secretAccessKey = s3.secretAccessKey) =>
    createS3Store({
      name: 'r2',
      endpoint: `http://127.0.0.1:${port}`,
      bucket: s3.bucket,
      region: 'auto',
      publicBaseUrl: 'https://cdn.example',
      accessKeyId: s3.accessKeyId,
      secretAccessKey,
      prefix: '',
      pathStyle: true,
      limits: { connectMs: 1000, idleMs: 1000, tries: 1 },
    });

  test('gets the object beside the run, which has its address and a copy before', async () => {
    const uploader = uploaderTo(storeAt());
    const counts: number[] = [];
    uploader.onWaiting((count) => counts.push(count));
    const { key, ...output } = await outputOf();
    const stand: unknown[] = [];
    const kept = await uploader.keep(output, key, (url) => stand.push(url));
    expect(kept.url).toBe(`https://cdn.example/${key}`);
    expect(stand).toEqual([kept.url]);
    expect(await readFile(kept.file)).toEqual(await readFile(output.file));
    expect(kept.file).not.toBe(output.file);
    expect(db.objects.byUrl(kept.url)?.file).toBe(kept.file);
    expect(await kept.sent).toEqual({ uploaded: true, url: kept.url });
    expect(await s3.keys()).toEqual([key]);
    expect(db.uploads.list()).toEqual([]);
    expect(counts).toEqual([1, 0]);
    expect(uploader.waiting()).toBe(0);
  });

  test('that hangs holds nothing up, and what waits is in the books', async () => {
    const relay = await openRelay(s3.port);
    try {
      relay.hold();
      const uploader = uploaderTo(storeAt(relay.port));
      const many = await outputs(20);
      const kept = await Promise.all(many.map(({ key, ...output }) => uploader.keep(output, key)));
      expect(uploader.waiting()).toBe(20);
      expect(
        db.uploads
          .list(workflow)
          .map(({ key }) => key)
          .toSorted(),
      ).toEqual(many.map(({ key }) => key).toSorted());
      const enough = new AbortController();
      const drained = uploader.drain(enough.signal);
      enough.abort(new Error('enough'));
      await expect(drained).rejects.toThrow('enough');
      ending.abort(new Error('the run is over'));
      for (const { sent } of kept) expect(await sent).toMatchObject({ problem: { code: 'interrupted' } });
      expect(db.uploads.list(workflow)).toHaveLength(20);
      const resumed = await resume(async () => storeAt(), { workflow });
      expect(resumed).toEqual({ uploaded: 0, waiting: 20, problems: expect.any(Array), moved: [] });
    } finally {
      await relay.close();
    }
  });

  test('killed in the middle and started again gets everything, once', async () => {
    const uploader = uploaderTo(storeAt());
    const many = await outputs(30, 200_000);
    const kept = await Promise.all(many.map(({ key, ...output }) => uploader.keep(output, key)));
    await until(() => uploader.waiting() < 25);
    await s3.kill();
    await s3.restart();
    await uploader.drain(ending.signal);
    for (const [i, { sent }] of kept.entries())
      expect(await sent).toEqual({
        uploaded: expect.any(Boolean),
        url: `https://cdn.example/${many[i]?.key}`,
      });
    expect(await s3.keys()).toEqual(many.map(({ key }) => key).toSorted());
    for (const { key, file } of many)
      expect((await readFile(s3.fileOf(key))).equals(await readFile(file))).toBe(true);
    expect(db.uploads.list()).toEqual([]);
  });

  test('that stays away is given up, and the next run sends what is left', async () => {
    await s3.kill();
    const uploader = uploaderTo(storeAt(), { giveUpMs: 0 });
    const many = await outputs(10);
    const kept = await Promise.all(many.map(({ key, ...output }) => uploader.keep(output, key)));
    await uploader.drain(ending.signal);
    for (const { sent } of kept) expect(await sent).toMatchObject({ problem: { code: 'store-unreachable' } });
    expect(uploader.waiting()).toBe(10);
    expect(db.uploads.list().map(({ problem }) => problem)).toEqual(
      many.map(() => expect.stringContaining('not there')),
    );
    // A new process on the same folder.
    db.close();
    db = openDatabase(join(folder, 'flowdeck.db'));
    const away = await resume(async () => storeAt());
    expect(away).toMatchObject({ uploaded: 0, waiting: 10, problems: [{ code: 'store-unreachable' }] });
    await s3.restart();
    expect(await resume(async () => storeAt(), { workflow: '/w/other.nbflow' })).toMatchObject({
      uploaded: 0,
    });
    expect(await resume(async () => storeAt())).toEqual({
      uploaded: 10,
      waiting: 0,
      problems: [],
      moved: [],
    });
    expect(await s3.keys()).toHaveLength(10);
    expect(db.uploads.list()).toEqual([]);
    expect(await resume(async () => storeAt())).toEqual({ uploaded: 0, waiting: 0, problems: [], moved: [] });
  });

  test('that was reached when the process died is not sent to again', async () => {
    const uploader = uploaderTo(storeAt());
    const { key, ...output } = await outputOf();
    const kept = await uploader.keep(output, key);
    const [row] = db.uploads.list();
    await kept.sent;
    // As it was left: the object is there, the commit that says so is not.
    if (row === undefined) throw new Error('there was no row');
    await db.commits.write(() => db.uploads.add(row));
    expect(await resume(async () => storeAt())).toEqual({ uploaded: 0, waiting: 0, problems: [], moved: [] });
    expect(db.uploads.list()).toEqual([]);
  });

  test('that refuses is not asked again by this run, and the books say why', async () => {
    const uploader = uploaderTo(storeAt(s3.port, 'another-key-that-is-wrong'));
    const { key, ...output } = await outputOf();
    const { sent } = await uploader.keep(output, key);
    expect(await sent).toMatchObject({ problem: { code: 'store-refused' } });
    expect(db.uploads.list()).toMatchObject([{ problem: 'The store "r2" does not accept the secret key.' }]);
    expect(uploader.waiting()).toBe(1);
    expect((await resume(async () => storeAt())).uploaded).toBe(1);
  });

  test('that is no longer configured leaves its objects where they are', async () => {
    await s3.kill();
    const uploader = uploaderTo(storeAt(), { giveUpMs: 0 });
    for (const { key, ...output } of await outputs(2)) await uploader.keep(output, key);
    await uploader.drain(ending.signal);
    const resumed = await resume(async () => Promise.reject(new Error('There is no store named r2.')));
    expect(resumed).toMatchObject({ waiting: 2, problems: [{ message: 'There is no store named r2.' }] });
    expect(db.uploads.list()).toHaveLength(2);
  });

  test('gets nothing whose books could not be written', async () => {
    const uploader = uploaderTo(storeAt());
    const { key, ...output } = await outputOf();
    const kept = uploader.keep(output, key, () => {
      throw new Error('no');
    });
    await expect(kept).rejects.toThrow('no');
    expect(db.uploads.list()).toEqual([]);
    expect(db.objects.bySha(output.sha256)).toBeNull();
    expect(uploader.waiting()).toBe(0);
    expect(await s3.keys()).toEqual([]);
  });
});

describe('an upload endpoint', () => {
  let server: http.Server;
  let up: boolean;
  let refusing: boolean;
  let asked: number;
  let received: string[];
  beforeEach(async () => {
    up = true;
    refusing = false;
    asked = 0;
    received = [];
    server = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      asked += 1;
      if (!up) return response.writeHead(refusing ? 403 : 503).end();
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const form = await new Response(Buffer.concat(chunks), { headers }).formData();
      received.push(String(form.get('path')));
      response.end(JSON.stringify({ url: `https://press.example/${received.length}.png` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const store = () =>
    createEndpointStore({
      name: 'press',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      fileField: 'file',
      pathField: 'path',
      headers: {},
      urlPointer: '/url',
      fetch,
      clock: systemClock,
    });

  test('tells the address, which is the object’s from the start', async () => {
    const uploader = uploaderTo(store());
    const { key, ...output } = await outputOf();
    const stand: string[] = [];
    const kept = await uploader.keep(output, key, (url) => stand.push(url));
    expect(kept.url).toBe('https://press.example/1.png');
    expect(stand).toEqual([kept.url]);
    expect(await kept.sent).toEqual({ uploaded: true, url: kept.url });
    expect(db.uploads.list()).toEqual([]);
    expect(db.objects.byUrl(kept.url)?.file).toBe(kept.file);
  });

  test('that is away gives a local address, and the real one when it is back, until that is placed', async () => {
    up = false;
    const uploader = uploaderTo(store());
    const many = await outputs(3);
    const kept = await Promise.all(many.map(({ key, ...output }) => uploader.keep(output, key)));
    for (const { url, file } of kept) expect(fileURLToPath(url)).toBe(file);
    expect(uploader.waiting()).toBe(3);
    up = true;
    await uploader.drain(ending.signal);
    const sent = await Promise.all(kept.map((object) => object.sent));
    for (const sending of sent)
      expect(sending).toEqual({ uploaded: true, url: expect.stringMatching(/^https:\/\/press/) });
    expect(uploader.waiting()).toBe(0);
    // The process may die before the workflow has the addresses: they are given until it says so.
    const expected = kept.map(({ url }, i) => {
      const sending = sent[i];
      const key = many[i]?.key;
      return {
        store: 'press',
        workflow,
        localUrl: url,
        key,
        url: sending && 'url' in sending && sending.url,
      };
    });
    const byKey = (a: { key?: string | undefined }, b: { key?: string | undefined }) =>
      String(a.key).localeCompare(String(b.key));
    for (let time = 0; time < 2; time++) {
      const resumed = await resume(async () => store());
      expect(resumed).toMatchObject({ uploaded: 0, waiting: 0 });
      expect(resumed.moved.toSorted(byKey)).toEqual(expected.toSorted(byKey));
    }
    expect(received).toHaveLength(3);
    await placeUploads(db, (await resume(async () => store())).moved);
    expect((await resume(async () => store())).moved).toEqual([]);
    expect(db.uploads.list()).toEqual([]);
  });

  test('that refuses is asked once, and the workflow has the local address', async () => {
    up = false;
    refusing = true;
    const { key, ...output } = await outputOf();
    const kept = await uploaderTo(store()).keep(output, key);
    expect(fileURLToPath(kept.url)).toBe(kept.file);
    expect(await kept.sent).toMatchObject({ problem: { code: 'store-refused' } });
    expect(asked).toBe(1);
    expect(db.uploads.list()).toMatchObject([
      { problem: expect.stringContaining('does not allow'), url: null },
    ]);
  });

  test('that was away for a whole run gets the objects in the next', async () => {
    up = false;
    const uploader = uploaderTo(store(), { giveUpMs: 0 });
    const { key, ...output } = await outputOf();
    const kept = await uploader.keep(output, key);
    expect(await kept.sent).toMatchObject({ problem: { code: 'store-unreachable' } });
    up = true;
    const { moved, ...rest } = await resume(async () => store(), { workflow });
    expect(rest).toEqual({ uploaded: 1, waiting: 0, problems: [] });
    expect(moved).toEqual([
      { store: 'press', key, workflow, localUrl: kept.url, url: 'https://press.example/1.png' },
    ]);
    expect(db.objects.byUrl('https://press.example/1.png')?.file).toBe(kept.file);
  });
});

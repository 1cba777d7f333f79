import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import { systemClock } from '../platform/clock.ts';
import { createEndpointStore, type EndpointStoreOptions } from './endpoint-store.ts';
import type { StoreObject } from './object-store.ts';

interface Heard {
  headers: http.IncomingHttpHeaders;
  form: FormData;
}

let folder: string;
let server: http.Server;
let base: string;
let heard: Heard[];
let answer: (heard: Heard, response: http.ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-endpoint-'));
  heard = [];
  answer = ({ form }, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ url: `https://cdn.example/${form.get('path')}` }));
  };
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData();
    const entry = { headers: request.headers, form };
    heard.push(entry);
    answer(entry, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const token = 'Bearer b4-not-for-everybody';
const storeAt = (more: Partial<EndpointStoreOptions> = {}) =>
  createEndpointStore({
    name: 'press',
    url: `${base}/upload?key=in-the-query`,
    fileField: 'file',
    pathField: 'path',
    headers: { authorization: token },
    urlPointer: '/url',
    fetch,
    clock: systemClock,
    ...more,
  });

async function objectOf(content: Buffer, key = 'XYZG3/V0-1/scene03-c1.png'): Promise<StoreObject> {
  const file = join(folder, 'source.png');
  await writeFile(file, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { key, file, sha256, size: content.byteLength, contentType: 'image/png' };
}

async function refusal(work: Promise<unknown>): Promise<FlowdeckError> {
  const error = await work.then(
    () => new Error('nothing was rejected'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FlowdeckError)) throw error;
  const all = inspect(error, { depth: 9, showHidden: true });
  expect(all).not.toContain('b4-not-for-everybody');
  expect(all).not.toContain('in-the-query');
  return error;
}

describe('an upload endpoint', () => {
  test('gets the file and its key as a form, and its answer tells the address', async () => {
    const content = randomBytes(3_000_000);
    const put = await storeAt().put(await objectOf(content, 'Übung #1/a b.png'));
    expect(put).toEqual({ url: 'https://cdn.example/%C3%9Cbung%20#1/a%20b.png', uploaded: true, file: null });
    const [{ headers, form } = { headers: {}, form: new FormData() }] = heard;
    expect(headers).toMatchObject({ authorization: token });
    expect(Number(headers['content-length'])).toBeGreaterThan(content.byteLength);
    expect(form.get('path')).toBe('Übung #1/a b.png');
    const file = form.get('file') as File;
    expect(file.name).toBe('a b.png');
    expect(file.type).toBe('image/png');
    expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true);
  });

  test('has fields and headers as the settings name them', async () => {
    answer = (_heard, response) => response.end('{"data":{"link":"https://cdn.example/x"}}');
    const store = storeAt({ fileField: 'image', pathField: 'name', headers: {}, urlPointer: '/data/link' });
    expect((await store.put(await objectOf(Buffer.from('x')))).url).toBe('https://cdn.example/x');
    expect([...(heard[0]?.form.keys() ?? [])].toSorted()).toEqual(['image', 'name']);
    expect(heard[0]?.headers).not.toHaveProperty('authorization');
  });

  test('does not know an address beforehand', () => {
    expect(storeAt().urlOf('a.png')).toBeNull();
  });

  test('that sends us elsewhere is not followed: the headers are for it alone', async () => {
    answer = (_heard, response) => response.writeHead(307, { location: `${base}/elsewhere` }).end();
    const { failure } = await refusal(storeAt().put(await objectOf(Buffer.from('x'))));
    expect(failure.code).toBe('store-refused');
    expect(heard).toHaveLength(1);
  });

  test('that refuses or is full says so', async () => {
    for (const [status, code] of [
      [403, 'store-refused'],
      [503, 'store-unreachable'],
    ] as const) {
      answer = (_heard, response) => response.writeHead(status).end(`your ${token} is bad`);
      expect((await refusal(storeAt().put(await objectOf(Buffer.from('x'))))).failure).toMatchObject({
        code,
        where: `${base}/upload`,
      });
    }
  });

  test('that takes the file and answers without an address', async () => {
    answer = (_heard, response) => response.end('{"ok":true}');
    const { failure } = await refusal(storeAt().put(await objectOf(Buffer.from('x'))));
    expect(failure).toMatchObject({ code: 'store-refused', cure: expect.stringContaining('urlPointer') });
  });

  test('whose answer never ends', async () => {
    answer = (_heard, response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    };
    const { failure } = await refusal(storeAt().put(await objectOf(Buffer.from('x'))));
    expect(failure.code).toBe('store-refused');
  });

  test('that is silent, gone, or breaks off', async () => {
    const object = await objectOf(Buffer.from('x'));
    answer = () => undefined;
    const silent = await refusal(storeAt({ limitMs: () => 200 }).put(object));
    expect(silent.failure).toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('does not answer'),
    });
    answer = (_heard, response) => response.destroy();
    expect((await refusal(storeAt().put(object))).failure.code).toBe('store-unreachable');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect((await refusal(storeAt().put(object))).failure).toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('not there'),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  test('is not asked once it was cancelled, and let go of when it is', async () => {
    const object = await objectOf(Buffer.from('x'));
    const reason = new Error('enough');
    await expect(storeAt().put(object, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(heard).toEqual([]);
    const enough = new AbortController();
    answer = () => enough.abort(reason);
    await expect(storeAt().put(object, enough.signal)).rejects.toBe(reason);
  });

  test.each([
    ['a password in its address', { url: 'http://me:b4-not-for-everybody@127.0.0.1:9/' }],
    ['a line break in a header', { headers: { authorization: `${token}\nx: y` } }],
    ['a header without a name', { headers: { '': token } }],
  ])('cannot have %s', async (_what, more) => {
    const { failure } = await refusal((async () => storeAt(more).put(await objectOf(Buffer.from('x'))))());
    expect(failure.code).toBe('store-refused');
  });

  test('gets nothing that is not what was announced', async () => {
    const object = await objectOf(Buffer.from('a picture'));
    await writeFile(object.file, 'b picture');
    expect((await refusal(storeAt().put(object))).failure.code).toBe('store-refused');
    expect(heard).toEqual([]);
  });
});

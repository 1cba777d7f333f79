import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { hashOf } from '../platform/content-hash.ts';
import { nodeDisk } from '../platform/disk.ts';
import { inspectMedia, pictureForRequest } from '../platform/media.ts';
import { createPictureLoader, forRequest, ReferenceProblem } from './references.ts';

/** Real pictures, real files, and a web server that does what the test says. */

let folder: string;
let db: Database;
let server: Server;
let url: string;
let requests: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
let picture: Buffer;
const signal = new AbortController().signal;

/** Rests are short; how long a server may take is as it is. */
const brisk: Clock = {
  ...systemClock,
  sleep: (ms, stop) => systemClock.sleep(ms < 5000 ? ms / 300 : ms, stop),
};
/** For servers that never come to an end. */
const hurried: Clock = { ...systemClock, sleep: (ms, stop) => systemClock.sleep(ms / 100, stop) };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-references-'));
  db = openDatabase(join(folder, 'flowdeck.db'));
  picture = await sharp({ create: { width: 90, height: 160, channels: 3, background: '#a52' } })
    .png()
    .toBuffer();
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  db.close();
  await rm(folder, { recursive: true, force: true });
});

const pictures = { inspect: inspectMedia, hash: hashOf, fit: pictureForRequest };
const loader = (clock: Clock = brisk) =>
  createPictureLoader({
    disk: nodeDisk,
    objects: db.objects,
    fetch,
    clock,
    ...pictures,
    folders: [join(folder, 'testing'), folder],
  });
const load = (value: string) => loader()(value, signal);
const refusal = async (value: string, clock: Clock = brisk): Promise<string> => {
  const error = await loader(clock)(value, signal).catch((reason: unknown) => reason);
  if (!(error instanceof ReferenceProblem)) throw error;
  // What, where, and what to do: two sentences at least, and no stack.
  expect(error.message).toMatch(/^The reference .+\. .+\.$/s);
  expect(error.message.length).toBeLessThan(700);
  return error.message;
};
const put = async (name: string, bytes: Uint8Array | string) => {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
};

describe('a path', () => {
  it.each([
    ['refs/a.png', 'refs/a.png'],
    ['a picture of José & 50% ☕.png', 'a picture of José & 50% ☕.png'],
    ['a%20b.png', 'a b.png'],
    ['100%.png', '100%.png'],
    ['refs\\a.png', 'refs/a.png'],
  ])('%s finds %s beside the workflow', async (value, name) => {
    const path = await put(`testing/${name}`, picture);
    expect(await load(value)).toMatchObject({
      localPath: path,
      ext: 'png',
      contentType: 'image/png',
      width: 90,
      height: 160,
      sha256: await hashOf(picture),
    });
  });

  it('starts from the workflow’s folder, then from the project’s', async () => {
    const project = await put('refs/a.png', picture);
    expect((await load('refs/a.png')).localPath).toBe(project);
    const own = await put('testing/refs/a.png', picture);
    expect((await load('refs/a.png')).localPath).toBe(own);
    expect((await load(project)).localPath).toBe(project);
  });

  it('of a file whose name lies is told by its bytes', async () => {
    const jpeg = await sharp(picture).jpeg().toBuffer();
    await put('testing/a.png', jpeg);
    expect(await load('a.png')).toMatchObject({ ext: 'jpg', contentType: 'image/jpeg' });
  });

  it('as a file address is a path too, unless its file is in our books', async () => {
    const path = await put('a b.png', picture);
    const address = pathToFileURL(path).href;
    expect((await load(address)).localPath).toBe(path);
    const object = {
      sha256: await hashOf(picture),
      ext: 'png',
      contentType: 'image/png',
      size: 1,
      file: path,
    };
    await db.commits.write(() => db.objects.put(object, address));
    expect((await load(address)).localPath).toBeNull();
  });

  it.each([
    ['nowhere.png', 'is not there (looked at '],
    ['testing', 'is a folder'],
    ['empty.png', '0 bytes'],
    ['page.png', 'it is an HTML page'],
    ['half.png', 'is cut off'],
    ['moving.gif', 'it is a GIF'],
    ['dot.png', 'so small (1×1 pixels'],
    ['C:\\Users\\op\\a.png', 'is a path of a Windows machine'],
    ['file://server/share/a.png', 'is not a file address of this machine'],
    ['a\0.png', 'holds a character'],
    ['ftp://x.example/a.png', 'scheme ftp:'],
    ['javascript:alert(1)', 'scheme javascript:'],
    ['blob:https://patchwork.example/4711', 'browser tab'],
    ['/dev/zero', '0 bytes'],
    [`${'x'.repeat(300)}.png`, 'cannot be read: The name is too long'],
  ])('%j is refused with a sentence', async (value, words) => {
    await put('testing/empty.png', '');
    await put('testing/page.png', '<!doctype html><title>Sign in</title>');
    await put('testing/half.png', picture.subarray(0, picture.length - 20));
    await put('testing/moving.gif', 'GIF89a');
    await put('testing/dot.png', await sharp(picture).resize(1, 1).png().toBuffer());
    await mkdir(join(folder, 'testing/testing'));
    expect(await refusal(value)).toContain(words);
  });

  it('of what is far too big is refused without reading it', async () => {
    await put('testing/big.png', Buffer.alloc(41 * 1024 * 1024));
    expect(await refusal('big.png')).toContain('over 40 MB');
  });
});

describe('a picture in the text itself', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('may be a %s in base64', async (format) => {
    const bytes = await sharp(picture).toFormat(format).toBuffer();
    for (const head of [`data:image/${format};base64,`, `DATA:application/octet-stream; Base64,`]) {
      const loaded = await load(head + bytes.toString('base64'));
      expect(loaded).toMatchObject({ sha256: await hashOf(bytes), localPath: null });
    }
  });

  it('may be base64 that went through a form', async () => {
    const loaded = await load(`data:image/png;base64,${encodeURIComponent(picture.toString('base64'))}`);
    expect(loaded.sha256).toBe(await hashOf(picture));
  });

  it('may be escaped text', async () => {
    const escaped = [...picture].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    expect((await load(`data:image/png,${escaped}`)).sha256).toBe(await hashOf(picture));
  });

  it.each([
    ['data:image/png;base64', 'is cut off'],
    ['data:image/png;base64,', '0 bytes'],
    ['data:image/png;base64,!!!!', '0 bytes'],
    ['data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>', 'XML or SVG'],
    ['data:text/html,%3Chtml%3E', 'HTML page'],
  ])('%s is refused, without repeating it', async (value, words) => {
    const message = await refusal(value);
    expect(message).toContain(words);
    expect(message).toContain('The reference embedded in the workflow');
  });
});

describe('an address', () => {
  const send = (status: number, body: Uint8Array | string = '', headers: Record<string, string> = {}) => {
    answer = (_, response) => response.writeHead(status, headers).end(body);
  };

  it('gives its picture, whatever type its server claims', async () => {
    send(200, picture, { 'content-type': 'text/html' });
    expect(await load(`${url}/a%20b.png?size=1`)).toMatchObject({ ext: 'png', localPath: null });
    expect(requests).toEqual(['/a%20b.png?size=1']);
  });

  it('is fetched once for all the nodes of a run, also when they ask at once', async () => {
    send(200, picture);
    const ask = loader();
    await Promise.all([ask(`${url}/a.png`, signal), ask(`${url}/a.png`, signal)]);
    await ask(`${url}/a.png`, signal);
    expect(requests).toHaveLength(1);
  });

  it('is not fetched at all when its content is on this machine and whole', async () => {
    const file = await put('here.png', picture);
    const object = { sha256: await hashOf(picture), ext: 'png', contentType: 'image/png', size: 1, file };
    await db.commits.write(() => db.objects.put(object, `${url}/a.png`));
    send(200, await sharp(picture).negate().png().toBuffer());
    expect((await load(`${url}/a.png`)).sha256).toBe(object.sha256);
    expect(requests).toEqual([]);
    await writeFile(file, 'damaged');
    expect((await load(`${url}/a.png`)).sha256).not.toBe(object.sha256);
  });

  it.each([
    [500, 3],
    [503, 3],
    [429, 3],
    [404, 1],
    [410, 1],
    [403, 1],
    [401, 1],
    [400, 1],
  ])('that answers %i is asked %i times in a run, and refused', async (status, times) => {
    send(status, 'no');
    const ask = loader();
    await expect(ask(`${url}/a.png`, signal)).rejects.toThrow(String(status));
    // The next node that wants it hears the same at once.
    await expect(ask(`${url}/a.png`, signal)).rejects.toThrow(ReferenceProblem);
    expect(requests).toHaveLength(times);
  });

  it('that failed is asked again ten minutes later', async () => {
    let minutes = 0;
    const ask = loader({ ...brisk, monotonic: () => minutes * 60_000 });
    send(404);
    await expect(ask(`${url}/a.png`, signal)).rejects.toThrow('404');
    send(200, picture);
    minutes = 9;
    await expect(ask(`${url}/a.png`, signal)).rejects.toThrow('404');
    minutes = 11;
    expect((await ask(`${url}/a.png`, signal)).ext).toBe('png');
  });

  it('may fail twice and give its picture then', async () => {
    answer = (_, response) => {
      if (requests.length === 1) response.writeHead(502).end();
      else if (requests.length === 2) response.writeHead(200, { 'content-length': 9999 }).end('short');
      else response.writeHead(200).end(picture);
    };
    expect((await load(`${url}/a.png`)).ext).toBe('png');
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['an HTML page', '<!doctype html><title>Sign in</title>', 'it is an HTML page'],
    ['nothing', '', '0 bytes'],
    ['JSON', '{"error":"no"}', 'it is JSON'],
  ])('that answers 200 with %s is refused', async (_what, body, words) => {
    send(200, body, { 'content-type': 'image/png' });
    expect(await refusal(`${url}/a.png`)).toContain(words);
    expect(requests).toHaveLength(3);
  });

  it('that cuts the connection is refused', async () => {
    answer = (request) => request.socket.destroy();
    expect(await refusal(`${url}/a.png`)).toContain('cut the connection');
    expect(requests).toHaveLength(3);
  });

  it('where nobody listens is refused', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await refusal(`http://127.0.0.1:${port}/a.png`)).toContain('takes no connection');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('that hangs is given up, before its answer and within it', async () => {
    answer = (request, response) => {
      if (request.url === '/body.png') response.writeHead(200).write(picture.subarray(0, 100));
    };
    expect(await refusal(`${url}/a.png`, hurried)).toContain('did not come in time');
    expect(await refusal(`${url}/body.png`, hurried)).toContain('did not come in time');
    expect(requests).toHaveLength(6);
  });

  it('that drips for ever is given up', async () => {
    const drips = new Set<NodeJS.Timeout>();
    answer = (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 5);
      drips.add(drip);
      response.on('close', () => clearInterval(drip));
    };
    expect(await refusal(`${url}/a.png`, hurried)).toContain('did not come in time');
    for (const drip of drips) clearInterval(drip);
  });

  it('that has no end is left at 40 MB, and not asked again', async () => {
    const closed: Promise<void>[] = [];
    answer = (_, response) => {
      closed.push(new Promise((resolve) => response.on('close', () => resolve())));
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024)));
      };
      response.writeHead(200).on('drain', pour);
      pour();
    };
    const patient = createPictureLoader({
      disk: nodeDisk,
      objects: db.objects,
      fetch,
      clock: systemClock,
      ...pictures,
      folders: [],
    });
    await expect(patient(`${url}/a.png`, signal)).rejects.toThrow('over 40 MB');
    await Promise.all(closed);
    expect(requests).toHaveLength(1);
  });

  it('may send on, also to a path, five times', async () => {
    answer = ({ url: path = '' }, response) => {
      const hop = Number(path.slice(1));
      if (hop >= 5) response.writeHead(200).end(picture);
      else response.writeHead(302, { location: hop % 2 ? `/${hop + 1}` : `${url}/${hop + 1}` }).end();
    };
    expect((await load(`${url}/0`)).ext).toBe('png');
    expect(requests).toHaveLength(6);
  });

  it('that sends on in a circle is refused after five hops', async () => {
    send(302, '', { location: '/again' });
    expect(await refusal(`${url}/a.png`)).toContain('more than 5 times');
    expect(requests).toHaveLength(6);
  });

  it.each([
    ['file:///etc/passwd', 'scheme file:'],
    ['ftp://x.example/a.png', 'scheme ftp:'],
    ['http://169.254.169.254/latest/meta-data', 'network card'],
    ['http://op:pa55word@127.0.0.1/a.png', 'a name or a password'],
  ])('that sends on to %s is refused and goes nowhere', async (location, words) => {
    send(302, '', { location });
    const message = await refusal(`${url}/a.png`);
    expect(message).toContain(words);
    expect(message).not.toContain('pa55word');
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data', 'network card'],
    ['http://2852039166/', 'network card'],
    ['http://[::ffff:169.254.1.1]/a.png', 'network card'],
    ['http://[fe80::1]/a.png', 'network card'],
    ['http://op:pa55word@x.example/a.png', 'a name or a password'],
    ['https://', 'is not a complete address'],
  ])('such as %s is never asked', async (value, words) => {
    const message = await refusal(value);
    expect(message).toContain(words);
    expect(message).not.toContain('pa55word');
  });

  it('of a run that ends is let go of at once, and not taken for a failure', async () => {
    const ending = new AbortController();
    answer = () => ending.abort(new Error('the run ends'));
    const ask = loader();
    await expect(ask(`${url}/a.png`, ending.signal)).rejects.toThrow('the run ends');
    send(200, picture);
    expect((await ask(`${url}/a.png`, signal)).ext).toBe('png');
  });
});

describe('what is sent', () => {
  it('is the picture itself while it is small, and its hash is the original’s in any case', async () => {
    await put('testing/a.png', picture);
    const small = await load('a.png');
    expect((await forRequest(small, 'a')).bytes).toEqual(picture);
    const noise = Buffer.alloc(2000 * 3000 * 3);
    for (let i = 0; i < noise.length; i++) noise[i] = (i * 7919) >> 5;
    const big = await sharp(noise, { raw: { width: 2000, height: 3000, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    await put('testing/big.png', big);
    const loaded = await load('big.png');
    const sent = await forRequest(loaded, 'big');
    expect(loaded.sha256).toBe(await hashOf(big));
    expect(sent.bytes.byteLength).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(sent).toMatchObject({ name: 'big.jpg', mediaType: 'image/jpeg' });
    const { width = 0, height = 1 } = await sharp(sent.bytes).metadata();
    expect(width / height).toBeCloseTo(2 / 3, 2);
  });
});

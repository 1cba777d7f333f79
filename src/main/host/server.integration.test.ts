import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createMedia } from '../app/media.ts';
import { openPages } from '../app/pages.ts';
import { type Access, createAccess } from './access.ts';
import { listen } from './listen.ts';
import { createHost } from './server.ts';

const sha = 'a'.repeat(64);
let folder: string;
let access: Access;
let port: number;
let end: () => Promise<void>;
let left: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-host-'));
  await mkdir(join(folder, 'out/assets'), { recursive: true });
  await writeFile(join(folder, 'out/index.html'), '<title>Flowdeck</title>');
  await writeFile(join(folder, 'out/assets/app-1a2b.js'), 'start();');
  await writeFile(join(folder, 'secret.txt'), 'not yours');
  await writeFile(join(folder, 'clip.mp4'), '0123456789');
  access = createAccess();
  left = 0;
  const host = createHost({
    access,
    pages: await openPages(join(folder, 'out')),
    media: createMedia({
      objects: () => ({
        bySha: (sha256) =>
          sha256 === sha
            ? { sha256, ext: 'mp4', contentType: 'video/mp4', size: 10, file: join(folder, 'clip.mp4') }
            : null,
      }),
      thumbnails: join(folder, 'thumbnails'),
      makeThumbnail: () => Promise.reject(new Error('not asked for')),
    }),
    wire: {
      join: (page) => ({
        onFrame: (text) => (text === 'bad' ? page.hangUp() : page.send(`heard ${text}`)),
        onClose: () => {
          left += 1;
        },
      }),
    },
    ownName: '127.0.0.1',
    port: () => port,
  });
  port = await listen(host.server, '127.0.0.1', 0);
  end = () =>
    new Promise((resolve) => {
      host.server.close(() => resolve());
      host.end();
    });
});

afterEach(async () => {
  await end();
  await rm(folder, { recursive: true, force: true });
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init });
const session = () => access.sessionCookie(port).split(';')[0] ?? '';
const asMember = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  ask(path, { method, headers: { cookie: session(), ...headers } });

describe('the browser face', () => {
  it('answers nothing but a plain page to who has not shown the token', async () => {
    for (const path of ['/', '/assets/app-1a2b.js', `/media/${sha}.mp4`, '/?token=wrong', '/?token=']) {
      const answer = await ask(path);
      expect(answer.status).toBe(401);
      const text = await answer.text();
      expect(text).toContain('access token');
      expect(text).not.toContain(access.token);
    }
  });

  it('exchanges the token for a cookie, and the address for one without it', async () => {
    const answer = await ask(`/?token=${access.token}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict/);
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await (await ask('/', { headers: { cookie } })).text()).toContain('<title>Flowdeck</title>');
  });

  it('sends the strict headers with every answer, also with refusals', async () => {
    for (const answer of [await ask('/'), await asMember('/'), await asMember('/nothing')]) {
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self'");
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('keeps hashed files for ever and asks again for the page itself', async () => {
    expect((await asMember('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable');
    expect((await asMember('/')).headers.get('cache-control')).toBe('no-cache');
  });

  it('serves a window that was built anew while it runs, and says so when there is none', async () => {
    await writeFile(join(folder, 'out/index.html'), '<title>New</title>');
    await writeFile(join(folder, 'out/assets/app-3c4d.js'), 'again();');
    expect(await (await asMember('/')).text()).toContain('New');
    expect(await (await asMember('/assets/app-3c4d.js')).text()).toBe('again();');
    await rm(join(folder, 'out'), { recursive: true });
    const none = await asMember('/');
    expect([none.status, await none.text()]).toEqual([503, expect.stringContaining('npm start')]);
  });

  it('gives no file from outside its folder, however it is spelled', async () => {
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2f..%2fsecret.txt',
      '/%00',
      '/%',
    ]) {
      const answer = await rawGet(path);
      expect(answer).not.toContain('not yours');
      expect(answer).toMatch(/^HTTP\/1\.1 (404|400)/);
    }
  });

  it('gives a clip whole, in part and not beyond its end', async () => {
    const whole = await asMember(`/media/${sha}.mp4`);
    expect([whole.status, whole.headers.get('content-type'), await whole.text()]).toEqual([
      200,
      'video/mp4',
      '0123456789',
    ]);
    const part = await asMember(`/media/${sha}.mp4`, { range: 'bytes=2-4' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ]);
    expect((await asMember(`/media/${sha}.mp4`, { range: 'bytes=10-' })).status).toBe(416);
    expect((await asMember(`/media/${sha}.mp4`, { 'if-none-match': `"${sha}"` })).status).toBe(304);
    const head = await asMember(`/media/${sha}.mp4`, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  it('knows no media but by their content', async () => {
    for (const id of [
      `${'b'.repeat(64)}.mp4`,
      '../secret.txt',
      '..%2fsecret.txt',
      `${sha}.txt`,
      `${sha}`,
      '%e0%a4%a',
      '',
    ]) {
      expect((await asMember(`/media/${id}`)).status).toBe(404);
    }
  });

  it('refuses other names and other methods', async () => {
    expect(await rawGet('/', 'evil.example')).toMatch(/^HTTP\/1\.1 421/);
    expect((await asMember('/', {}, 'POST')).status).toBe(405);
  });
});

describe('the WebSocket', () => {
  const dial = (headers: Record<string, string>, path = '/wire') =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  const own = () => ({ cookie: session(), origin: `http://127.0.0.1:${port}` });
  const refusedWith = async (socket: WebSocket) => {
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    return response.statusCode;
  };

  it('carries frames of our own page both ways, and tells when it has gone', async () => {
    const socket = dial(own());
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('heard hello');
    socket.terminate();
    await expect.poll(() => left).toBe(1);
  });

  it('is refused without the session, from another origin, by another name and elsewhere', async () => {
    expect(await refusedWith(dial({ origin: own().origin }))).toBe(401);
    expect(await refusedWith(dial({ ...own(), cookie: `flowdeck-${port}=guess` }))).toBe(401);
    expect(await refusedWith(dial({ ...own(), origin: 'http://evil.example' }))).toBe(403);
    expect(await refusedWith(dial({ cookie: session() }))).toBe(403);
    expect(await refusedWith(dial({ ...own(), host: 'evil.example' }))).toBe(421);
    expect(await refusedWith(dial(own(), '/other'))).toBe(404);
  });

  it('is hung up on binary frames, frames out of protocol and frames too large', async () => {
    for (const frame of [Buffer.from([1, 2]), 'bad', 'x'.repeat(2 << 20)]) {
      const socket = dial(own());
      await once(socket, 'open');
      socket.on('error', () => undefined);
      socket.send(frame);
      await once(socket, 'close');
    }
    expect((await asMember('/')).status).toBe(200);
  });
});

describe('listening', () => {
  it('says in words that a port is taken, and takes another one when none was asked for', async () => {
    const second = createServer();
    await expect(listen(second, '127.0.0.1', port)).rejects.toMatchObject({
      failure: { code: 'usage', where: `127.0.0.1:${port}`, cure: expect.stringContaining('--port') },
    });
    const found = await listen(second, '127.0.0.1', null);
    expect(found).toBe((second.address() as AddressInfo).port);
    expect(found).not.toBe(8765);
    second.close();
  });

  it.each([Number.NaN, -1, 70_000, 1.5])('takes %s for no port', async (wrong) => {
    await expect(listen(createServer(), '127.0.0.1', wrong)).rejects.toMatchObject({
      failure: { code: 'usage', where: '--port' },
    });
  });

  it('says in words that an address is not of this machine', async () => {
    await expect(listen(createServer(), '203.0.113.7', 0)).rejects.toMatchObject({
      failure: { code: 'usage' },
    });
  });
});

/** A GET whose path and Host are sent as they are: fetch would tidy them up. */
async function rawGet(path: string, host = `127.0.0.1:${port}`): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${session()}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

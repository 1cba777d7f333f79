import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { BackendError, type GenerationRequest } from './backend.ts';
import { type DocumentServer, startDocumentServer } from './document-server.ts';
import { createGlabsBackend, type GlabsBackend, type GlabsOptions } from './glabs.ts';

const key = 'kEy-0123456789_abcdefghijklmnopqrstuvwxyz';
const image: GenerationRequest = {
  kind: 'image',
  prompt: 'A woman stretches at dawn on a wooden deck above a lake, soft light',
  model: 'nano_banana_2',
  aspectRatio: '9:16',
  references: [],
};

let server: DocumentServer;
const open: GlabsBackend[] = [];

function backendAt(url: string, more: Partial<GlabsOptions> = {}): GlabsBackend {
  const backend = createGlabsBackend({
    server: url,
    apiKey: key,
    authHeader: 'X-API-Key',
    healthPaths: ['/api/health', '/health'],
    clock: systemClock,
    ...more,
  });
  open.push(backend);
  return backend;
}

async function rejection(work: Promise<unknown>): Promise<BackendError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof BackendError) return error;
  throw error ?? new Error('nothing was rejected');
}

const sendJson = (response: ServerResponse, status: number, json: unknown) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(json));
  return true;
};
const sendHtml = (response: ServerResponse, status: number, title: string) => {
  response.writeHead(status, { 'content-type': 'text/html', server: 'nginx' });
  response.end(`<!doctype html><html><head><title>${title}</title></head></html>`);
  return true;
};

beforeEach(async () => {
  server = await startDocumentServer(key);
});
afterEach(async () => {
  for (const backend of open.splice(0)) backend.close();
  await server.close();
});

describe('against a server written by the document', () => {
  test('a picture, from health to bytes', async () => {
    const backend = backendAt(server.url);
    expect(await backend.health()).toEqual({
      healthPath: '/api/health',
      serverName: 'G-Labs Webhook',
      uptimeS: 123,
      tasksPending: 0,
      tasksRunning: 0,
      demo: false,
    });
    await backend.checkKey();

    const { taskId } = await backend.submit(image);
    expect(taskId).toBe('abc00000');
    if (taskId === null) throw new Error('no task');
    expect(await backend.poll(taskId)).toMatchObject({
      status: 'pending',
      prompt: image.prompt,
      createdAt: 1707782400500,
    });
    expect(await backend.listTasks()).toEqual([
      {
        taskId,
        status: 'pending',
        promptStart: image.prompt.slice(0, 50),
        promptWhole: false,
        createdAt: 1707782400500,
      },
    ]);

    const bytes = Buffer.alloc(300_000, 7);
    server.files.set('image 001.png', bytes);
    const results = ['http://10.9.8.7:8765/api/files/image%20001.png'];
    server.tasks.set(taskId, { ...server.tasks.get(taskId), status: 'completed', results });
    const report = await backend.poll(taskId);
    expect(report?.results).toEqual([{ url: `${server.url}/api/files/image%20001.png`, bytes: null }]);
    const file = await backend.download(report?.results[0]?.url ?? '');
    expect(file.expectedBytes).toBe(300_000);
    expect(Buffer.from(file.bytes).equals(bytes)).toBe(true);
  });

  test('a submit goes out once, with every field and the key', async () => {
    const bytes = new Uint8Array(200).fill(3);
    await backendAt(server.url).submit({
      ...image,
      kind: 'video',
      model: 'veo_31_fast',
      references: [{ name: 'start.png', bytes, mediaType: 'image/png' }],
    });
    expect(server.requests).toHaveLength(1);
    const [sent] = server.requests;
    expect([sent?.method, sent?.path, sent?.headers['x-api-key']]).toEqual([
      'POST',
      '/api/video/generate',
      key,
    ]);
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      prompt: image.prompt,
      model: 'veo_31_fast',
      aspect_ratio: '9:16',
      mode: 'start_image',
      resolution: ['720p'],
      reference_images: [{ data: Buffer.from(bytes).toString('base64'), name: 'start.png' }],
    });
  });

  test('a task the backend lost is null, a file it lost is gone', async () => {
    const backend = backendAt(server.url);
    expect(await backend.poll('ffffffff')).toBeNull();
    expect((await rejection(backend.download('/api/files/gone.png'))).kind).toBe('gone');
  });

  test('a task is stopped, an unknown one is not, and a build without stop cannot', async () => {
    const backend = backendAt(server.url);
    await backend.submit(image);
    expect(await backend.stop('abc00000')).toBe(true);
    expect(await backend.stop('ffffffff')).toBe(false);
    server.override = (request, response) =>
      request.url?.startsWith('/api/stop') === true && sendJson(response, 404, { error: 'Not found' });
    expect(await backend.stop('abc00000')).toBe(false);
  });

  test('a wrong key, a missing key, a smaller plan', async () => {
    const wrong = await rejection(backendAt(server.url, { apiKey: 'another-key' }).checkKey());
    expect([wrong.kind, wrong.code]).toEqual(['refused', 401]);
    expect(wrong.message).toContain('does not accept');
    const missing = await rejection(backendAt(server.url, { apiKey: null }).submit(image));
    expect([missing.kind, missing.arrived]).toEqual(['refused', 'no']);
    expect(missing.message).toContain('none is set');
    server.override = (_, response) => sendJson(response, 403, { error: 'Webhook requires MAX plan' });
    expect((await rejection(backendAt(server.url).checkKey())).kind).toBe('refused');
  });

  test('twenty submits go over at most ten connections, which are used again', async () => {
    const backend = backendAt(server.url);
    await Promise.all(Array.from({ length: 20 }, () => backend.submit(image)));
    expect(server.tasks.size).toBe(20);
    expect(server.connections()).toBeLessThanOrEqual(10);
  });

  test('a connection the server closed while it lay idle does not fail a look', async () => {
    const backend = backendAt(server.url);
    let drop = false;
    server.override = (request) => {
      if (!drop) return false;
      drop = false;
      request.socket.resetAndDestroy();
      return true;
    };
    await backend.listTasks();
    drop = true;
    expect(await backend.listTasks()).toEqual([]);
  });
});

describe('health', () => {
  test('the path that worked is asked first from then on', async () => {
    const health = { status: 'ok' };
    server.override = (request, response) => request.url === '/health' && sendJson(response, 200, health);
    const backend = backendAt(server.url, { healthPaths: ['/nope', '/health', '/api/health'] });
    expect((await backend.health()).healthPath).toBe('/health');
    expect((await backend.health()).healthPath).toBe('/health');
    expect(server.requests.map(({ path }) => path)).toEqual(['/nope', '/health', '/health']);
  });

  test('a page in place of one path may be a G-Labs that knows the other', async () => {
    server.override = (request, response) =>
      request.url === '/api/health'
        ? sendHtml(response, 404, 'Cannot GET')
        : sendJson(response, 200, { status: 'ok' });
    expect((await backendAt(server.url).health()).healthPath).toBe('/health');
  });

  test('404 in JSON everywhere, but a list of tasks: alive', async () => {
    const backend = backendAt(server.url, { healthPaths: ['/health', '/healthz'] });
    expect((await backend.health()).healthPath).toBe('/health');
    const locked = backendAt(server.url, { healthPaths: ['/health'], apiKey: null });
    expect((await locked.health()).healthPath).toBe('/health');
  });

  test('404 in JSON for everything is somebody else', async () => {
    server.override = (_, response) => sendJson(response, 404, { detail: 'Not Found' });
    expect((await rejection(backendAt(server.url).health())).kind).toBe('wrong-service');
  });

  test('a page is somebody else, and named', async () => {
    server.override = (_, response) => sendHtml(response, 200, 'Grafana');
    const error = await rejection(backendAt(server.url).health());
    expect(error.kind).toBe('wrong-service');
    expect(error.message).toBe(
      `${server.url} answers, but it is not G-Labs: an HTML page titled "Grafana" (200, server nginx).`,
    );
  });

  test('JSON that is not an object, and a redirect, are somebody else', async () => {
    server.override = (_, response) => sendJson(response, 200, [1]);
    expect((await rejection(backendAt(server.url).health())).kind).toBe('wrong-service');
    server.override = (_, response) => {
      response.writeHead(302, { location: 'https://login.example/' }).end();
      return true;
    };
    expect((await rejection(backendAt(server.url).health())).message).toContain('https://login.example/');
  });

  test.each([502, 521, 530])('%i of a tunnel is an outage, whatever the page says', async (status) => {
    server.override = (_, response) => sendHtml(response, status, 'Cloudflare');
    expect((await rejection(backendAt(server.url).health())).kind).toBe('unreachable');
  });

  test('nobody there', async () => {
    await server.close();
    const error = await rejection(backendAt(server.url).health());
    expect([error.kind, error.class]).toEqual(['unreachable', 'connection refused']);
    expect(error.message).toBe(`Cannot reach G-Labs at ${server.url}: the connection was refused.`);
  });

  test('somebody there who never answers', async () => {
    server.override = () => true;
    expect((await rejection(backendAt(server.url, { healthTimeoutMs: 50 }).health())).kind).toBe('no-answer');
  });
});

describe('builds that answer at once', () => {
  test('results in the answer to the submit', async () => {
    server.override = (_, response) =>
      sendJson(response, 200, { images: ['http://localhost:8765/api/files/a.png'] });
    expect(await backendAt(server.url).submit(image)).toEqual({
      taskId: null,
      results: [{ url: `${server.url}/api/files/a.png`, bytes: null }],
    });
  });

  test('several files in one result', async () => {
    server.override = (request, response) =>
      request.url === '/api/status/abc00000' &&
      sendJson(response, 200, { task_id: 'abc00000', status: 'completed', results: ['a.png', 'b.png'] });
    expect((await backendAt(server.url).poll('abc00000'))?.results).toHaveLength(2);
  });
});

describe('the key', () => {
  test('goes to the server only, not to a third party a result lies with, nor along a redirect', async () => {
    const elsewhere = await startDocumentServer(null);
    elsewhere.files.set('a.png', Buffer.alloc(10, 1));
    try {
      const foreign = elsewhere.url.replace('127.0.0.1', 'elsewhere.test');
      const backend = backendAt(server.url);
      // A name of another host that is private is the server's own view of itself: it is asked there.
      await rejection(backend.download(`${elsewhere.url}/api/files/a.png`));
      expect(elsewhere.requests).toHaveLength(0);
      expect((await rejection(backend.download(`${foreign}/out/a.png`))).kind).toBe('unreachable');

      server.override = (_, response) => {
        response.writeHead(302, { location: `${elsewhere.url}/api/files/a.png` }).end();
        return true;
      };
      const file = await backend.download('/api/files/a.png');
      expect(file.bytes).toHaveLength(10);
      expect(elsewhere.requests).toHaveLength(1);
      expect(JSON.stringify(elsewhere.requests)).not.toContain(key);
    } finally {
      await elsewhere.close();
    }
  });

  test('is in no error, even when the server repeats it, and in nothing that is printed', async () => {
    const backend = backendAt(server.url);
    const repeat = (status: number) => {
      server.override = (_, response) =>
        sendJson(response, status, { error: `bad key ${key}`, error_detail: key });
    };
    for (const status of [400, 401, 403, 404, 413, 429, 500, 502]) {
      repeat(status);
      const error = await rejection(backend.submit(image));
      expect(inspect(error, { depth: 20 }) + error.message + error.cure).not.toContain(key);
    }
    server.override = (_, response) => {
      response.writeHead(302, { location: `https://login.example/?key=${key}`, server: key }).end();
      return true;
    };
    expect(inspect(await rejection(backend.health()), { depth: 20 })).not.toContain(key);
    server.override = (_, response) =>
      sendJson(response, 200, { task_id: 'abc00000', status: 'failed', error: `bad key ${key}` });
    expect(JSON.stringify(await backend.poll('abc00000'))).not.toContain(key);
    expect(inspect(backend, { depth: 20, showHidden: true }) + JSON.stringify(backend)).not.toContain(key);
  });

  test('that is short, and a part of many words, changes no answer', async () => {
    const short = await startDocumentServer('a');
    const backend = backendAt(short.url, { apiKey: 'a' });
    try {
      await backend.submit(image);
      expect(await backend.poll('abc00000')).toMatchObject({ prompt: image.prompt });
      short.override = (_, response) => sendJson(response, 401, { error: 'a bad key: a' });
      expect((await rejection(backend.checkKey())).message).toContain('"[key] bad key: [key]"');
    } finally {
      await short.close();
    }
  });

  test('a key, header or address that cannot be used is said at once, without the key', () => {
    expect(() => backendAt(server.url, { apiKey: `${key}\nX-Evil: 1` })).toThrow(/cannot be sent/);
    expect(() => backendAt(server.url, { apiKey: `${key}\nX-Evil: 1` })).not.toThrow(key);
    expect(() => backendAt(server.url, { authHeader: 'X API Key' })).toThrow(/name of a header/);
    expect(() => backendAt('ftp://host')).toThrow(/http or https/);
    expect(() => backendAt('http://user:secret@host')).toThrow(/must not hold/);
    expect(() => backendAt('http://user:secret@host')).not.toThrow(/secret/);
    expect(backendAt('http://127.0.0.1:8765///').server).toBe('http://127.0.0.1:8765');
  });
});

describe('a person who does not want to wait', () => {
  test('gets their own reason, for every method, before and while it is asked', async () => {
    server.override = () => true;
    const backend = backendAt(server.url);
    const calls = [
      (signal: AbortSignal) => backend.health(signal),
      (signal: AbortSignal) => backend.checkKey(signal),
      (signal: AbortSignal) => backend.submit(image, signal),
      (signal: AbortSignal) => backend.poll('abc00000', signal),
      (signal: AbortSignal) => backend.listTasks(signal),
      (signal: AbortSignal) => backend.stop('abc00000', signal),
      (signal: AbortSignal) => backend.download('/api/files/a.png', signal),
    ];
    for (const call of calls) {
      const reason = new Error('enough');
      await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason);
      const control = new AbortController();
      const before = server.requests.length;
      const work = call(control.signal);
      const outcome = expect(work).rejects.toBe(reason);
      while (server.requests.length === before) await systemClock.sleep(1);
      control.abort(reason);
      await outcome;
    }
  });
});

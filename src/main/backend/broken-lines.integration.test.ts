import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { BackendError, type GenerationRequest } from './backend.ts';
import { startRawServer } from './document-server.ts';
import { createGlabsBackend, type GlabsOptions } from './glabs.ts';

/** What a submit is told to be when the line breaks decides whether it is paid for twice (behaviour.md §7). */

const image: GenerationRequest = {
  kind: 'image',
  prompt: 'A cat',
  model: 'nano_banana_2',
  aspectRatio: '9:16',
  references: [],
};

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0)) await end();
});

function backendAt(server: string, more: Partial<GlabsOptions> = {}) {
  const options = { apiKey: null, authHeader: 'X-API-Key', healthPaths: ['/api/health'], clock: systemClock };
  const backend = createGlabsBackend({ server, ...options, ...more });
  cleanUp.unshift(() => backend.close());
  return backend;
}

async function rawServer(act: (socket: Socket, received: string) => void, when?: 'connected' | 'received') {
  const server = await startRawServer(act, when);
  cleanUp.push(() => server.close());
  return server;
}

async function rejection(work: Promise<unknown>): Promise<BackendError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof BackendError) return error;
  throw error ?? new Error('nothing was rejected');
}

describe('a submit that surely did not arrive', () => {
  test('refused', async () => {
    const server = await rawServer(() => undefined);
    await server.close();
    const error = await rejection(backendAt(server.url).submit(image));
    expect([error.kind, error.class, error.arrived]).toEqual(['unreachable', 'connection refused', 'no']);
  });

  test('a name that is not known', async () => {
    const error = await rejection(backendAt('http://no-such-host.invalid:8765').submit(image));
    expect([error.kind, error.arrived]).toEqual(['unreachable', 'no']);
  });

  test.each([
    ['closes', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['answers in the clear', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('the TLS handshake fails: the server %s', async (_what, act) => {
    const server = await rawServer(act);
    const error = await rejection(backendAt(server.url.replace('http:', 'https:')).submit(image));
    expect(error.arrived).toBe('no');
    expect(server.received.join('')).not.toContain('A cat');
  });

  test('the TLS handshake never ends', async () => {
    const server = await rawServer(() => undefined);
    const backend = backendAt(server.url.replace('http:', 'https:'), { connectTimeoutMs: 50 });
    const error = await rejection(backend.submit(image));
    expect([error.kind, error.arrived]).toEqual(['unreachable', 'no']);
  });
});

describe('a submit in doubt', () => {
  const answerStart =
    'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"task_id":"abc';
  test.each([
    [
      'reset after the request',
      (socket: Socket) => socket.resetAndDestroy(),
      'unreachable',
      'connection refused',
    ],
    ['closed after the request', (socket: Socket) => socket.end(), 'unreachable', 'connection refused'],
    [
      'half an answer, then closed',
      (socket: Socket) => socket.end(answerStart),
      'unreachable',
      'connection refused',
    ],
    [
      'half a status line',
      (socket: Socket) => socket.end('HTTP/1.1 20'),
      'unreachable',
      'connection refused',
    ],
    [
      'garbage',
      (socket: Socket) => socket.end('\x00\x01garbage\r\n\r\n'),
      'wrong-service',
      'connection refused',
    ],
    ['never an answer', () => undefined, 'no-answer', 'timeout'],
    ['half an answer, then silence', (socket: Socket) => socket.write(answerStart), 'no-answer', 'timeout'],
    [
      'a chunked answer without an end',
      (socket: Socket) =>
        socket.end('HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"tas\r\n'),
      'unreachable',
      'connection refused',
    ],
    [
      'a whole answer that is not JSON',
      (socket: Socket) => socket.end('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok'),
      'nonsense',
      'api_error',
    ],
    [
      'an empty answer',
      (socket: Socket) => socket.end('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n'),
      'nonsense',
      'api_error',
    ],
  ])('%s', async (_what, act, kind, errorClass) => {
    const server = await rawServer((socket) => act(socket));
    const error = await rejection(backendAt(server.url, { submitTimeoutMs: 200 }).submit(image));
    expect([error.kind, error.class, error.arrived]).toEqual([kind, errorClass, 'unknown']);
    expect(error.message).not.toMatch(/undefined|\bat .*:\d+:\d+/);
    // Sent once, whatever happened to the answer.
    expect(server.received.join('').match(/POST \/api\/image\/generate/g)).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await rawServer((socket) => socket.end());
    const server = await rawServer((socket) =>
      socket.end(
        `HTTP/1.1 307 Temporary Redirect\r\nLocation: ${elsewhere.url}/x\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    const error = await rejection(backendAt(server.url).submit(image));
    expect([error.kind, error.arrived]).toEqual(['wrong-service', 'no']);
    expect(elsewhere.received).toEqual([]);
  });

  test('an answer before the whole request was sent is heard', async () => {
    const body = '{"error":"Payload too large (max 52428800 bytes)"}';
    let answered = false;
    const server = await rawServer((socket) => {
      if (answered) return;
      answered = true;
      socket.write(
        `HTTP/1.1 413 Too Large\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    });
    const bytes = new Uint8Array(20 * 1024 * 1024);
    const references = [{ name: 'a.png', bytes, mediaType: 'image/png' as const }];
    const error = await rejection(backendAt(server.url).submit({ ...image, references }));
    expect([error.kind, error.class, error.arrived]).toEqual(['rejected', 'reference', 'no']);
  });
});

describe('a download', () => {
  const start = (announced: number) =>
    `HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: ${announced}\r\n\r\n`;

  test('that is short comes with the length that was announced', async () => {
    const server = await rawServer((socket) => socket.end(`${start(1000)}abc`));
    const file = await backendAt(server.url).download('/api/files/a.png');
    expect([Buffer.from(file.bytes).toString(), file.expectedBytes]).toEqual(['abc', 1000]);
  });

  test('that breaks off without an announced length is an outage', async () => {
    const server = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'),
    );
    expect((await rejection(backendAt(server.url).download('/api/files/a.png'))).kind).toBe('unreachable');
  });

  test('that stalls is given up', async () => {
    const server = await rawServer((socket) => socket.write(`${start(1000)}abc`));
    const backend = backendAt(server.url, { downloadIdleMs: 100 });
    expect((await rejection(backend.download('/api/files/a.png'))).kind).toBe('no-answer');
  });

  test('that is slow but alive may take longer than the limit for silence', async () => {
    const server = await rawServer((socket) => {
      socket.write(start(10));
      let sent = 0;
      const timer = setInterval(() => {
        socket.write('x');
        sent += 1;
        if (sent === 10) clearInterval(timer);
      }, 100);
      socket.on('close', () => clearInterval(timer));
    });
    const file = await backendAt(server.url, { downloadIdleMs: 700 }).download('/api/files/a.png');
    expect(file.bytes).toHaveLength(10);
  });

  test('of an address that leads in circles ends', async () => {
    const server = await rawServer((socket) =>
      socket.end(
        'HTTP/1.1 302 Found\r\nLocation: /api/files/a.png\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      ),
    );
    expect((await rejection(backendAt(server.url).download('/api/files/a.png'))).kind).toBe('nonsense');
    expect((await rejection(backendAt(server.url).download('file:///etc/passwd'))).kind).toBe('nonsense');
  });
});

describe('a look', () => {
  test('at a port that does not speak HTTP names that', async () => {
    const server = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'), 'connected');
    const error = await rejection(backendAt(server.url).health());
    expect(error.kind).toBe('wrong-service');
    expect(error.message).toContain('not in the language of HTTP');
  });

  test('that hangs is an outage without doubt', async () => {
    const server = await rawServer(() => undefined);
    const backend = backendAt(server.url, { requestTimeoutMs: 50 });
    // All at once, each heard from the start.
    const asked = [backend.poll('abc12345'), backend.listTasks(), backend.checkKey()].map(rejection);
    for (const error of await Promise.all(asked)) {
      expect([error.kind, error.arrived]).toEqual(['no-answer', 'no']);
    }
  });
});

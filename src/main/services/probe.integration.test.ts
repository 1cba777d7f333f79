import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createProbe } from './probe.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}
const web = (listener: RequestListener) => listen(createServer(listener));
const json =
  (status: number, body: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
const probe = (url: string, signal = new AbortController().signal) =>
  createProbe(() => performance.now())({ url, healthPaths: ['/api/health', '/health'] }, signal);

describe('a look at the port', () => {
  it('knows a G-Labs, and the built-in simulator by its own word', async () => {
    expect(await probe(await web(json(200, { status: 'ok', server: 'G-Labs Webhook' })))).toMatchObject({
      kind: 'up',
      demo: false,
    });
    expect(await probe(await web(json(200, { status: 'ok', simulator: true })))).toMatchObject({
      kind: 'up',
      demo: true,
    });
  });

  it('tries the next path after a 404 in JSON, and takes one that knows none as alive', async () => {
    const asked: string[] = [];
    const url = await web((request, response) => {
      asked.push(request.url ?? '');
      json(request.url === '/health' ? 200 : 404, { error: 'Not found' })(request, response);
    });
    expect(await probe(url)).toMatchObject({ kind: 'up', message: '/health answers.' });
    expect(asked).toEqual(['/api/health', '/health']);
    expect(await probe(await web(json(404, { error: 'Not found' })))).toMatchObject({
      kind: 'up',
      message: expect.stringContaining('knows none'),
    });
  });

  it.each<[string, RequestListener]>([
    ['a page', (_request, response) => response.end('<html></html>')],
    ['a 404 page', (_request, response) => response.writeHead(404).end('not here')],
    ['a redirect', (_request, response) => response.writeHead(302, { location: '/' }).end()],
    ['a refusal', json(403, { error: 'no' })],
    ['a fault', json(500, { error: 'no' })],
    ['a list', json(200, [1, 2])],
    ['far too much', (_request, response) => response.end('{"a":"'.padEnd(200_000, 'x'))],
  ])('takes %s for somebody else', async (_what, listener) => {
    expect(await probe(await web(listener))).toMatchObject({ kind: 'foreign' });
  });

  it('takes a program that speaks no HTTP for somebody else', async () => {
    const url = await listen(createTcpServer((socket: Socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
    expect(await probe(url)).toMatchObject({ kind: 'foreign' });
  });

  it('sees that nothing listens, and that a connection breaks off', async () => {
    const url = await web(json(200, {}));
    servers.pop()?.close();
    expect(await probe(url)).toMatchObject({
      kind: 'down',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await probe(await listen(createTcpServer((socket: Socket) => socket.destroy())))).toMatchObject({
      kind: 'silent',
    });
  });

  it('waits three seconds for a silent one, no longer, and ends at once when nobody wants to know any more', async () => {
    const sockets: Socket[] = [];
    const url = await listen(createTcpServer((socket: Socket) => sockets.push(socket)));
    const stop = new AbortController();
    const left = probe(url, stop.signal);
    stop.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(await probe(url)).toMatchObject({ kind: 'silent', message: 'No answer within 3 s.' });
    for (const socket of sockets) socket.destroy();
  });

  it('sends no key', async () => {
    const headers: string[] = [];
    const url = await web((request, response) => {
      headers.push(...Object.keys(request.headers));
      json(200, {})(request, response);
    });
    await probe(url);
    expect(headers).not.toContain('x-api-key');
    expect(headers).not.toContain('authorization');
  });
});

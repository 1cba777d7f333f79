import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createTunnelMetrics } from './tunnel-metrics.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const text =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
const { signal } = new AbortController();
const metrics = createTunnelMetrics(500);

it.each<[string, RequestListener, string]>([
  ['one connection', text(200, '{"status":200,"readyConnections":1,"connectorId":"x"}'), 'yes'],
  ['no connection', text(503, '{"status":503,"readyConnections":0,"connectorId":"x"}'), 'no'],
  ['a status that the body contradicts', text(200, '{"status":200,"readyConnections":0}'), 'no'],
  ['only a status', text(200, ''), 'yes'],
  ['silence', () => undefined, 'silent'],
  ['a cut connection', (request) => request.socket.destroy(), 'silent'],
])('%s is told', async (_what, answer, ready) => {
  expect(await metrics.ready(await serve(answer), signal)).toBe(ready);
});

it('a port on which nobody listens is silent', async () => {
  const port = await serve(text(200, ''));
  const [server] = servers;
  server?.close();
  if (server) await once(server, 'close');
  expect(await metrics.ready(port, signal)).toBe('silent');
});

it.each<[string, RequestListener, string | null]>([
  ['its name', text(200, '{"hostname":"a-b.trycloudflare.com"}'), 'a-b.trycloudflare.com'],
  ['none, as a named tunnel', text(404, '404 page not found'), null],
  ['none yet', text(200, '{"hostname":""}'), null],
])('the tunnel tells %s', async (_what, answer, hostname) => {
  expect(await metrics.hostname(await serve(answer), signal)).toBe(hostname);
});

it('who stops waiting is not answered', async () => {
  const stop = new AbortController();
  const asked = metrics.ready(await serve(() => stop.abort(new Error('no more'))), stop.signal);
  await expect(asked).rejects.toThrow('no more');
});

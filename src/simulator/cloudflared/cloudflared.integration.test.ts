import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  quickTunnelArgs,
  startCloudflared,
  startEdge,
  type TestCloudflared,
  type TestEdge,
} from './test-cloudflared.ts';

const toStop: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

async function edge(options?: { speed?: number }): Promise<TestEdge> {
  const started = await startEdge(options);
  toStop.push(started.stop);
  return started;
}

function cloudflared(args: readonly string[], env: Record<string, string>): TestCloudflared {
  const started = startCloudflared(args, env);
  toStop.push(started.stop);
  return started;
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** An origin that answers with what it was asked. */
async function origin(): Promise<{ url: string; server: Server; stop: () => Promise<unknown> }> {
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const told = {
      method: request.method,
      path: request.url,
      headers: request.headers,
      body: hash(Buffer.concat(chunks)),
    };
    response.writeHead(201, 'Made', { 'content-type': 'application/json', 'x-twice': ['a', 'b'] });
    response.end(JSON.stringify(told));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const stop = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  toStop.push(stop);
  return { url: `http://127.0.0.1:${address.port}`, server, stop };
}

describe('a quick tunnel', () => {
  it('brings requests from its public name to the origin and the answers back, byte for byte', async () => {
    const { url } = await origin();
    const out = await edge();
    const tunnel = cloudflared(quickTunnelArgs(url), out.env());
    const host = await tunnel.host();
    await tunnel.said(/Registered tunnel connection .*location=lhr01 protocol=http2/);
    const body = randomBytes(300_000);
    const answer = await out.ask(host, '/api/x?y=1', { method: 'POST', body, headers: { 'x-api-key': 'k' } });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-twice']).toBe('a, b');
    const told = JSON.parse(answer.body.toString());
    expect(told).toMatchObject({ method: 'POST', path: '/api/x?y=1', body: hash(body) });
    expect(told.headers).toMatchObject({ host, 'x-api-key': 'k', 'x-forwarded-proto': 'https' });
    expect(tunnel.output.text).toBe('');
  });
});

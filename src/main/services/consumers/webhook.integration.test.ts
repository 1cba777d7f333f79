import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { FlowdeckError } from '../../../shared/failure.ts';
import { createWebhook } from './webhook.ts';

const address = {
  url: 'https://one-otter.trycloudflare.com',
  revision: 7,
  verifiedAt: '2026-11-21T10:00:00.000Z',
};
const secret = 'T0K-very-secret';
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

async function hook(
  answer: (response: ServerResponse, request: IncomingMessage, nth: number) => void,
  options: { user?: string; limitMs?: number } = {},
) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await text(request) });
    answer(response, request, seen.length);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { user = '', limitMs } = options;
  const consumer = createWebhook('w', `http://${user}127.0.0.1:${port}/hooks/${secret}?key=${secret}`, {
    fetch,
    ...(limitMs === undefined ? {} : { limitMs }),
  });
  return { consumer, seen, server, host: `127.0.0.1:${port}` };
}

/** The failure, after a look that nothing of it tells the address of the webhook. */
async function failureOf(told: Promise<unknown>) {
  const error = await told.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FlowdeckError)) throw new Error(`not refused: ${error}`);
  expect(JSON.stringify(error.failure) + error.stack + String(error.cause)).not.toContain(secret);
  return error.failure;
}

const signal = new AbortController().signal;
const tell = (consumer: ReturnType<typeof createWebhook>) => consumer.tell(() => address, signal);

describe('a webhook', () => {
  it('gets the address and its revision by POST, and confirms with any 2xx', async () => {
    const { consumer, seen, host } = await hook((response) => response.writeHead(204).end());
    expect(await tell(consumer)).toEqual(address);
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: `/hooks/${secret}?key=${secret}`,
        headers: { 'content-type': 'application/json' },
        body: '{"url":"https://one-otter.trycloudflare.com","revision":7}',
      },
    ]);
    expect(consumer.target).toBe(host);
  });

  it('that answers with an error has not confirmed, and may the next time', async () => {
    const { consumer } = await hook((response, _request, nth) =>
      response.writeHead(nth === 1 ? 500 : 200).end('a body that nobody reads'),
    );
    expect(await failureOf(tell(consumer))).toMatchObject({ message: 'The webhook answers 500.' });
    expect(await tell(consumer)).toEqual(address);
  });

  it('that sends us elsewhere is not followed', async () => {
    const { consumer, seen } = await hook((response) =>
      response.writeHead(307, { location: `/other?${secret}` }).end(),
    );
    expect((await failureOf(tell(consumer))).message).toBe('The webhook sends us elsewhere (307).');
    expect(seen).toHaveLength(1);
  });

  it('that does not answer is given up', async () => {
    const { consumer } = await hook(() => undefined, { limitMs: 100 });
    expect((await failureOf(tell(consumer))).message).toBe('The webhook gave no answer within 0.1 s.');
  });

  it('that cuts the connection has not confirmed', async () => {
    const { consumer } = await hook((_response, request) => request.socket.destroy());
    expect((await failureOf(tell(consumer))).message).toMatch(/^The webhook cannot be reached/);
  });

  it('that is not there says what to do', async () => {
    const { consumer, server } = await hook(() => undefined);
    server.close();
    await once(server, 'close');
    expect(await failureOf(tell(consumer))).toMatchObject({
      message: 'The webhook cannot be reached (ECONNREFUSED).',
      cure: expect.stringContaining('Start the service'),
    });
  });

  it('with a name and a password in its address gets them in a header', async () => {
    const { consumer, seen } = await hook((response) => response.end(), { user: `me:${secret}%21@` });
    await tell(consumer);
    const sent = Buffer.from(`me:${secret}!`).toString('base64');
    expect(seen[0]?.headers.authorization).toBe(`Basic ${sent}`);
    expect(consumer.target).not.toContain(secret);
  });

  it('under way ends with its signal', async () => {
    const ending = new AbortController();
    const { consumer } = await hook(() => ending.abort());
    await expect(consumer.tell(() => address, ending.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

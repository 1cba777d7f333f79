import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createPublicProbe, type PublicTarget, readAnswer } from './public-probe.ts';
import { createFreshNames, type FreshNames } from './tunnel-names.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const socket of sockets.splice(0)) socket.close();
});

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A name server of its own: knows the names given, and says of all others that they are not there. */
async function nameServer(known: Record<string, string>): Promise<{ at: string; asked: string[] }> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const { name, end } = readName(query);
    const wantsV4 = query.readUInt16BE(end) === 1;
    asked.push(name);
    const address = known[name];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(address !== undefined && wantsV4 ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    const question = query.subarray(12, end + 4);
    const record =
      address === undefined || !wantsV4
        ? Buffer.alloc(0)
        : Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]);
    socket.send(Buffer.concat([head, question, record]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { at: `127.0.0.1:${socket.address().port}`, asked };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}

const dead = 'http://127.0.0.1:9/dns-query';
const namesOf = (server: string, https = dead): FreshNames =>
  createFreshNames({ fetch, through: { servers: [server], https } });
const never: FreshNames = {
  find: () => Promise.reject(new Error('no name was to be looked up')),
  missedHere: () => Promise.reject(new Error('no name was to be looked up')),
};
const look = (target: Partial<PublicTarget>, names = never, timeLimitMs = 8000) =>
  createPublicProbe({ names, now: () => performance.now(), timeLimitMs })(
    {
      url: 'https://a-b.trycloudflare.com',
      probeOrigin: null,
      healthPaths: ['/api/health', '/health'],
      ...target,
    },
    new AbortController().signal,
  );

describe('through tunnel.probeOrigin', () => {
  it('asks there under the public name, without the key and without a resolver', async () => {
    const seen: { host: string | undefined; url: string | undefined; key: unknown }[] = [];
    const port = await serve((request, response) => {
      seen.push({ host: request.headers.host, url: request.url, key: request.headers['x-api-key'] });
      response.end('{"status":"ok"}');
    });
    expect(await look({ probeOrigin: `http://127.0.0.1:${port}` })).toMatchObject({
      answer: { kind: 'answer', status: 200, json: true, path: '/api/health' },
      cachedMiss: false,
    });
    expect(seen).toEqual([{ host: 'a-b.trycloudflare.com', url: '/api/health', key: undefined }]);
  });

  it('goes on to the next path where G-Labs does not have the first', async () => {
    const port = await serve((request, response) => {
      response.writeHead(request.url === '/health' ? 200 : 404).end('{"error":"Not found"}');
    });
    const { answer } = await look({ probeOrigin: `http://127.0.0.1:${port}` });
    expect(answer).toMatchObject({ status: 200, path: '/health' });
  });

  it.each<[string, RequestListener, object]>([
    ['a plain 404', (_request, response) => response.writeHead(404).end(), { status: 404, json: false }],
    [
      'a cut connection',
      (request) => request.socket.destroy(),
      { kind: 'no-answer', message: expect.stringContaining('broke off') },
    ],
    ['silence', () => undefined, { kind: 'no-answer', message: 'No answer in time.' }],
    [
      'an endless body',
      (_request, response) => {
        const more = () => response.write('x'.repeat(8192), () => response.destroyed || more());
        more();
      },
      { status: 200, json: false },
    ],
  ])('%s', async (_what, answer, expected) => {
    const port = await serve(answer);
    expect((await look({ probeOrigin: `http://127.0.0.1:${port}` }, never, 700)).answer).toMatchObject(
      expected,
    );
  });
});

describe('by the public name', () => {
  it('is found past the memory of this computer', async () => {
    const port = await serve((request, response) =>
      response.end(JSON.stringify({ host: request.headers.host })),
    );
    const dns = await nameServer({ 'brave-otter.invalid': '127.0.0.1' });
    const seen = await look({ url: `http://brave-otter.invalid:${port}` }, namesOf(dns.at));
    expect(seen.answer).toMatchObject({ kind: 'answer', status: 200, json: true });
    expect(dns.asked).toContain('brave-otter.invalid');
  });

  it('tells when this computer remembers that there is no such name', async () => {
    const port = await serve((_request, response) => response.end('{"status":"ok"}'));
    for (const missed of [true, false]) {
      const names: FreshNames = { find: async () => '127.0.0.1', missedHere: async () => missed };
      const seen = await look({ url: `http://brave-otter.invalid:${port}` }, names);
      expect(seen).toMatchObject({ answer: { status: 200 }, cachedMiss: missed });
    }
    expect(await namesOf('127.0.0.1:9').missedHere('localhost', AbortSignal.timeout(5000))).toBe(false);
  });

  it('that is not known is no name, and nobody is asked for more', async () => {
    const dns = await nameServer({});
    expect((await look({ url: 'http://brave-otter.invalid' }, namesOf(dns.at))).answer.kind).toBe('no-name');
    expect(new Set(dns.asked)).toEqual(new Set(['brave-otter.invalid']));
  });

  it('is asked over HTTPS where port 53 is closed', async () => {
    const port = await serve((_request, response) => response.end('{"status":"ok"}'));
    const doh = await serve((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      const known = searchParams.get('name') === 'brave-otter.invalid';
      response.setHeader('content-type', 'application/dns-json');
      response.end(
        JSON.stringify(
          known
            ? {
                Status: 0,
                Answer: [
                  { type: 5, data: 'x.' },
                  { type: 1, data: '127.0.0.1' },
                ],
              }
            : { Status: 3 },
        ),
      );
    });
    const names = namesOf('127.0.0.1:9', `http://127.0.0.1:${doh}/dns-query`);
    expect((await look({ url: `http://brave-otter.invalid:${port}` }, names)).answer).toMatchObject({
      status: 200,
    });
    expect((await look({ url: `http://other.invalid:${port}` }, names)).answer.kind).toBe('no-name');
  });

  it('is left to this computer where nobody else can be asked', async () => {
    expect(await namesOf('127.0.0.1:9').find('x.invalid', AbortSignal.timeout(9000))).toBe('cannot-ask');
    const port = await serve((_request, response) => response.end('{"status":"ok"}'));
    expect((await look({ url: `http://127.0.0.1:${port}` })).answer).toMatchObject({ status: 200 });
  });
});

describe('what an answer is', () => {
  it.each([
    ['{"status":"ok"}', 200, true, false],
    ['[]', 200, false, false],
    ['<html>', 200, false, false],
    ['{"title":"Error 1033","error_code":1033,"status":530}', 530, false, true],
    ['<h2>error code: 1033</h2>', 530, false, true],
    ['{"error_code":502,"status":502}', 502, false, false],
  ])('%s with %i', (body, status, json, noConnector) => {
    expect(readAnswer({ status, body })).toEqual({ status, json, noConnector });
  });
});

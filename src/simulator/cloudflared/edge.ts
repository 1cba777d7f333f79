import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { created, json, noConnector, notCreated, tooSlow } from './edge-answers.ts';
import { type EdgeBook, type EdgeConnection, type EdgeOptions, edgeBook } from './edge-book.ts';
import { type Connect, EDGE_ROOT, type EdgeLine, readFields } from './edge-protocol.ts';
import { forward, passed } from './forward.ts';
import { readScenarios, times } from './scenarios.ts';

export interface Edge {
  port: number;
  close(): Promise<void>;
}

/**
 * Cloudflare, as far as a tunnel sees it: makes quick tunnels, holds connections of processes, and answers the public.
 * Requests go by their `Host`: names of tunnels to their process, all else is the edge's own (`/tunnel`, `/_edge/…`).
 * Listens on 127.0.0.1; rejects when the port is taken.
 */
export async function startEdge(port: number, options: EdgeOptions): Promise<Edge> {
  const book = edgeBook(options, {
    now: () => performance.now(),
    after: (ms, what) => setTimeout(what, ms).unref(),
  });
  const server = createServer((request, response) => {
    answer(book, options.speed, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else json(response, 400, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  // A registration lasts as long as its tunnel.
  server.requestTimeout = 0;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the edge has no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  book: EdgeBook,
  speed: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const ours = /^(127\.0\.0\.1|localhost|api\.trycloudflare\.com)$/.test(host);
  if (ours && !book.has(host)) return own(book, request, response);
  const met = book.meet(host);
  // There is no answer from a name that cannot be found; to somebody who came here instead, the connection breaks.
  if (met.meets === 'unfindable') request.socket.destroy();
  else if (met.meets === 'no-connector') noConnector(request, response, host);
  else publicRequest(request, response, { host, port: met.proxyPort, speed });
}

function publicRequest(
  request: IncomingMessage,
  response: ServerResponse,
  to: { host: string; port: number; speed: number },
): void {
  const caller = request.socket.remoteAddress ?? '127.0.0.1';
  const added = ['Cf-Connecting-Ip', caller, 'X-Forwarded-For', caller, 'X-Forwarded-Proto', 'https'];
  const headers = [...passed(request.rawHeaders), ...added];
  const firstByteMs = times.firstByte / to.speed;
  forward(request, response, { host: '127.0.0.1', port: to.port, headers, firstByteMs }, (error) => {
    if (error.message === 'no answer in time') tooSlow(response, to.host);
    else noConnector(request, response, to.host);
  });
}

/** The edge's own addresses: the quick-tunnel service, the connections of processes, and looking in for tests. */
async function own(book: EdgeBook, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url}`;
  const body = await wholeBody(request);
  const fields = readFields(body);
  const scenario = fields.text('scenario') ?? 'ok';
  switch (route) {
    case 'POST /tunnel': {
      const wanted = String(request.headers['x-scenario'] ?? 'ok');
      const tunnel = book.create(wanted);
      if (tunnel !== null) return created(response, tunnel);
      const playing = readScenarios(wanted);
      const why = (['429', '500-html', 'success-false'] as const).find((name) => playing.has(name));
      return notCreated(response, why ?? '429');
    }
    case `POST ${EDGE_ROOT}/start`:
      return json(response, 200, { scenario: book.start(scenario) });
    case `POST ${EDGE_ROOT}/connections`:
      return hold(book, response, readConnect(fields));
    case `GET ${EDGE_ROOT}/state`:
      return json(response, 200, book.state());
    case `POST ${EDGE_ROOT}/scenario`: {
      const host = fields.text('host');
      if (host === null) {
        book.queue(scenario, fields.number('next') ?? 1);
        return json(response, 200, { queued: scenario });
      }
      const problem = book.play(host, scenario, fields.number('ms'));
      return problem === null
        ? json(response, 200, { host, scenario })
        : json(response, 409, { error: problem });
    }
    default:
      return json(response, 404, { error: 'Not found' });
  }
}

/** Takes a connection and keeps it until one side ends it; a refused one is told why and ends at once. */
function hold(book: EdgeBook, response: ServerResponse, connect: Connect): void {
  const write = (line: EdgeLine): void => {
    response.write(`${JSON.stringify(line)}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const taken = book.connect(connect, (id): EdgeConnection => {
    const connection: EdgeConnection = {
      id,
      connect,
      send: write,
      close: () => {
        book.disconnected(connection);
        response.end();
      },
    };
    response.on('close', () => book.disconnected(connection));
    return connection;
  });
  if (typeof taken === 'string') response.end(`${JSON.stringify({ type: taken })}\n`);
  // It was gone before it was taken: its `close` has been and does not come again.
  else if (response.closed) book.disconnected(taken);
  else write({ type: 'registered', connection: taken.id, location: 'lhr01' });
}

function readConnect(fields: ReturnType<typeof readFields>): Connect {
  const [tunnelId, connectorId] = [fields.text('tunnelId'), fields.text('connectorId')];
  const [proxyPort, pid] = [fields.number('proxyPort'), fields.number('pid')];
  if (tunnelId === null || connectorId === null || proxyPort === null || pid === null) {
    throw new Error('A connection needs tunnelId, connectorId, proxyPort and pid.');
  }
  return {
    ...{ tunnelId, connectorId, proxyPort, pid },
    connIndex: fields.number('connIndex') ?? 0,
    protocol: fields.text('protocol') ?? 'http2',
    scenario: fields.text('scenario') ?? 'ok',
    hostname: fields.text('hostname'),
  };
}

async function wholeBody(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return text;
}

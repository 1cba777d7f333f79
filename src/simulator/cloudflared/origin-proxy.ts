import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type IngressRule, serviceFor } from './config-file.ts';
import { forward, passed } from './forward.ts';
import type { Entry } from './log.ts';
import { originFailed, unreachable } from './messages.ts';

export interface OriginProxy {
  /** On 127.0.0.1; only the edge is told. */
  port: number;
  requests(): { total: number; failed: number };
  close(): void;
}

/** Tells the edge that an answer was made by cloudflared itself and not by the origin. */
const made = ['Cf-Cloudflared-Response-Meta', '{"src":"cloudflared"}'];

/** The part of cloudflared that takes the tunnel's requests and brings them to the service of their rule. */
export async function startOriginProxy(
  rules: () => readonly IngressRule[],
  log: (entry: Entry) => void,
): Promise<OriginProxy> {
  const count = { total: 0, failed: 0 };
  const server = createServer((request, response) => {
    count.total += 1;
    const found = serviceFor(rules(), (request.headers.host ?? '').replace(/:\d+$/, ''));
    // Without any rule the real one answers 503; after the last one that matches nothing, 404.
    const { service, rule } = found ?? {
      service: rules().length === 0 ? 'http_status:503' : 'http_status:404',
      rule: 0,
    };
    const status = /^http_status:(\d{3})$/.exec(service);
    if (status !== null) {
      request.resume();
      response.sendDate = false;
      response.writeHead(Number(status[1]), ['Content-Length', '0']).end();
      return;
    }
    const event = count.total;
    toOrigin(request, response, service, (problem) => {
      count.failed += 1;
      for (const entry of originFailed(problem, { event, rule, service })) log(entry);
    });
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port');
  return {
    port: bound.port,
    requests: () => ({ ...count }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function toOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  service: string,
  failed: (problem: string) => void,
): void {
  const { hostname, port, protocol } = new URL(service);
  const target = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  const headers = passed(request.rawHeaders);
  forward(request, response, { ...target, headers, firstByteMs: null }, (error) => {
    failed(unreachable(inGo(error, `${target.host}:${target.port}`)));
    const body =
      'Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared\n';
    response.writeHead(502, [
      ...made,
      'Content-Type',
      'text/plain; charset=utf-8',
      'Content-Length',
      String(body.length),
    ]);
    response.end(body);
  });
}

/** The system's error in the words of Go, which the log has. */
function inGo(error: Error, place: string): string {
  const code = 'code' in error ? error.code : '';
  if (code === 'ECONNREFUSED') return `dial tcp ${place}: connect: connection refused`;
  if (code === 'ECONNRESET') return 'EOF';
  return error.message;
}

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

export interface MetricsFacts {
  connectorId: string;
  /** Host of the quick tunnel; empty for a named one. */
  host: string;
  version: string;
  readyConnections(): number;
  requests(): { total: number; failed: number };
}

export interface MetricsServer {
  /** `127.0.0.1:46643` */
  address: string;
  close(): Promise<void>;
}

/** Ports that are tried when none was asked for; then any. */
const usualPorts = [20241, 20242, 20243, 20244, 20245, 0];

/**
 * The server that says how the tunnel is (B5 of the reference). `wanted` is `HOST:PORT`, null takes the first free of
 * the usual ports. `taken`: somebody else has the wanted port.
 */
export async function startMetrics(
  wanted: string | null,
  facts: MetricsFacts,
): Promise<MetricsServer | 'taken'> {
  const server = createServer((request, response) => {
    const { status, body } = answerTo(request.url ?? '/', facts);
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(body);
  });
  const places =
    wanted === null ? usualPorts.map((port) => ({ host: '127.0.0.1', port })) : [readPlace(wanted)];
  for (const place of places) if (await listens(server, place)) break;
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return 'taken';
  return {
    address: `${bound.address.includes(':') ? `[${bound.address}]` : bound.address}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listens(server: Server, place: { host: string; port: number }): Promise<boolean> {
  server.listen(place.port, place.host);
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  }
}

function readPlace(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(colon, 0)).replace(/^\[|\]$/g, '');
  return {
    host: host === '' ? '0.0.0.0' : host === 'localhost' ? '127.0.0.1' : host,
    port: Number(text.slice(colon + 1)),
  };
}

function answerTo(path: string, facts: MetricsFacts): { status: number; body: string } {
  const ready = facts.readyConnections();
  switch (path) {
    case '/ready': {
      const status = ready > 0 ? 200 : 503;
      const { connectorId } = facts;
      return { status, body: JSON.stringify({ status, readyConnections: ready, connectorId }) };
    }
    case '/quicktunnel':
      return { status: 200, body: JSON.stringify({ hostname: facts.host }) };
    case '/healthcheck':
      return { status: 200, body: 'OK\n' };
    case '/metrics':
      return { status: 200, body: metrics(facts, ready) };
    default:
      return { status: 404, body: '404 page not found\n' };
  }
}

function metrics(facts: MetricsFacts, ready: number): string {
  const { total, failed } = facts.requests();
  const lines = [
    `build_info{goversion="go1.26.10",revision="2026-08-14-12:17 UTC",type="",version="${facts.version}"} 1`,
    `cloudflared_tunnel_ha_connections ${ready}`,
    `cloudflared_tunnel_request_errors ${failed}`,
    `cloudflared_tunnel_total_requests ${total}`,
  ];
  if (facts.host !== '') {
    lines.push(`cloudflared_tunnel_user_hostnames_counts{userHostname="https://${facts.host}"} 1`);
  }
  return `${lines.join('\n')}\n`;
}

import { request } from 'node:http';
import { z } from 'zod';
import type { Ready } from './tunnel-verdict.ts';

/** What cloudflared's metrics server tells (cloudflared.md B5). */
export interface TunnelMetrics {
  ready(port: number, signal: AbortSignal): Promise<Ready>;
  /** Host name of a quick tunnel; null: it does not tell, as older ones and named tunnels do not. */
  hostname(port: number, signal: AbortSignal): Promise<string | null>;
}

const ReadyAnswer = z.object({ readyConnections: z.number() });
const HostnameAnswer = z.object({ hostname: z.string().min(1) });
const bodyLimit = 16 * 1024;

export function createTunnelMetrics(timeLimitMs = 2000): TunnelMetrics {
  const ask = (port: number, path: string, signal: AbortSignal) =>
    askLocal(`http://127.0.0.1:${port}${path}`, AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]));
  return {
    ready: async (port, signal) => {
      const answer = await ask(port, '/ready', signal);
      signal.throwIfAborted();
      if (answer === null) return 'silent';
      const told = ReadyAnswer.safeParse(answer.json).data;
      // Very old ones tell only by the status.
      return answer.status === 200 && (told?.readyConnections ?? 1) > 0 ? 'yes' : 'no';
    },
    hostname: async (port, signal) => {
      const answer = await ask(port, '/quicktunnel', signal);
      signal.throwIfAborted();
      return answer?.status === 200 ? (HostnameAnswer.safeParse(answer.json).data?.hostname ?? null) : null;
    },
  };
}

/** Null: no answer. Its content type says text: what is JSON is seen from the body. */
function askLocal(url: string, signal: AbortSignal): Promise<{ status: number; json: unknown } | null> {
  return new Promise((resolve) => {
    const sent = request(url, { agent: false, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length > bodyLimit) response.destroy();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: parse(body) }));
      response.on('close', () => resolve(null));
      response.on('error', () => resolve(null));
    });
    sent.on('error', () => resolve(null));
    sent.end();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

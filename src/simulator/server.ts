import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { fail } from '../shared/failure.ts';
import { answerAdmin } from './admin.ts';
import { answerApi } from './api.ts';
import { createClipMaker } from './clip.ts';
import { createDesk } from './desk.ts';
import { createResultFiles } from './files.ts';
import { type Answer, refuse, send, sendOptions } from './http.ts';
import { SimulatorOptions, type SimulatorSettings } from './options.ts';

export interface RunningSimulator {
  /** `http://127.0.0.1:8765`, without a trailing slash. */
  url: string;
  port: number;
  seed: number;
  /** Cuts every connection, ends the encoder. */
  close(): Promise<void>;
}

/** What a test may replace. */
export interface SimulatorSurroundings {
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** The file that the encoder's thread runs, see `createClipMaker`. */
  entry?: URL;
}

/**
 * Starts a G-Labs that speaks the real wire format (glabs-api.md) and makes pictures and clips of its own.
 * Rejects with a FlowdeckError `usage` when the address cannot be had.
 */
export async function startSimulator(
  settings: SimulatorSettings,
  surroundings: SimulatorSurroundings = {},
): Promise<RunningSimulator> {
  const options = SimulatorOptions.parse(settings);
  const now = surroundings.now ?? Date.now;
  const seed = options.seed ?? randomInt(1, 100_000);
  const clips = createClipMaker(surroundings.entry ?? new URL('./main.ts', import.meta.url));
  const files = await createResultFiles({ seed, tiny: options.tiny, clips });
  const desk = createDesk(options, seed, files, now);

  let origin = '';
  let port = options.port;
  let closing = false;
  let reopening: NodeJS.Timeout | undefined;

  const server = createServer((request, response) => {
    desk.tally.requests += 1;
    request.on('error', () => response.destroy());
    if (request.method === 'OPTIONS') return sendOptions(response);
    answer(request, response).then(
      (given) => send(request, response, given),
      (error: unknown) => {
        if (request.destroyed && !request.complete) return;
        console.error(`The simulator could not answer ${request.method} ${request.url}: ${String(error)}`);
        send(request, response, refuse(500, 'Internal server error'));
      },
    );
  });

  function answer(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const path = (request.url ?? '/').split('?', 1)[0]?.replace(/\/+$/, '') ?? '';
    if (path !== '/sim' && !path.startsWith('/sim/')) return answerApi(desk, request, path, origin);
    return answerAdmin(desk, request, path, (downMs) => response.once('close', () => outage(downMs)));
  }

  /** Cuts every connection and, for a while, answers nobody: what clients see of a restart. */
  function outage(downMs: number): void {
    if (closing) return;
    if (downMs > 0) {
      server.close();
      reopening = setTimeout(() => {
        listen(server, port, options.host).catch((error: unknown) => console.error(String(error)));
      }, downMs);
    }
    server.closeAllConnections();
  }

  // Clients poll every few seconds: a connection must not be closed just when they use it again.
  server.keepAliveTimeout = 75_000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => answerBroken(error, socket));

  try {
    port = await listen(server, options.port, options.host);
  } catch (error) {
    await clips.close();
    throw error;
  }
  const name = options.host === '0.0.0.0' || options.host === '::' ? '127.0.0.1' : options.host;
  origin = `http://${name.includes(':') ? `[${name}]` : name}:${port}`;

  return {
    url: origin,
    port,
    seed,
    async close() {
      closing = true;
      clearTimeout(reopening);
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      await Promise.all([closed, clips.close()]);
    },
  };
}

/** What does not even parse as HTTP gets an answer of G-Labs all the same. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const text = error.code === 'HPE_INVALID_CONTENT_LENGTH' ? 'Invalid Content-Length' : 'Bad request';
  const body = JSON.stringify({ error: text });
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        fail('usage', taken ? `Port ${port} is taken.` : `${host}:${port} cannot be bound (${error.code}).`, {
          where: `${host}:${port}`,
          cure: taken
            ? 'Choose another one with --port, or 0 for a free one.'
            : 'Choose another --host or --port.',
          cause: error,
        }),
      );
    };
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

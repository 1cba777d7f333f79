import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { WIRE_PATH } from '../../shared/wire.ts';
import type { WireServer } from '../app/wire-server.ts';
import { type Access, isOurHost, isOwnOrigin } from './access.ts';

interface SocketParts {
  access: Access;
  wire: WireServer;
  ownName: string;
}

/** The largest frame a page may send: more than any question of the contract needs. */
const LARGEST_FRAME = 1 << 20;
const PING_MS = 30_000;

/** Takes WebSockets at the wire's path from our own pages, and notices the ones that vanished without a word. */
export function takeSockets(server: Server, parts: SocketParts): { end(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME,
    perMessageDeflate: false,
  });
  const answered = new WeakSet<WebSocket>();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refused = refusal(request, parts);
    if (refused !== null) {
      socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => serve(opened));
  });

  const serve = (socket: WebSocket) => {
    answered.add(socket);
    const end = parts.wire.join({ send: (text) => socket.send(text), hangUp: () => socket.close(1002) });
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) socket.close(1003);
      else end.onFrame(data.toString());
    });
    socket.on('pong', () => answered.add(socket));
    // `close` follows every error and does what is to be done.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => end.onClose());
  };

  const pinging = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!answered.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_MS);
  pinging.unref();

  return {
    end() {
      clearInterval(pinging);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

/** Why an upgrade is refused, as a status line; null when it is not. */
function refusal(request: IncomingMessage, { access, ownName }: SocketParts): string | null {
  const { host = null, origin = null, cookie = null } = request.headers;
  if (!isOurHost(host, ownName)) return '421 Misdirected Request';
  if (request.url !== WIRE_PATH) return '404 Not Found';
  if (!access.isSession(cookie)) return '401 Unauthorized';
  if (!isOwnOrigin(origin, host)) return '403 Forbidden';
  return null;
}

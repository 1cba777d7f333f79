import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';

/**
 * For tests: a G-Labs written by its document (glabs-api.md A3-A8) and by nothing else, so that the client and the
 * simulator are not only held against each other.
 */
export interface DocumentServer {
  url: string;
  /** Every request as it came, in order. */
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  tasks: Map<string, Record<string, unknown>>;
  files: Map<string, Buffer>;
  /** Answers in place of the document, per path; returning false lets the document answer. */
  override: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Connections that were made so far. */
  connections: () => number;
  close(): Promise<void>;
}

/** @param key null: any request is let in */
export async function startDocumentServer(key: string | null): Promise<DocumentServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const path = (request.url ?? '/').replace(/\/$/, '');
      self.requests.push({ method: request.method ?? '', path, headers: request.headers, body });
      if (!self.override(request, response))
        answer(request.method ?? '', path, request.headers, body, response);
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => sockets.delete(socket));
  });

  const self: DocumentServer = {
    url: '',
    requests: [],
    tasks: new Map(),
    files: new Map(),
    override: () => false,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function answer(
    method: string,
    path: string,
    headers: IncomingMessage['headers'],
    body: string,
    response: ServerResponse,
  ): unknown {
    const send = (status: number, json: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(json));
    };
    if (method === 'GET' && path === '/api/health') {
      const status = { status: 'ok', server: 'G-Labs Webhook', uptime: 123 };
      return send(200, { ...status, tasks_pending: 0, tasks_running: self.tasks.size });
    }
    const [, name] = /^\/api\/files\/([^/?]+)$/.exec(path) ?? [];
    if (method === 'GET' && name !== undefined) {
      const bytes = self.files.get(decodeURIComponent(name));
      if (bytes === undefined) return send(404, { error: `File not found: ${name}` });
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': bytes.length });
      return response.end(bytes);
    }
    if (key !== null && headers['x-api-key'] !== key)
      return send(401, { error: 'Invalid or missing API key' });
    if (method === 'POST' && (path === '/api/image/generate' || path === '/api/video/generate')) {
      if (body === '') return send(400, { error: 'Empty body' });
      const id = (0xabc00000 + self.tasks.size).toString(16);
      const { prompt } = JSON.parse(body) as { prompt: string };
      const type = path.includes('image') ? 'image' : 'video';
      self.tasks.set(id, { task_id: id, type, status: 'pending', prompt, created_at: 1707782400.5 });
      const message = 'Task queued for processing';
      return send(202, { task_id: id, status: 'pending', message, poll_url: `/api/status/${id}` });
    }
    const [, asked] = /^\/api\/status\/([^/?]+)$/.exec(path) ?? [];
    if (method === 'GET' && asked !== undefined) {
      const task = self.tasks.get(asked);
      return task === undefined ? send(404, { error: `Task ${asked} not found` }) : send(200, task);
    }
    if (method === 'GET' && path === '/api/tasks') {
      const short = (prompt: string) => (prompt.length > 50 ? `${prompt.slice(0, 50)}...` : prompt);
      const tasks = [...self.tasks.values()].reverse().slice(0, 50);
      return send(200, { tasks: tasks.map((task) => ({ ...task, prompt: short(String(task.prompt)) })) });
    }
    const [, stopped] = /^\/api\/stop\/([^/?]+)$/.exec(path) ?? [];
    if (method === 'POST' && stopped !== undefined) {
      const known = self.tasks.get(stopped);
      if (known)
        self.tasks.set(stopped, { ...known, status: 'failed', error_code: 499, error: 'STOPPED_BY_CLIENT' });
      return send(200, {
        stopped: known ? [stopped] : [],
        skipped: known ? [] : [stopped],
        count: known ? 1 : 0,
      });
    }
    return send(404, { error: 'Not found' });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return self;
}

/** For tests: a bare TCP server that does to each connection what it is told, after the first bytes have come. */
export async function startRawServer(
  act: (socket: Socket, received: string) => unknown,
  when: 'connected' | 'received' = 'received',
): Promise<{ url: string; received: string[]; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The other side hanging up is part of these tests.
    socket.on('error', () => sockets.delete(socket));
    if (when === 'connected') act(socket, '');
    else
      socket.on('data', (chunk) => {
        received.push(chunk.toString('latin1'));
        act(socket, chunk.toString('latin1'));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

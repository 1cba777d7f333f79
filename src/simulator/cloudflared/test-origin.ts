import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface TestOrigin {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** For tests only: what a tunnel leads to. Without `answer` it tells what it was asked, as JSON, with 201. */
export async function startOrigin(
  options: { port?: number; answer?: (request: IncomingMessage, response: ServerResponse) => void } = {},
): Promise<TestOrigin> {
  const { port = 0, answer = tell } = options;
  const server = createServer(answer);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the origin has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    async stop() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function tell(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  response.writeHead(201, 'Made', { 'content-type': 'application/json', 'x-twice': ['a', 'b'] });
  response.end(
    JSON.stringify({
      method: request.method,
      path: request.url,
      headers: request.headers,
      body: hash(Buffer.concat(chunks)),
    }),
  );
}

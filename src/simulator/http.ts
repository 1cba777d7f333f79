import type { IncomingMessage, ServerResponse } from 'node:http';

/** What could be read, or what the one who sent it is told. */
export type Read<T> = { ok: true; value: T } | { ok: false; answer: Answer };

/** What a request is answered with. */
export type Answer =
  | { kind: 'json'; status: number; body: unknown }
  | { kind: 'bytes'; status: number; type: string; bytes: Buffer; damage: 'none' | 'short' | 'corrupt' }
  /** The connection is cut without an answer. */
  | { kind: 'drop' }
  /** The connection stays open without an answer. */
  | { kind: 'hang' };

export const json = (status: number, body: unknown): Answer => ({ kind: 'json', status, body });
export const refuse = (status: number, error: string): Answer => json(status, { error });
export const notFound = (): Answer => refuse(404, 'Not found');

export const MAX_BODY_BYTES = 50 * 1024 * 1024;

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'Content-Type, X-API-Key',
};

/**
 * The whole body, or the answer of G-Labs to one that is too large. What is too large is still read to its end
 * (and thrown away), so that the client sees the answer and not a broken connection.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Read<Buffer>> {
  const tooLarge = () => refused(413, `Payload too large (max ${limit} bytes)`);
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    request.resume();
    return tooLarge();
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length <= limit) chunks.push(bytes);
    else chunks.length = 0;
  }
  return length > limit ? tooLarge() : { ok: true, value: Buffer.concat(chunks) };
}

/** A JSON object, or the answer to what is none. */
export function readObject(bytes: Buffer): Read<Record<string, unknown>> {
  if (bytes.length === 0) return refused(400, 'Empty body');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return refused(400, 'Invalid JSON');
    throw error;
  }
  if (!isObject(value)) return refused(400, 'Body must be a JSON object');
  return { ok: true, value };
}

const refused = (status: number, error: string): { ok: false; answer: Answer } => ({
  ok: false,
  answer: refuse(status, error),
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.headersSent) return;
  if (answer.kind === 'hang') return;
  if (answer.kind === 'drop') {
    request.socket.destroy();
    return;
  }
  if (answer.kind === 'json') {
    const text = Buffer.from(JSON.stringify(answer.body));
    response.writeHead(answer.status, {
      ...cors,
      'content-type': 'application/json',
      'content-length': text.length,
    });
    response.end(text);
    return;
  }
  const bytes = answer.damage === 'corrupt' ? corrupted(answer.bytes) : answer.bytes;
  response.writeHead(answer.status, { ...cors, 'content-type': answer.type, 'content-length': bytes.length });
  if (answer.damage === 'short' && request.method !== 'HEAD') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => request.socket.end());
    return;
  }
  response.end(bytes);
}

export function sendOptions(response: ServerResponse): void {
  response.writeHead(204, cors);
  response.end();
}

/** Of the announced size and with the first signature bytes of a picture, but nothing decodes it. */
function corrupted(bytes: Buffer): Buffer {
  const isPng = bytes.readUInt8(0) === 0x89;
  return Buffer.from(bytes.map((byte, index) => (isPng && index < 8 ? byte : byte ^ 0x5a)));
}

import { type IncomingMessage, request as open, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

export interface Target {
  host: string;
  port: number;
  /** Headers for the other side, as name, value, name, value. */
  headers: string[];
  /** How long the answer may take to begin, in milliseconds; null: for ever. */
  firstByteMs: number | null;
}

/** Of one connection only, so they are not passed on. */
const ofTheConnection = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade']);

/**
 * Passes a request on and its answer back, byte for byte and as it comes: status, headers in their order and spelling,
 * bodies of any size both ways. When one side breaks in the middle, so does the other. `failed`: no answer came, and the client still waits for one.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  failed: (error: Error) => void,
): void {
  const { host, port, headers, firstByteMs } = target;
  const upstream = open({ host, port, method: request.method, path: request.url, headers, agent: false });
  const patience =
    firstByteMs === null
      ? null
      : setTimeout(() => upstream.destroy(new Error('no answer in time')), firstByteMs);
  let answered = false;
  upstream.on('response', (answer) => {
    answered = true;
    if (patience !== null) clearTimeout(patience);
    response.sendDate = false;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, passed(answer.rawHeaders));
    pipeline(answer, response, (error) => {
      if (error) upstream.destroy();
    });
  });
  upstream.on('error', (error) => {
    if (patience !== null) clearTimeout(patience);
    if (answered) response.destroy();
    else if (!response.destroyed) failed(error);
  });
  response.on('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  request.pipe(upstream);
}

/** Raw headers without those of the connection itself. */
export function passed(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    if (!ofTheConnection.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

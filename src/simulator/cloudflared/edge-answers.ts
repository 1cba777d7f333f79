import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const wantsJson = (request: IncomingMessage): boolean =>
  (request.headers.accept ?? '').includes('application/json');

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    server: 'cloudflare',
    'cf-ray': `${randomBytes(8).toString('hex')}-LHR`,
  });
  response.end(body);
}

const page = (title: string, text: string): string =>
  `<!DOCTYPE html>\n<html lang="en-US"><head><title>${title}</title></head>\n<body><h1>${title}</h1><p>${text}</p></body></html>\n`;

/** Nobody is connected for this name: error 1033, as a page or as JSON (B9 of the reference). */
export function noConnector(request: IncomingMessage, response: ServerResponse, host: string): void {
  const detail = 'The host is a Cloudflare Tunnel that cannot be reached at present.';
  if (!wantsJson(request)) {
    send(
      response,
      530,
      'text/html; charset=UTF-8',
      page(`Error 1033 | ${host} | Cloudflare`, `Cloudflare Tunnel error. ${detail}`),
    );
    return;
  }
  const problem = {
    title: 'Error 1033: Cloudflare Tunnel error',
    status: 530,
    detail,
    error_code: 1033,
    error_name: 'tunnel_error',
    cloudflare_error: true,
    retryable: true,
    retry_after: 120,
    zone: host,
  };
  send(response, 530, 'application/json; charset=UTF-8', JSON.stringify(problem));
}

/** The connector or what is behind it gave no answer in time. */
export function tooSlow(response: ServerResponse, host: string): void {
  send(
    response,
    524,
    'text/html; charset=UTF-8',
    page(`${host} | 524: A timeout occurred`, 'The origin took too long.'),
  );
}

/** What the service for quick tunnels answers to `POST /tunnel`. */
export function created(response: ServerResponse, tunnel: { id: string; host: string }): void {
  const result = {
    id: tunnel.id,
    name: `qt-${tunnel.id}`,
    hostname: tunnel.host,
    account_tag: randomBytes(16).toString('hex'),
    secret: randomBytes(32).toString('base64'),
  };
  send(response, 200, 'application/json', JSON.stringify({ success: true, result, errors: [] }));
}

/** What it answers when it makes none; the texts are those of the recordings. */
export function notCreated(response: ServerResponse, why: '429' | '500-html' | 'success-false'): void {
  if (why === '429') send(response, 429, 'text/plain; charset=UTF-8', 'error code: 1015');
  else if (why === '500-html') send(response, 500, 'text/html', '<html>Internal</html>');
  else {
    const errors = [{ code: 1101, message: 'Tunnels cannot be created at present.' }];
    send(response, 200, 'application/json', JSON.stringify({ success: false, result: null, errors }));
  }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json', JSON.stringify(body));
}

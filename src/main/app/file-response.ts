import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** A file to be answered with, as a face's HTTP or protocol handler wants it. */
export interface FileAnswer {
  file: string;
  contentType: string;
  cacheControl: string;
  /** Names the content; without it nothing is revalidated. */
  etag?: string;
}

/**
 * Answers a GET or HEAD with a file: whole, or the one range that was asked for (clips are sought in by range).
 * A file that is no longer there is a 404.
 */
export async function fileResponse(request: Request, answer: FileAnswer): Promise<Response> {
  const size = await stat(answer.file).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  );
  if (size === null) return plain(404, 'There is no such file any more.');
  const headers = new Headers({
    'content-type': answer.contentType,
    'cache-control': answer.cacheControl,
    'accept-ranges': 'bytes',
  });
  if (answer.etag !== undefined) {
    headers.set('etag', answer.etag);
    if (request.headers.get('if-none-match') === answer.etag)
      return new Response(null, { status: 304, headers });
  }
  const range = readRange(request.headers.get('range'), size);
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers.set('content-length', String(end - start + 1));
  if (range) headers.set('content-range', `bytes ${start}-${end}/${size}`);
  const status = range ? 206 : 200;
  if (request.method === 'HEAD' || size === 0) return new Response(null, { status, headers });
  const body = Readable.toWeb(createReadStream(answer.file, { start, end })) as ReadableStream<Uint8Array>;
  return new Response(body, { status, headers });
}

export function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/**
 * The bytes a Range header asks for, first and last included. Null: the whole file (no header, another unit, or
 * several ranges, which a server may answer whole: RFC 9110 §14.2).
 */
export function readRange(
  header: string | null,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Number(last);
    return length === 0 || size === 0
      ? 'unsatisfiable'
      : { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return null;
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

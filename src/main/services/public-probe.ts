import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { errorCode } from '../platform/error-code.ts';
import { parseObject } from './json-object.ts';
import type { FreshNames } from './tunnel-names.ts';
import type { PublicAnswer } from './tunnel-verdict.ts';

export interface PublicTarget {
  /** Public address without a trailing slash. */
  url: string;
  /** Ask there instead, with the public name in `Host`. */
  probeOrigin: string | null;
  healthPaths: readonly string[];
}

export interface PublicLook {
  answer: PublicAnswer;
  /** The name is known to the world, but this computer remembers that it was not. */
  cachedMiss: boolean;
}

/** Never rejects but by the signal. */
export type PublicProbe = (target: PublicTarget, signal: AbortSignal) => Promise<PublicLook>;

const bodyLimit = 64 * 1024;

/**
 * Asks the health paths through the public address, as somebody out there would: not by the resolver of this computer,
 * which may remember an old miss (cloudflared.md B10). A path that G-Labs does not have gives way to the next one. The
 * API key is never sent: the name may be somebody else's by now.
 */
export function createPublicProbe(parts: {
  names: FreshNames;
  /** Milliseconds that only ever grow. */
  now: () => number;
  timeLimitMs?: number;
}): PublicProbe {
  const { names, now, timeLimitMs = 8000 } = parts;
  return async (target, signal) => {
    const began = now();
    const ms = (): number => Math.round(now() - began);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]);
    const found = await placeOf(target, names, limit);
    signal.throwIfAborted();
    if (found === 'no-name') return { answer: { kind: 'no-name', ms: ms() }, cachedMiss: false };
    const [answer, cachedMiss] = await Promise.all([askPaths(target, found, limit, ms), found.cachedMiss]);
    signal.throwIfAborted();
    return { answer, cachedMiss };
  };
}

interface Place {
  /** Where the request goes; its name is that of the public address all the same. */
  base: string;
  lookup: LookupFunction | null;
  cachedMiss: Promise<boolean>;
}

async function placeOf(
  target: PublicTarget,
  names: FreshNames,
  signal: AbortSignal,
): Promise<Place | 'no-name'> {
  const no = Promise.resolve(false);
  if (target.probeOrigin !== null) return { base: target.probeOrigin, lookup: null, cachedMiss: no };
  const host = new URL(target.url).hostname;
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 || host === 'localhost') {
    return { base: target.url, lookup: null, cachedMiss: no };
  }
  const address = await names.find(host, signal);
  if (address === 'unknown-name') return 'no-name';
  if (address === 'cannot-ask') return { base: target.url, lookup: null, cachedMiss: no };
  return { base: target.url, lookup: always(address), cachedMiss: names.missedHere(host, signal) };
}

/** The answer to a lookup that was made already. */
function always(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

async function askPaths(
  target: PublicTarget,
  place: Place,
  signal: AbortSignal,
  ms: () => number,
): Promise<PublicAnswer> {
  let last: PublicAnswer = { kind: 'no-answer', message: 'No health path is set.', ms: 0 };
  for (const path of target.healthPaths) {
    const got = await ask(target, place, path, signal);
    if (got === 'no-name') return { kind: 'no-name', ms: ms() };
    if (typeof got === 'string') return { kind: 'no-answer', message: got, ms: ms() };
    last = { kind: 'answer', ...readAnswer(got), path, ms: ms() };
    if (!(last.json && last.status === 404)) return last;
  }
  return last;
}

/** Pure. Cloudflare's own errors are JSON too when JSON is asked for: they carry an `error_code`. */
export function readAnswer(answer: { status: number; body: string }): {
  status: number;
  json: boolean;
  noConnector: boolean;
} {
  const { status, body } = answer;
  const value = parseObject(body);
  const cloudflare = value !== null && 'error_code' in value;
  return {
    status,
    json: value !== null && !cloudflare,
    noConnector: status === 530 && /\b1033\b/.test(body),
  };
}

/** A connection of its own each time. A text says why there was no answer. */
function ask(
  target: PublicTarget,
  place: Place,
  path: string,
  signal: AbortSignal,
): Promise<{ status: number; body: string } | 'no-name' | string> {
  const { host, hostname } = new URL(target.url);
  const options: RequestOptions & { servername?: string } = {
    agent: false,
    signal,
    headers: { accept: 'application/json', host },
    ...(place.lookup === null ? {} : { lookup: place.lookup }),
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
  };
  return new Promise((resolve) => {
    const request = place.base.startsWith('https:') ? httpsRequest : httpRequest;
    const sent = request(`${place.base.replace(/\/+$/, '')}${path}`, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        // Enough to know whose answer it is.
        if (body.length > bodyLimit) finish();
      });
      const finish = (): void => {
        resolve({ status: response.statusCode ?? 0, body });
        response.destroy();
      };
      response.on('end', finish);
      response.on('error', (error) => resolve(whyNot(error)));
    });
    sent.on('error', (error) => resolve(whyNot(error)));
    sent.end();
  });
}

function whyNot(error: Error): string {
  const code = errorCode(error);
  if (code === 'ENOTFOUND') return 'no-name';
  const late = error.name === 'AbortError' || error.name === 'TimeoutError' || code === 'ABORT_ERR';
  return late ? 'No answer in time.' : `The connection broke off (${code || 'no code'}).`;
}

import type { Clock } from '../platform/clock.ts';
import { BackendError } from './backend.ts';
import { type Connection, factsOf } from './connection.ts';
import { type Asked, classifyAnswer, classifyBreak, classifyForeign } from './errors.ts';
import { BrokenExchange, exchange, type HttpAnswer } from './http.ts';
import { resultUrl } from './result-url.ts';

const maxFileBytes = 1024 * 1024 * 1024;
const maxHops = 5;

export interface DownloadLimits {
  /** Milliseconds until a connection to a third party stands. */
  connectMs: number;
  /** Milliseconds without a byte after which a download counts as hung. */
  idleMs: number;
}

/**
 * Bytes of a result, from the server or from a third party it names, which never gets the key. An answer that stops
 * short of its announced length is handed over as it is: the caller compares, and fetches again (behaviour.md §5).
 *
 * Rejects with a BackendError: `gone` when the file is no longer there.
 */
export async function downloadResult(
  connection: Connection,
  url: string,
  clock: Clock,
  limits: DownloadLimits,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; expectedBytes: number | null }> {
  let next = resultUrl(url, await connection.base());
  for (let hop = 0; next !== null && hop <= maxHops; hop += 1) {
    const rootPath = connection.pathOf(next);
    const own = rootPath !== null;
    const asked: Asked = own ? connection.asked('download') : thirdParty(next);
    const answer = own
      ? await ownFile(connection, rootPath, limits, signal)
      : await foreignFile(next, clock, limits, signal);

    const onward = redirect(answer, next);
    if (onward !== undefined) {
      next = onward;
      continue;
    }
    const length = Number(answer.headers['content-length'] ?? Number.NaN);
    const expectedBytes = Number.isSafeInteger(length) ? length : null;
    const { broken } = answer;
    // Only a short file is for the caller to see; a stall, or an end nobody can judge, is a failure.
    const short = broken !== null && expectedBytes !== null && !broken.timedOut && broken.code !== 'TOO_BIG';
    if (broken !== null && !short) throw classifyBreak(broken, asked, broken.cause);
    if (answer.status === 200) return { bytes: answer.body, expectedBytes };
    throw own ? classifyAnswer(factsOf(answer), asked) : classifyForeign(answer.status, asked);
  }
  throw new BackendError({
    kind: 'nonsense',
    class: 'api_error',
    arrived: 'no',
    message: `The result has an address that cannot be fetched: ${url.slice(0, 200)}`,
    cure: 'Look at the version of G-Labs, then generate it again.',
  });
}

/** Undefined: no redirect. Null: one that cannot be followed. */
function redirect(answer: HttpAnswer, from: string): string | null | undefined {
  const { location } = answer.headers;
  if (answer.status < 300 || answer.status > 399 || location === undefined) return undefined;
  if (!URL.canParse(location, from)) return null;
  const to = new URL(location, from);
  return to.protocol === 'http:' || to.protocol === 'https:' ? to.href : null;
}

function ownFile(connection: Connection, rootPath: string, limits: DownloadLimits, signal?: AbortSignal) {
  const request = {
    method: 'GET' as const,
    rootPath,
    accept: '*/*',
    totalMs: null,
    idleMs: limits.idleMs,
  };
  return connection.ask('download', { ...request, maxBytes: maxFileBytes }, signal);
}

async function foreignFile(
  url: string,
  clock: Clock,
  limits: DownloadLimits,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const headers = { accept: '*/*', 'accept-encoding': 'identity' };
  const request = {
    method: 'GET' as const,
    url: new URL(url),
    headers,
    totalMs: null,
    maxBytes: maxFileBytes,
    ...limits,
  };
  try {
    return await exchange(request, clock, signal);
  } catch (error) {
    if (error instanceof BrokenExchange) throw classifyBreak(error, thirdParty(url), error.cause);
    throw error;
  }
}

function thirdParty(url: string): Asked {
  return { call: 'download', server: new URL(url).origin, hasKey: false, name: 'the keeper of a result' };
}

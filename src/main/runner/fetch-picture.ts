import type { Clock } from '../platform/clock.ts';
import type { MediaInfo } from '../platform/media.ts';
import type { Trouble } from './reference-address.ts';
import { shownReference, webAddress } from './reference-address.ts';
import { type Had, MAX_REFERENCE_BYTES, type Picture, pictureIn, tooBig } from './reference-bytes.ts';

export interface WebDeps {
  fetch: typeof fetch;
  clock: Clock;
  /** Looks whether bytes are a whole picture or clip. */
  inspect: (bytes: Uint8Array) => Promise<MediaInfo>;
}

const TRIES = 3;
const REST_MS = 250;
const MOST_HOPS = 5;
/** No byte for so long (up to twice that), or not whole after so many such spans: given up. */
const QUIET_MS = 15_000;
const MOST_SPANS = 8;
/** Answers of 4xx that time may mend. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * A picture from an address, asked for at most three times (behaviour.md §5): what a server refuses for good is not
 * asked for again; 5xx, broken connections, and answers that are no whole picture are. Rejects only when aborted.
 */
export async function fetchPicture(
  address: URL,
  deps: WebDeps,
  signal: AbortSignal,
): Promise<Had<{ picture: Picture }>> {
  let last: Trouble = { what: 'cannot be fetched', cure: 'Check the address.' };
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await deps.clock.sleep(REST_MS * 2 ** attempt, signal);
    const got = await fetchOnce(address, deps, signal);
    if (got.ok) {
      const looked = await pictureIn(got.bytes, deps.inspect);
      if (looked.ok) return looked;
      last = looked;
    } else if (got.final) return got;
    else last = got;
  }
  return { ok: false, what: `${last.what} (asked for ${TRIES} times)`, cure: last.cure };
}

type Once = { ok: true; bytes: Uint8Array } | Omit<Refusal, 'status'>;

async function fetchOnce(address: URL, deps: WebDeps, signal: AbortSignal): Promise<Once> {
  const over = new AbortController();
  const tooSlow = new AbortController();
  let seen = 0;
  const watch = async () => {
    for (let span = 0; span < MOST_SPANS; span++) {
      const before = seen;
      await deps.clock.sleep(QUIET_MS, AbortSignal.any([signal, over.signal]));
      if (seen === before) break;
    }
    tooSlow.abort(new Error('too slow'));
  };
  // Its only other end is that the fetch is over, or the run.
  watch().catch(() => undefined);
  try {
    const answer = await ask(address, {}, deps, AbortSignal.any([signal, tooSlow.signal]));
    if (!(answer instanceof Response)) return answer;
    const bytes = await bodyOf(answer, (count) => {
      seen += count;
    });
    return bytes === null ? { ok: false, final: true, ...tooBig } : { ok: true, bytes };
  } catch (error) {
    signal.throwIfAborted();
    const cure = 'Check the address, and whether this machine is online.';
    if (tooSlow.signal.aborted)
      return { ok: false, final: false, what: 'did not come in time: its server hangs or is slow', cure };
    if (!(error instanceof Error)) throw error;
    return { ok: false, final: false, what: `cannot be fetched: ${brokenBy(error)}`, cure };
  } finally {
    over.abort();
  }
}

/** What came of asking: `status` 0 where no server was asked, `final` where asking again would not help. */
export type Refusal = { ok: false; status: number; final: boolean } & Trouble;

/**
 * Asks an address and follows its redirects, each judged like the address itself. A success comes as the Response,
 * its body unread. Rejects when the connection breaks, or with the signal's reason.
 */
export async function ask(
  address: URL,
  request: { method?: string; headers?: Record<string, string> },
  deps: Pick<WebDeps, 'fetch'>,
  signal: AbortSignal,
): Promise<Response | Refusal> {
  let url = address;
  for (let hop = 0; hop <= MOST_HOPS; hop++) {
    const answer = await deps.fetch(url, { ...request, signal, redirect: 'manual' });
    if (answer.ok) return answer;
    const { status } = answer;
    const to = answer.headers.get('location');
    await answer.body?.cancel();
    if (status < 300 || status >= 400 || to === null) return refused(status);
    const next = webAddress(to, url);
    if (next.kind === 'unusable') {
      const what = `sends on to ${shownReference(to)}, which ${next.what}`;
      return { ok: false, status: 0, final: true, what, cure: next.cure };
    }
    if (next.kind === 'web') url = next.url;
  }
  const what = `sends on from address to address, more than ${MOST_HOPS} times`;
  return { ok: false, status: 0, final: true, what, cure: 'Use the address where the picture really is.' };
}

function refused(status: number): Refusal {
  if (status === 404 || status === 410) {
    const cure = 'Upload the picture again and put its address into the Media node.';
    return { ok: false, status, final: true, what: `is not there any more (${status})`, cure };
  }
  if (status === 401 || status === 403) {
    const cure = 'Make it public, or use a file; an address that was signed may have run out.';
    return { ok: false, status, final: true, what: `may not be had: its server answers ${status}`, cure };
  }
  const final = status < 500 && !PASSING.has(status);
  const cure = final ? 'Check the address.' : 'Wait a little, then run again.';
  return { ok: false, status, final, what: `cannot be fetched: its server answers ${status}`, cure };
}

/** Null: more than a picture has. The rest is not waited for. */
async function bodyOf(answer: Response, came: (bytes: number) => void): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    came(chunk.byteLength);
    size += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (size > MAX_REFERENCE_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The code below what `fetch` rejects with, such as ENOTFOUND; empty when there is none. */
export function causeOf({ cause }: Error): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}

/** Words for what `fetch` rejects with: the cause below its own "fetch failed". */
export function brokenBy(error: Error): string {
  const { message } = error.cause instanceof Error ? error.cause : error;
  const code = causeOf(error);
  return words[code] ?? (code === '' ? message : `${message} (${code})`);
}

const words: Record<string, string> = {
  ENOTFOUND: 'the name of its server is not known',
  EAI_AGAIN: 'the name of its server could not be looked up',
  ECONNREFUSED: 'its server takes no connection',
  ECONNRESET: 'its server cut the connection',
  UND_ERR_SOCKET: 'its server cut the connection',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'its server cut the connection',
  UND_ERR_CONNECT_TIMEOUT: 'its server does not answer',
  ETIMEDOUT: 'its server does not answer',
};

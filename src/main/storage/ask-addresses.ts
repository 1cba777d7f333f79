import PQueue from 'p-queue';
import { type Clock, timeLimit } from '../platform/clock.ts';

/** What a server said of an address. */
export interface AddressAnswer {
  status: number;
  /** `md5:…`: the same for the same content, where the server's ETag is a hash of it; else null. */
  identity: string | null;
}

export interface AskDeps {
  fetch: typeof fetch;
  clock: Pick<Clock, 'sleep'>;
}

export interface AskLimits {
  /** Milliseconds until a question counts as unanswered. */
  answerMs: number;
  /** All of it may take so long; what is not answered by then stays open. */
  allMs: number;
  signal?: AbortSignal | undefined;
}

const AT_ONCE = 8;

/** 404 and 410 only; whatever else comes, or does not come, says nothing (behaviour.md §8). */
export const isGone = (status: number): boolean => status === 404 || status === 410;

/**
 * Asks for the head of each web address, eight at a time, each once. A host that cannot be reached is asked once, and
 * nobody waits for it. Addresses without an answer are not in what it gives. Rejects with the signal's reason.
 */
export async function askAddresses(
  urls: readonly string[],
  deps: AskDeps,
  { answerMs, allMs, signal }: AskLimits,
): Promise<Map<string, AddressAnswer>> {
  const answers = new Map<string, AddressAnswer>();
  const asked = [...new Set(urls)].filter((url) => /^https?:/i.test(url) && hostOf(url) !== null);
  if (asked.length === 0) return answers;
  const silent = new Set<string | null>();
  const limit = timeLimit(deps.clock, allMs);
  const over = AbortSignal.any([limit.signal, ...(signal ? [signal] : [])]);
  const ask = async (url: string) => {
    const host = hostOf(url);
    if (silent.has(host) || over.aborted) return;
    const answer = await answerOf(url, answerMs, over, deps);
    if (answer === null) silent.add(host);
    else answers.set(url, answer);
  };
  const queue = new PQueue({ concurrency: AT_ONCE });
  try {
    // One of each host first: where nobody answers, the others need not be waited for.
    const firsts = new Map(asked.map((url) => [hostOf(url), url] as const).reverse());
    await queue.addAll([...firsts.values()].map((url) => () => ask(url)));
    const rest = asked.filter((url) => firsts.get(hostOf(url)) !== url);
    await queue.addAll(rest.map((url) => () => ask(url)));
  } finally {
    limit.clear();
  }
  signal?.throwIfAborted();
  return answers;
}

/** Null: not an address. */
const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).host : null);

/** Null when no answer came. A server that knows no HEAD is asked for the first byte. */
async function answerOf(
  url: string,
  answerMs: number,
  over: AbortSignal,
  { fetch: ask, clock }: AskDeps,
): Promise<AddressAnswer | null> {
  const forms: RequestInit[] = [{ method: 'HEAD' }, { headers: { range: 'bytes=0-0' } }];
  let answer: AddressAnswer | null = null;
  for (const form of forms) {
    const limit = timeLimit(clock, answerMs);
    try {
      const response = await ask(url, {
        ...form,
        redirect: 'follow',
        signal: AbortSignal.any([over, limit.signal]),
      });
      await response.body?.cancel();
      answer = { status: response.status, identity: identityIn(response.headers.get('etag')) };
    } catch (error) {
      // No answer is an answer here: nothing is known of this address.
      if (error instanceof Error) return null;
      throw error;
    } finally {
      limit.clear();
    }
    if (answer.status !== 405 && answer.status !== 501) break;
  }
  return answer;
}

/** S3 and R2 give the MD5 of an object, or one of its parts with their number; others count up or tell a time. */
function identityIn(etag: string | null): string | null {
  const hash = /^(?:W\/)?"?([0-9a-f]{32}(?:-\d+)?)"?$/i.exec(etag ?? '')?.[1];
  return hash === undefined ? null : `md5:${hash.toLowerCase()}`;
}

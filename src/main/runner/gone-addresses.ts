import PQueue from 'p-queue';
import { type Clock, timeLimit } from '../platform/clock.ts';

/** Finds out which addresses lead nowhere any more. */
export type FindGone = (urls: readonly string[], signal?: AbortSignal) => Promise<Set<string>>;

const AT_ONCE = 8;
const ANSWER_MS = 5_000;
/** All of it may take so long; what is not answered by then counts as there. */
const ALL_MS = 15_000;
/** What was there is not asked again for a while. */
const GOOD_MS = 10 * 60_000;
const REMEMBERED = 50_000;

/**
 * Asks for the head of each web address, eight at a time. Only 404 and 410 mean gone; whatever else comes, or does not
 * come, says nothing (behaviour.md §8). A host that cannot be reached is asked once.
 */
export function createGoneFinder(deps: { fetch: typeof fetch; clock: Clock }): FindGone {
  const { clock } = deps;
  const goodUntil = new Map<string, number>();

  return async (urls, signal) => {
    const gone = new Set<string>();
    const silent = new Set<string>();
    const now = clock.monotonic();
    const asked = [...new Set(urls)].filter(
      (url) => /^https?:/i.test(url) && (goodUntil.get(url) ?? 0) <= now,
    );
    if (asked.length === 0) return gone;
    const limit = timeLimit(clock, ALL_MS);
    const over = AbortSignal.any([limit.signal, ...(signal ? [signal] : [])]);
    const ask = async (url: string) => {
      const host = hostOf(url);
      if (host === null || silent.has(host) || over.aborted) return;
      const status = await statusOf(url, over, deps);
      if (status === null) silent.add(host);
      else if (status === 404 || status === 410) gone.add(url);
      else if (status < 400) goodUntil.set(url, clock.monotonic() + GOOD_MS);
    };
    const queue = new PQueue({ concurrency: AT_ONCE });
    // One of each host first: where nobody answers, the others need not be waited for.
    const firsts = new Map(asked.map((url) => [hostOf(url), url]).reverse() as [string | null, string][]);
    await queue.addAll([...firsts.values()].map((url) => () => ask(url)));
    const rest = asked.filter((url) => firsts.get(hostOf(url)) !== url);
    await queue.addAll(rest.map((url) => () => ask(url)));
    limit.clear();
    signal?.throwIfAborted();
    for (const url of goodUntil.keys()) {
      if (goodUntil.size <= REMEMBERED) break;
      goodUntil.delete(url);
    }
    return gone;
  };
}

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).host : null);

/** The answer's status; null when none came. A server that knows no HEAD is asked for the first byte. */
async function statusOf(
  url: string,
  over: AbortSignal,
  { fetch: ask, clock }: { fetch: typeof fetch; clock: Clock },
): Promise<number | null> {
  const forms: RequestInit[] = [{ method: 'HEAD' }, { headers: { range: 'bytes=0-0' } }];
  let status: number | null = null;
  for (const form of forms) {
    const limit = timeLimit(clock, ANSWER_MS);
    try {
      const answer = await ask(url, {
        ...form,
        redirect: 'follow',
        signal: AbortSignal.any([over, limit.signal]),
      });
      await answer.body?.cancel();
      status = answer.status;
    } catch (error) {
      // No answer is an answer here: nothing is known of this address.
      if (error instanceof Error) return null;
      throw error;
    } finally {
      limit.clear();
    }
    if (status !== 405 && status !== 501) break;
  }
  return status;
}

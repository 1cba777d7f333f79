import type { Clock } from '../platform/clock.ts';
import { askAddresses, isGone } from '../storage/ask-addresses.ts';

/** Finds out which addresses lead nowhere any more. */
export type FindGone = (urls: readonly string[], signal?: AbortSignal) => Promise<Set<string>>;

const ANSWER_MS = 5_000;
/** All of it may take so long; what is not answered by then counts as there. */
const ALL_MS = 15_000;
/** What was there is not asked again for a while. */
const GOOD_MS = 10 * 60_000;
const REMEMBERED = 50_000;

/** Asks for each address (storage/ask-addresses.ts), and remembers for ten minutes what was there. */
export function createGoneFinder(deps: { fetch: typeof fetch; clock: Clock }): FindGone {
  const { clock } = deps;
  const goodUntil = new Map<string, number>();

  return async (urls, signal) => {
    const now = clock.monotonic();
    const open = urls.filter((url) => (goodUntil.get(url) ?? 0) <= now);
    const answers = await askAddresses(open, deps, { answerMs: ANSWER_MS, allMs: ALL_MS, signal });
    const gone = new Set<string>();
    for (const [url, { status }] of answers) {
      if (isGone(status)) gone.add(url);
      else if (status < 400) goodUntil.set(url, clock.monotonic() + GOOD_MS);
    }
    for (const url of goodUntil.keys()) {
      if (goodUntil.size <= REMEMBERED) break;
      goodUntil.delete(url);
    }
    return gone;
  };
}

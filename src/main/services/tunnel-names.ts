import { lookup, Resolver } from 'node:dns/promises';
import { z } from 'zod';
import { errorCode } from '../platform/error-code.ts';

/** Names of the public side, asked past the memory of this computer (cloudflared.md B10). */
export interface FreshNames {
  /** An address; or that there is no such name; or that nobody could be asked. Rejects by the signal only. */
  find(host: string, signal: AbortSignal): Promise<string | 'unknown-name' | 'cannot-ask'>;
  /** Whether this computer's own resolver says that there is no such name. Only to be asked when there is one. */
  missedHere(host: string, signal: AbortSignal): Promise<boolean>;
}

export interface NameServers {
  /** `address` or `address:port`. */
  servers: readonly string[];
  /** Base of a DNS-over-HTTPS service that speaks JSON; the way out where port 53 is closed. */
  https: string;
}

const cloudflare: NameServers = { servers: ['1.1.1.1', '1.0.0.1'], https: 'https://1.1.1.1/dns-query' };
const timeLimitMs = 2000;

/** Asks Cloudflare's public resolvers, for it is Cloudflare that publishes the name. */
export function createFreshNames(parts: { fetch: typeof fetch; through?: NameServers }): FreshNames {
  const { fetch, through = cloudflare } = parts;
  return {
    find: async (host, signal) => {
      const byDns = await askDns(host, through.servers, signal);
      if (byDns !== 'cannot-ask') return byDns;
      signal.throwIfAborted();
      return askHttps(host, through.https, fetch, signal);
    },
    missedHere: async (host, signal) => {
      const stopped = new Promise<false>((resolve) => {
        signal.addEventListener('abort', () => resolve(false), { once: true });
      });
      const asked = lookup(host).then(
        () => false,
        (error: unknown) => errorCode(error) === 'ENOTFOUND',
      );
      return Promise.race([asked, stopped]);
    },
  };
}

type Answer = string | 'unknown-name' | 'cannot-ask';

async function askDns(host: string, servers: readonly string[], signal: AbortSignal): Promise<Answer> {
  const resolver = new Resolver({ timeout: timeLimitMs, tries: 1 });
  resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return (
      (await firstOf(() => resolver.resolve4(host))) ??
      (await firstOf(() => resolver.resolve6(host))) ??
      'unknown-name'
    );
  } catch (error) {
    if (errorCode(error) === '') throw error;
    return errorCode(error) === 'ENOTFOUND' ? 'unknown-name' : 'cannot-ask';
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Null: the name is there, without an address of this kind. */
async function firstOf(resolve: () => Promise<string[]>): Promise<string | null> {
  try {
    return (await resolve())[0] ?? null;
  } catch (error) {
    if (errorCode(error) === 'ENODATA') return null;
    throw error;
  }
}

const Json = z.object({
  Status: z.number(),
  Answer: z.array(z.object({ type: z.number(), data: z.string() })).default([]),
});
const nameError = 3;
const addressTypes = [1, 28];

async function askHttps(host: string, base: string, ask: typeof fetch, signal: AbortSignal): Promise<Answer> {
  const url = new URL(base);
  url.searchParams.set('name', host);
  url.searchParams.set('type', 'A');
  try {
    const response = await ask(url, {
      headers: { accept: 'application/dns-json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]),
    });
    const parsed = Json.safeParse(await response.json());
    if (!response.ok || !parsed.success) return 'cannot-ask';
    if (parsed.data.Status === nameError) return 'unknown-name';
    return parsed.data.Answer.find(({ type }) => addressTypes.includes(type))?.data ?? 'cannot-ask';
  } catch (error) {
    // A network without this service, or something in between that answers for it: then nobody could be asked.
    if (signal.aborted || !(error instanceof Error)) throw error;
    return 'cannot-ask';
  }
}

import { type FlowdeckError, fail } from '../../../shared/failure.ts';
import type { TunnelAddress } from '../../../shared/services.ts';
import { errorCode } from '../../platform/error-code.ts';
import type { Consumer } from './consumer.ts';

/** Milliseconds until a webhook must have answered. */
const LIMIT_MS = 10_000;

export interface WebhookDeps {
  fetch: typeof fetch;
  limitMs?: number;
}

/**
 * An address that gets `{url, revision}` by POST; an answer of 200 to 299 confirms (settings.md). Everything in it
 * behind the host may be a secret, so it is never shown or logged, and no redirect takes it elsewhere.
 */
export function createWebhook(
  id: string,
  address: string,
  { fetch, limitMs = LIMIT_MS }: WebhookDeps,
): Consumer {
  const { url, host, authorization } = partsOf(address);
  return {
    id,
    kind: 'webhook',
    target: host,
    canLook: false,
    tell: async (newest, signal) => {
      const told = newest();
      const status = await post(told);
      if (status >= 200 && status < 300) return told;
      throw refusal(status, host);

      async function post({ url: tunnel, revision }: TunnelAddress): Promise<number> {
        try {
          const response = await fetch(url, {
            method: 'POST',
            redirect: 'manual',
            headers: {
              'content-type': 'application/json',
              ...(authorization === null ? {} : { authorization }),
            },
            body: JSON.stringify({ url: tunnel, revision }),
            signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
          });
          // Nobody reads it; left alone it would keep the connection.
          await response.body?.cancel();
          return response.status;
        } catch (error) {
          signal.throwIfAborted();
          throw unreachable(error, host, limitMs);
        }
      }
    },
    watch: () => null,
  };
}

/** A name and password in an address go into a header: fetch takes none in the address, and quotes it in its error. */
function partsOf(address: string): { url: string; host: string; authorization: string | null } {
  const url = new URL(address);
  const { host, username, password } = url;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = user === ':' ? null : `Basic ${Buffer.from(user).toString('base64')}`;
  url.username = '';
  url.password = '';
  return { url: url.href, host, authorization };
}

function refusal(status: number, host: string): FlowdeckError {
  if (status >= 300 && status < 400) {
    return fail('store-refused', `The webhook sends us elsewhere (${status}).`, {
      where: host,
      cure: 'Put the address it leads to into tunnel.consumers; redirects are not followed.',
    });
  }
  return fail('store-refused', `The webhook answers ${status}.`, {
    where: host,
    cure: 'Look at the log of the service behind it; only an answer of 200 to 299 confirms.',
  });
}

/** The message of the error is left out: it may quote the address. */
function unreachable(error: unknown, host: string, limitMs: number): FlowdeckError {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return fail('store-unreachable', `The webhook gave no answer within ${limitMs / 1000} s.`, {
      where: host,
      cure: 'Look whether the service behind it is at work.',
    });
  }
  const code = errorCode(error instanceof Error ? error.cause : null);
  return fail('store-unreachable', `The webhook cannot be reached${code === '' ? '' : ` (${code})`}.`, {
    where: host,
    cure: 'Start the service behind it, or correct its address in tunnel.consumers.',
  });
}

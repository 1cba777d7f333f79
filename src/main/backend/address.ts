import { fail } from '../../shared/failure.ts';

/** Where a backend is just now. */
export interface BackendAddress {
  /** Base URL, http or https, without name or password. */
  server: string;
  /** Where what is meant for `server` is really sent, with its name in `Host` (`tunnel.probeOrigin`); null: there. */
  sentTo: string | null;
}

/** It has no address just now: a tunnel that is being mended. Nothing is sent then. */
export interface NoAddress {
  server: null;
  message: string;
  cure: string;
}

/** A backend whose address changes while it is used: it is asked for before each request. */
export interface MovingServer {
  /** What it is called before its address is known. */
  name: string;
  find(): Promise<BackendAddress | NoAddress>;
}

/** The address of one backend over time. */
export interface Whereabouts {
  find(): Promise<BackendAddress | NoAddress>;
  /** The address it was last found at, without a trailing slash; the name as long as there is none. */
  last(): string;
  /** Whether this base URL leads to it, or did so earlier. */
  knows(server: string): boolean;
  /** A URL at one of its addresses as path and query below the origin; null: it lies elsewhere. */
  pathOf(url: string): string | null;
}

/** @throws FlowdeckError `usage` for an address that cannot be used */
export function whereaboutsOf(server: string | MovingServer): Whereabouts {
  const fixed = typeof server === 'string' ? checkedServer(server) : null;
  const known = new Set(fixed === null ? [] : [fixed]);
  const origins = new Set(fixed === null ? [] : [new URL(fixed).origin]);
  let last = typeof server === 'string' ? (fixed ?? server) : server.name;

  const find = async (): Promise<BackendAddress | NoAddress> => {
    if (typeof server === 'string') return { server: last, sentTo: null };
    const found = await server.find();
    if (found.server === null) return found;
    const here = checkedServer(found.server);
    if (here !== last) {
      last = here;
      known.add(here);
      origins.add(new URL(here).origin);
    }
    return { ...found, server: here };
  };

  return {
    find,
    last: () => last,
    knows: (address) => known.has(address.replace(/\/+$/, '')),
    pathOf: (url) => {
      const { origin, pathname, search } = new URL(url);
      return origins.has(origin) ? pathname + search : null;
    },
  };
}

function checkedServer(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw fail('usage', 'The address of G-Labs must be an http or https address.', {
      where: 'glabs.url',
      cure: 'Use an address such as http://127.0.0.1:8765.',
    });
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw fail('usage', 'The address of G-Labs must not hold a name, a password or a query.', {
      where: url.origin,
      cure: 'Use the plain address; the key is stored with: flowdeck config set-secret glabs.apiKey',
    });
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Who may use the browser face. Anything on this machine (and any page in its browser) can reach a loopback port,
 * so the address carries a token, made anew at each start; a browser that shows it gets a cookie of its own.
 */
export interface Access {
  readonly token: string;
  /** The token of an address, compared in constant time. */
  isToken(candidate: string | null): boolean;
  /** The cookie header of a request carries the session. */
  isSession(cookies: string | null): boolean;
  /** Value of Set-Cookie for a browser that showed the token. */
  sessionCookie(port: number): string;
}

export function createAccess(random: (bytes: number) => Buffer = randomBytes): Access {
  const token = random(24).toString('base64url');
  const session = random(24).toString('base64url');
  const comparisonKey = random(32);
  // Comparing digests makes texts of any length comparable in a time that tells nothing of either.
  const digest = (text: string) => createHmac('sha256', comparisonKey).update(text).digest();
  const same = (candidate: string, secret: string) => timingSafeEqual(digest(candidate), digest(secret));
  return {
    token,
    isToken: (candidate) => candidate !== null && same(candidate, token),
    isSession: (cookies) => cookieValues(cookies).some((value) => same(value, session)),
    // Cookies know no ports, so the name tells two Flowdecks of one machine apart.
    sessionCookie: (port) => `flowdeck-${port}=${session}; HttpOnly; SameSite=Strict; Path=/`,
  };
}

function cookieValues(header: string | null): string[] {
  return (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith('flowdeck-'))
    .map((part) => part.slice(part.indexOf('=') + 1));
}

/**
 * Whether a Host header is one of ours. A page on a foreign name that points at this machine (DNS rebinding) sends
 * that name here; addresses by number cannot be rebound.
 */
export function isOurHost(header: string | null, ownName: string): boolean {
  const name = hostName(header);
  if (name === null) return false;
  return name === 'localhost' || name === ownName.toLowerCase() || isIP(name) !== 0;
}

/** Whether a WebSocket was asked for by a page of the server it asks. */
export function isOwnOrigin(origin: string | null, host: string | null): boolean {
  if (origin === null || host === null || !URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && from === host.toLowerCase();
}

/** The name in a Host header, without port and brackets, in lower case. */
function hostName(header: string | null): string | null {
  if (header === null || !URL.canParse(`http://${header}/`)) return null;
  const { hostname, pathname, username } = new URL(`http://${header}/`);
  if (pathname !== '/' || username !== '') return null;
  return hostname.replace(/^\[|\]$/g, '');
}

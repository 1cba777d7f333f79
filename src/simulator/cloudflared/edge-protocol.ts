/** What a simulated cloudflared and the simulated edge say to each other over HTTP on this machine. */

export const EDGE_ROOT = '/_edge';

/** `POST /_edge/start`: a process has begun. The answer says what it has to play: its own wish, or what a test queued. */
export interface Start {
  pid: number;
  scenario: string;
}

/**
 * `POST /_edge/connections`: the answer stays open for as long as the connection lasts, and is a line of JSON for each
 * thing that happens. Either side ends the connection by closing it.
 */
export interface Connect {
  tunnelId: string;
  connIndex: number;
  connectorId: string;
  pid: number;
  protocol: string;
  /** Where the process takes the requests of the tunnel, on 127.0.0.1. */
  proxyPort: number;
  scenario: string;
  /** Of a named tunnel: the name that its owner gave it at Cloudflare; null for a quick tunnel. */
  hostname: string | null;
}

/** Why a connection does not come about: nobody listens, packets vanish, or the tunnel is not known any more. */
export type Refusal = 'refused' | 'vanished' | 'unauthorized';

export type EdgeLine =
  | { type: 'registered'; connection: string; location: string }
  | { type: Refusal }
  /** A scenario that the process itself plays from now on. */
  | { type: 'play'; scenario: string };

/** The fields of a JSON object as text and numbers; what is missing is null. For the few bodies of this protocol. */
export function readFields(text: string): {
  text: (name: string) => string | null;
  number: (name: string) => number | null;
} {
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  const fields = new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []);
  return {
    text: (name) => {
      const value: unknown = fields.get(name);
      return typeof value === 'string' ? value : null;
    },
    number: (name) => {
      const value: unknown = fields.get(name);
      return typeof value === 'number' && Number.isFinite(value) ? value : null;
    },
  };
}

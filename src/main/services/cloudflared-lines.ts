/**
 * What a line of cloudflared's output tells (cloudflared.md B1 to B3). `trouble`: something is wrong, of a kind; a
 * process that meets it may end, or live on and never be of use.
 */
export type CloudflaredSign =
  | { sign: 'url'; url: string }
  /** Where its metrics server listens, on this machine. */
  | { sign: 'metrics'; port: number }
  | { sign: 'registered' }
  /** The connection to the edge is gone; it reconnects by itself and keeps the name. */
  | { sign: 'lost' }
  /** It answered a request from outside with 502. */
  | { sign: 'origin-refused' }
  /** It does not know a flag of ours. Without the dashes. */
  | { sign: 'flag-refused'; flag: string }
  | { sign: 'trouble'; kind: Trouble };

export type Trouble =
  /** The service that makes quick tunnels could not be reached. */
  | 'no-network'
  | 'rate-limited'
  /** That service answered with an error of its own. */
  | 'service-error'
  | 'no-url'
  | 'config-missing'
  | 'metrics-port'
  | 'edge-dns'
  /** TCP 7844 is blocked, or nobody answers there. */
  | 'edge-refused'
  /** UDP 7844 is blocked. */
  | 'quic-blocked'
  /** Cloudflare has forgotten the tunnel: only a new one helps. */
  | 'deleted'
  | 'bad-token';

/** A name of several words: `api.trycloudflare.com` of an error message is none, nor is what only begins like one. */
const quickUrl = /https:\/\/(?!api\.)[a-z0-9]+(?:-[a-z0-9]+)+\.trycloudflare\.com(?![a-z0-9-]|\.[a-z0-9])/;
const quickHost = /^[a-z0-9]+(?:-[a-z0-9]+)+\.trycloudflare\.com$/;
/** What shows the log elsewhere, such as a service manager, may have taken the time away. */
const textLine = /^(?:\S+ )?(DBG|INF|WRN|ERR|FTL|PNC) (.*)$/;

/** Messages of the log, by how they begin. */
const messages: readonly (readonly [RegExp, CloudflaredSign])[] = [
  [/^Registered tunnel connection\b/, { sign: 'registered' }],
  [/^Lost connection with the edge\b/, { sign: 'lost' }],
  [/^Connection terminated\b/, { sign: 'lost' }],
  [/^Error unmarshaling QuickTunnel response:.*status_code="429\b/, trouble('rate-limited')],
  [/^Error unmarshaling QuickTunnel response:/, trouble('service-error')],
  [/^Error opening metrics server listener\b/, trouble('metrics-port')],
  [/^Initiating shutdown error="Could not lookup srv records\b/, trouble('edge-dns')],
  [/^edge discovery: error looking up Cloudflare edge IPs\b/, trouble('edge-dns')],
  [/^Failed to dial a quic connection\b/, trouble('quic-blocked')],
  [/\bUnable to reach the origin service\b/, { sign: 'origin-refused' }],
  [/\bUnauthorized: Tunnel not found\b/, trouble('deleted')],
  [/\bUnauthorized: Invalid tunnel secret\b/, trouble('bad-token')],
  [/^Unable to establish connection with Cloudflare edge\b/, trouble('edge-refused')],
];

/** Last words, which are plain text even where the log is JSON. */
const lastWords: readonly (readonly [RegExp, CloudflaredSign])[] = [
  [/^failed to request quick Tunnel:/, trouble('no-network')],
  [/^failed to parse quick Tunnel ID:/, trouble('service-error')],
  [/^You did not specify any valid additional argument to the cloudflared tunnel command/, trouble('no-url')],
  [/^open .*: (no such file or directory|The system cannot find .*)$/, trouble('config-missing')],
  [/^Provided Tunnel token is not valid\b/, trouble('bad-token')],
];

const flagRefused = /flag provided but not defined: -{1,2}([\w-]+)/;
const metrics = /^Starting metrics server on (?:127\.0\.0\.1|localhost|\[::1?\]|0\.0\.0\.0):(\d+)\/metrics/;

/**
 * Pure. Null: the line tells nothing, as most do; so does the second half of a message with a line break in it, which
 * has no level in front. Text and JSON logs alike.
 */
export function readCloudflaredLine(line: string): CloudflaredSign | null {
  const refused = flagRefused.exec(line)?.[1];
  if (refused !== undefined) return { sign: 'flag-refused', flag: refused };
  const entry = line.startsWith('{') ? jsonEntry(line) : textEntry(line);
  if (entry === null) return first(lastWords, line);
  if (entry.level === 'INF') {
    const url = quickUrl.exec(entry.text)?.[0];
    if (url !== undefined) return { sign: 'url', url };
    const port = metrics.exec(entry.text)?.[1];
    if (port !== undefined) return { sign: 'metrics', port: Number(port) };
  }
  return first(messages, entry.text);
}

/** The address that belongs to a host name of `/quicktunnel`; null for what is no name of a quick tunnel. */
export function quickTunnelUrl(hostname: string): string | null {
  return quickHost.test(hostname) ? `https://${hostname}` : null;
}

interface Entry {
  level: string;
  /** The message and its fields, as the text log writes them. */
  text: string;
}

function textEntry(line: string): Entry | null {
  const match = textLine.exec(line);
  return match ? { level: match[1] ?? '', text: (match[2] ?? '').trimStart() } : null;
}

const levels: Record<string, string> = { info: 'INF', warn: 'WRN', error: 'ERR', fatal: 'FTL', debug: 'DBG' };

function jsonEntry(line: string): Entry | null {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const { level, message, error, status_code: status } = value;
    if (typeof message !== 'string') return null;
    const fields = [
      ...(typeof error === 'string' ? [`error=${JSON.stringify(error)}`] : []),
      ...(typeof status === 'string' ? [`status_code=${JSON.stringify(status)}`] : []),
    ];
    return { level: levels[String(level)] ?? '', text: [message, ...fields].join(' ').trimStart() };
  } catch (error) {
    // A line that was cut off, or no log line at all.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function trouble(kind: Trouble): CloudflaredSign {
  return { sign: 'trouble', kind };
}

function first(rules: readonly (readonly [RegExp, CloudflaredSign])[], text: string): CloudflaredSign | null {
  return rules.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

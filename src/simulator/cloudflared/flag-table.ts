import { atLeast } from './version.ts';

/** Where a flag may stand: before the subcommand (`tunnel --metrics …`), or after `run`. */
export type Place = 'tunnel' | 'run' | 'ready';

export interface Flag {
  name: string;
  aliases: readonly string[];
  /** A switch takes no value of its own; `--switch=false` is allowed. */
  isSwitch: boolean;
  /** The environment variable that sets it when the command line does not. */
  env: string | null;
  /** The first version that knows it; null: every version we play. */
  since: string | null;
}

const flag = (name: string, more: Partial<Omit<Flag, 'name'>> = {}): Flag => ({
  name,
  aliases: [],
  isSwitch: false,
  env: null,
  since: null,
  ...more,
});
const onOff = (name: string, more: Partial<Omit<Flag, 'name'>> = {}): Flag =>
  flag(name, { isSwitch: true, ...more });

/** Where the traffic goes: the only group that both `tunnel` and `tunnel run` take. */
const origin = [
  flag('url', { env: 'TUNNEL_URL' }),
  onOff('hello-world', { env: 'TUNNEL_HELLO_WORLD' }),
  flag('http-host-header', { env: 'TUNNEL_HTTP_HOST_HEADER' }),
  flag('origin-server-name', { env: 'TUNNEL_ORIGIN_SERVER_NAME' }),
  flag('unix-socket', { env: 'TUNNEL_UNIX_SOCKET' }),
  onOff('no-tls-verify', { env: 'NO_TLS_VERIFY' }),
  onOff('no-chunked-encoding', { env: 'TUNNEL_NO_CHUNKED_ENCODING' }),
];
const transport = [
  flag('protocol', { aliases: ['p'], env: 'TUNNEL_TRANSPORT_PROTOCOL' }),
  onOff('post-quantum', { aliases: ['pq'], env: 'TUNNEL_POST_QUANTUM' }),
  flag('features', { aliases: ['F'] }),
  flag('credentials-file', { aliases: ['cred-file'], env: 'TUNNEL_CRED_FILE' }),
];

const flags: Record<Place, readonly Flag[]> = {
  tunnel: [
    ...origin,
    ...transport,
    flag('config'),
    onOff('no-autoupdate', { env: 'NO_AUTOUPDATE' }),
    flag('autoupdate-freq'),
    onOff('no-prechecks', { env: 'TUNNEL_NO_PRECHECKS', since: '2026.5.0' }),
    flag('metrics', { env: 'TUNNEL_METRICS' }),
    flag('pidfile', { env: 'TUNNEL_PIDFILE' }),
    flag('loglevel', { env: 'TUNNEL_LOGLEVEL' }),
    flag('transport-loglevel', { aliases: ['proto-loglevel'], env: 'TUNNEL_TRANSPORT_LOGLEVEL' }),
    flag('logfile', { env: 'TUNNEL_LOGFILE' }),
    flag('log-directory', { env: 'TUNNEL_LOGDIRECTORY' }),
    flag('output', { env: 'TUNNEL_LOG_OUTPUT', since: '2025.6.1' }),
    flag('region', { env: 'TUNNEL_REGION' }),
    flag('edge', { env: 'TUNNEL_EDGE' }),
    flag('edge-ip-version', { env: 'TUNNEL_EDGE_IP_VERSION', since: '2022.6.0' }),
    flag('edge-bind-address', { env: 'TUNNEL_EDGE_BIND_ADDRESS' }),
    flag('hostname', { env: 'TUNNEL_HOSTNAME' }),
    flag('name', { aliases: ['n'], env: 'TUNNEL_NAME' }),
    flag('retries', { env: 'TUNNEL_RETRIES' }),
    flag('ha-connections'),
    flag('grace-period', { env: 'TUNNEL_GRACE_PERIOD' }),
    flag('label'),
    flag('tag', { env: 'TUNNEL_TAG' }),
  ],
  run: [
    ...origin,
    ...transport,
    flag('token', { env: 'TUNNEL_TOKEN' }),
    flag('token-file', { env: 'TUNNEL_TOKEN_FILE', since: '2025.4.0' }),
  ],
  ready: [],
};

/** The flags that a version of cloudflared knows at this place. */
export function flagsOf(place: Place, version: string): Flag[] {
  return flags[place].filter((known) => known.since === null || atLeast(version, known.since));
}

import type { Connect } from './edge-protocol.ts';
import { box, type Entry, goDuration } from './log.ts';

/**
 * Every message that the simulated cloudflared logs. The texts are the protocol here: they are those of the recordings
 * of version 2026.8.2 (src/main/services/testing/cloudflared), and a test holds them together.
 */

const info = (message: string, fields: Entry['fields'] = {}): Entry => ({ level: 'info', message, fields });
const warn = (message: string, fields: Entry['fields'] = {}): Entry => ({ level: 'warn', message, fields });
const error = (message: string, fields: Entry['fields'] = {}): Entry => ({ level: 'error', message, fields });

/** An address of the edge, as in the log; nothing is ever sent there. */
const ip = '198.41.192.57';
const dns =
  'lookup _v2-origintunneld._tcp.argotunnel.com on 192.0.2.53:53: dial udp 192.0.2.53:53: connect: network is unreachable';
const of = (connIndex: number) => ({ connIndex, event: 0, ip });

export const disclaimer = info(
  'Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick way to experiment and try it out. However, be aware that these account-less Tunnels have no uptime guarantee, are subject to the Cloudflare Online Services Terms of Use (https://www.cloudflare.com/website-terms/), and Cloudflare reserves the right to investigate your use of Tunnels for violations of such terms. If you intend to use Tunnels in production you should use a pre-created named tunnel by following: https://developers.cloudflare.com/cloudflare-one/connections/connect-apps',
);
export const requesting = info('Requesting new quick Tunnel on trycloudflare.com...');
export const notUnderstood = (body: string, problem: string, status: string): Entry =>
  error(`Error unmarshaling QuickTunnel response: ${body}`, { error: problem, status_code: status });

export const address = (host: string): Entry[] =>
  box([
    'Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):',
    `https://${host}`,
  ]).map((line) => info(line));

export const startingNamed = (tunnelId: string): Entry => info('Starting tunnel', { tunnelID: tunnelId });
export const noConfig = info(
  'Cannot determine default configuration path. No file [config.yml config.yaml] in [~/.cloudflared ~/.cloudflare-warp ~/cloudflare-warp /etc/cloudflared /usr/local/etc/cloudflared]',
);
export const emptyConfig = (file: string): Entry => error(`Configuration file ${file} was empty`);
/** A map as Go prints it: `map[a:1 b:2]`. */
const goMap = (values: ReadonlyMap<string, string>): string =>
  `map[${[...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value}`)
    .join(' ')}]`;

export function banner(of: {
  version: string;
  checksum: string;
  settings: ReadonlyMap<string, string>;
  environment: ReadonlyMap<string, string>;
  connectorId: string;
  protocol: string;
}): Entry[] {
  return [
    info(`Version ${of.version} (Checksum ${of.checksum})`),
    info('GOOS: linux, GOVersion: go1.26.10, GoArch: amd64'),
    ...(of.settings.size > 0 ? [info(`Settings: ${goMap(of.settings)}`)] : []),
    ...(of.environment.size > 0 ? [info(`Environmental variables ${goMap(of.environment)}`)] : []),
    info(`Generated Connector ID: ${of.connectorId}`),
    info(`Initial protocol ${of.protocol}`),
    info('ICMP proxy will use 0.0.0.0 as source for IPv4'),
    info('ICMP proxy will use ::1 in zone lo as source for IPv6'),
  ];
}

export const metricsServer = (address: string): Entry =>
  info(`Starting metrics server on ${address}/metrics`);
export const metricsTaken = (problem: string): Entry =>
  error('Error opening metrics server listener', { error: problem });
export const metricsStopped = info('Metrics server stopped');
export const tunnelStopped = info('Tunnel server stopped');

export const edgeDns: readonly Entry[] = [
  error('edge discovery: error looking up Cloudflare edge IPs: the DNS query failed', {
    error: dns,
    event: 0,
  }),
  ...[
    'Please try the following things to diagnose this issue:',
    '  1. ensure that argotunnel.com is returning "origintunneld" service records.',
    "     Run your system's equivalent of: dig srv _origintunneld._tcp.argotunnel.com",
    '  2. ensure that your DNS resolver is not returning compressed SRV records.',
    '     See GitHub issue https://github.com/golang/go/issues/27546',
    "     For example, you could use Cloudflare's 1.1.1.1 as your resolver:",
    '     https://developers.cloudflare.com/1.1.1.1/setting-up-1.1.1.1/',
  ].map((line) => error(line, { event: 0 })),
];
export const edgeDnsReason = `Could not lookup srv records on _v2-origintunneld._tcp.argotunnel.com: ${dns}`;
export const shuttingDown = (problem: string): Entry => error('Initiating shutdown', { error: problem });

export const dialling = (connIndex: number): Entry =>
  info('Tunnel connection curve preferences: [X25519MLKEM768 CurveID(65074) CurveP256]', of(connIndex));
export const registered = (
  connIndex: number,
  more: Pick<Connect, 'protocol'> & { connection: string; location: string },
): Entry => info('Registered tunnel connection', { ...of(connIndex), ...more });
export const retrying = (connIndex: number, ms: number): Entry =>
  info(`Retrying connection in up to ${goDuration(ms)}`, of(connIndex));

/** TCP to the edge is refused. */
export function refused(connIndex: number): Entry[] {
  const problem = { error: `DialContext error: dial tcp ${ip}:7844: connect: connection refused` };
  return [
    error('Unable to establish connection with Cloudflare edge', { ...problem, ...of(connIndex) }),
    error('Serve tunnel error', { ...problem, ...of(connIndex) }),
  ];
}

/** UDP to the edge vanishes. */
export const vanished = (connIndex: number): Entry =>
  error('Failed to dial a quic connection', {
    error: 'failed to dial to edge with quic: timeout: no recent network activity',
    ...of(connIndex),
  });
export const fallback = (connIndex: number): Entry[] => [
  warn(
    'If this log occurs persistently, and cloudflared is unable to connect to Cloudflare Network with `quic` protocol, then most likely your machine/network is getting its egress UDP to port 7844 (or others) blocked or dropped. Make sure to allow egress connectivity as per https://developers.cloudflare.com/cloudflare-one/connections/connect-apps/configuration/ports-and-ips/\nIf you are using private routing to this Tunnel, then ICMP, UDP (and Private DNS Resolution) will not work unless your cloudflared can connect with Cloudflare Network with `quic`.',
    of(connIndex),
  ),
  info('Switching to fallback protocol http2', of(connIndex)),
];

export const unauthorized = error('failed to serve incoming request', {
  error: 'Unauthorized: Tunnel not found',
});

const closed = 'connection with edge closed';
export const lost = (connIndex: number): Entry[] => [
  info('Lost connection with the edge', { connIndex }),
  warn('Serve tunnel error', { error: closed, ...of(connIndex) }),
];
export const terminated = (connIndex: number, problem: string | null = closed): Entry =>
  error('Connection terminated', { ...(problem === null ? {} : { error: problem }), connIndex });
export const cancelled = error('failed to serve incoming request', {
  error: 'Error shutting down control stream: context canceled',
});
export const noMoreConnections = error('no more connections active and exiting');

export const graceful = (signal: 'terminated' | 'interrupt'): Entry =>
  info(`Initiating graceful shutdown due to signal ${signal} ...`);
export const unregistered = (connIndex: number): Entry =>
  info('Unregistered tunnel connection', of(connIndex));

/** A request that got no answer from what the tunnel leads to. */
export function originFailed(problem: string, at: { event: number; rule: number; service: string }): Entry[] {
  const fields = { connIndex: 0, event: at.event, ingressRule: at.rule, originService: at.service };
  return [
    error('', { error: problem, ...fields }),
    error('failed to serve incoming request', { error: `Failed to proxy HTTP: ${problem}` }),
  ];
}
export const unreachable = (cause: string): string =>
  `Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: ${cause}`;

/** Of a named tunnel that is set up at Cloudflare. */
export const newConfiguration = (config: string): Entry =>
  info('Updated to new configuration', { config, version: 1 });

/** The second frame, of versions that look at the network first (B1); its lines are those of 2026.7 and later. */
export function prechecks(protocol: string, runId: string): Entry[] {
  const regions = ['region1.v2.argotunnel.com', 'region2.v2.argotunnel.com'];
  const checks: [string, string, string][] = [
    ...regions.map((target): [string, string, string] => [
      'DNS Resolution',
      target,
      'DNS Resolved successfully',
    ]),
    ...regions.map((target): [string, string, string] => [
      'UDP Connectivity',
      target,
      'QUIC connection successful',
    ]),
    ...regions.map((target): [string, string, string] => [
      'TCP Connectivity',
      target,
      'HTTP/2 connection successful',
    ]),
    ['Cloudflare API', 'api.cloudflare.com:443', 'API is reachable'],
  ];
  const row = (component: string, target: string, status: string, details: string): string =>
    `${component.padEnd(18)}${target.padEnd(27)}${status.padEnd(8)}${details}`;
  const rows = [
    row('COMPONENT', 'TARGET', 'STATUS', 'DETAILS'),
    ...checks.map(([component, target, details]) => row(component, target, 'PASS', details)),
    '',
    `SUMMARY: Environment is healthy. cloudflared will use '${protocol}' as primary protocol.`,
  ];
  return [
    ...box(rows, 'CONNECTIVITY PRE-CHECKS').map((line) => info(line)),
    ...checks.map(([component, target, details]) =>
      info('precheck', { component, details, run_id: runId, status: 'pass', target }),
    ),
    info('precheck complete', { hard_fail: false, run_id: runId, suggested_protocol: protocol }),
  ];
}

export const missingUrl = `You did not specify any valid additional argument to the cloudflared tunnel command.

If you are trying to run a Quick Tunnel then you need to explicitly pass the --url flag.
Eg. cloudflared tunnel --url localhost:8080/.

Please note that Quick Tunnels are meant to be ephemeral and should only be used for testing purposes.
For production usage, we recommend creating Named Tunnels. (https://developers.cloudflare.com/cloudflare-one/connections/connect-apps/install-and-setup/tunnel-guide/)
`;

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { digest } from '../chance.ts';
import { type Connections, keepConnections } from './connections.ts';
import type { Console } from './console.ts';
import { edgeClient } from './edge-client.ts';
import * as say from './messages.ts';
import { type MetricsFacts, type MetricsServer, startMetrics } from './metrics-server.ts';
import { startOriginProxy } from './origin-proxy.ts';
import { type Play, playing } from './play.ts';
import { createQuickTunnel } from './quick-tunnel.ts';
import { times } from './scenarios.ts';
import type { TunnelSettings } from './settings.ts';

type Signal = 'terminated' | 'interrupt';

export interface Signals {
  /** Resolves with the first signal that asks to end. A second one kills, unless `ignore` was called. */
  first: Promise<Signal>;
  ignore(): void;
}

/** Runs a tunnel until it ends by itself or is told to; the exit code. What it says is in the order of the recordings. */
export async function runTunnel(
  settings: TunnelSettings,
  play: Play & { edgePort: number },
  out: Console,
  signals: Signals,
): Promise<number> {
  const { log } = out;
  const edge = edgeClient(play.edgePort);
  // No edge to ask: then this process plays what it was told, and meets the same closed door at the next step.
  const scenario = await edge.start({ pid: process.pid, scenario: play.scenario }).catch(() => play.scenario);
  const now = playing(scenario);
  const death = Promise.withResolvers<'dies'>();
  const manners = (): void => {
    if (now.has('silent')) out.silence();
    if (now.has('chatty')) out.chatter();
    if (now.has('stubborn')) signals.ignore();
  };
  manners();

  if (settings.emptyConfig !== null) log(say.emptyConfig(settings.emptyConfig));
  const quick = settings.named === null;
  const tunnel =
    settings.named === null
      ? await createQuickTunnel(edge, scenario, now, log)
      : { id: settings.named, host: play.hostname };
  if ('failed' in tunnel) {
    out.last(tunnel.failed);
    return 1;
  }
  const connectorId = randomUUID();
  introduce(settings, play.version, connectorId, out);
  if (now.has('url-then-exit')) return edgeUnknown(out);

  let rules = settings.rules;
  const proxy = await startOriginProxy(() => rules, log);
  let connections: Connections | null = null;
  const metrics = await openMetrics(now.has('metrics-busy'), settings.metrics, out, {
    ...{ connectorId, host: quick ? tunnel.host : '', version: play.version },
    readyConnections: () => connections?.open().length ?? 0,
    requests: proxy.requests,
  });
  if (metrics === null) return 1;

  const stop = new AbortController();
  const wait = (ms: number): Promise<void> => sleep(ms / play.speed, undefined, { signal: stop.signal });
  const later = (ms: number, what: () => void): void => void wait(ms).then(what, () => undefined);
  const runId = randomUUID();
  if (settings.prechecks) {
    later(times.precheck, () => say.prechecks(initial(settings), runId).forEach(log));
  }
  connections = keepConnections({
    ...{ settings, edge, log, wait, ending: () => stop.signal.aborted },
    connect: {
      ...{ tunnelId: tunnel.id, connectorId, scenario, pid: process.pid },
      ...{ proxyPort: proxy.port, hostname: quick ? null : tunnel.host },
    },
    firstUp: () => {
      if (settings.pidfile !== null) writeFileSync(settings.pidfile, String(process.pid));
      if (!quick && play.service !== null) {
        rules = setAtCloudflare(tunnel.host, play.service);
        log(say.newConfiguration(JSON.stringify({ ingress: rules })));
      }
      if (now.has('ready-then-dead')) later(times.goesWell, () => death.resolve('dies'));
      if (now.has('rotating')) later(times.rotates, () => death.resolve('dies'));
    },
    played: (next) => {
      now.set(next);
      manners();
      if (now.has('ready-then-dead') || now.has('rotating')) death.resolve('dies');
    },
  });

  const why = await Promise.race([death.promise, signals.first]);
  stop.abort();
  if (why === 'dies') {
    for (const entry of [say.noMoreConnections, say.tunnelStopped, say.metricsStopped]) log(entry);
    return 1;
  }
  await endGracefully(why, settings.graceMs / play.speed, connections, out, async () => {
    proxy.close();
    await metrics.close();
  });
  return 0;
}

const initial = (settings: TunnelSettings): 'quic' | 'http2' =>
  settings.protocol === 'http2' ? 'http2' : 'quic';

/** What its owner set at Cloudflare for a named tunnel; the last rule is always there. */
const setAtCloudflare = (hostname: string, service: string) => [
  { hostname, service },
  { hostname: null, service: 'http_status:404' },
];

/** What is said between the address and the first connection. */
function introduce(settings: TunnelSettings, version: string, connectorId: string, out: Console): void {
  if (settings.named !== null) out.log(say.startingNamed(settings.named));
  else if (!settings.configured) out.log(say.noConfig);
  const banner = say.banner({
    ...{ version, connectorId, checksum: digest('cloudflared', version) },
    ...{ settings: settings.shown, environment: settings.environment, protocol: initial(settings) },
  });
  banner.forEach(out.log);
}

/** The address was shown, and then the names of the edge cannot be found. */
function edgeUnknown(out: Console): number {
  [...say.edgeDns, say.tunnelStopped, say.shuttingDown(say.edgeDnsReason)].forEach(out.log);
  out.last(say.edgeDnsReason);
  return 1;
}

/** Null, and said so, when its port is taken. `refuse`: as if it were. */
async function openMetrics(
  refuse: boolean,
  wanted: string | null,
  out: Console,
  facts: MetricsFacts,
): Promise<MetricsServer | null> {
  const server = refuse ? 'taken' : await startMetrics(wanted, facts);
  if (server !== 'taken') {
    out.log(say.metricsServer(server.address));
    return server;
  }
  const place = wanted ?? '127.0.0.1:20241';
  const problem = `failed to bind to address (${place}): listen tcp ${place}: bind: address already in use`;
  out.log(say.metricsTaken(problem));
  out.last(`Error opening metrics server listener: ${problem}`);
  return null;
}

/**
 * Gives the connections back and leaves requests on their way `graceMs` to end, as the edge keeps an http2 connection
 * open for as long. Without grace everything is cut off, which reads like an error and is none.
 */
async function endGracefully(
  signal: Signal,
  graceMs: number,
  connections: Connections,
  out: Console,
  close: () => Promise<void>,
): Promise<void> {
  const open = connections.open();
  out.log(say.graceful(signal));
  connections.end();
  if (graceMs > 0) {
    for (const connIndex of open) out.log(say.unregistered(connIndex));
    await sleep(graceMs);
  }
  await close();
  out.log(say.metricsStopped);
  if (graceMs === 0) {
    open.flatMap((connIndex) => [say.cancelled, say.terminated(connIndex, null)]).forEach(out.log);
    out.log(say.noMoreConnections);
  }
  out.log(say.tunnelStopped);
}

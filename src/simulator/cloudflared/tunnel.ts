import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { digest } from '../chance.ts';
import { keepConnection } from './connection.ts';
import type { Console } from './console.ts';
import { edgeClient, type Registered } from './edge-client.ts';
import * as say from './messages.ts';
import { type MetricsServer, startMetrics } from './metrics-server.ts';
import { startOriginProxy } from './origin-proxy.ts';
import { type Play, playing } from './play.ts';
import { createQuickTunnel } from './quick-tunnel.ts';
import { times } from './scenarios.ts';
import type { TunnelSettings } from './settings.ts';

/** Why a running tunnel comes to its end. */
export type Ending = { why: 'signal'; signal: 'terminated' | 'interrupt' } | { why: 'dies' };

export interface Signals {
  /** Resolves with the first signal that asks to end. A second one kills, unless `ignore` was called. */
  first: Promise<'terminated' | 'interrupt'>;
  ignore(): void;
}

/** Runs a tunnel until it ends by itself or is told to; the exit code. */
export async function runTunnel(
  settings: TunnelSettings,
  play: Play & { edgePort: number },
  out: Console,
  signals: Signals,
): Promise<number> {
  const log = out.log;
  const edge = edgeClient(play.edgePort);
  const scenario = await edge.start({ pid: process.pid, scenario: play.scenario }).catch(() => play.scenario);
  const now = playing(scenario);
  const connectorId = randomUUID();

  let dies: () => void = () => undefined;
  const death = new Promise<Ending>((resolve) => {
    dies = () => resolve({ why: 'dies' });
  });
  const applyManners = (): void => {
    if (now.has('silent')) out.silence();
    if (now.has('chatty')) out.chatter();
    if (now.has('stubborn')) signals.ignore();
  };
  applyManners();

  if (settings.emptyConfig !== null) log(say.emptyConfig(settings.emptyConfig));
  const tunnel =
    settings.named === null
      ? await createQuickTunnel(edge, scenario, now, log)
      : { id: settings.named, host: play.hostname };
  if ('failed' in tunnel) {
    out.last(tunnel.failed);
    return 1;
  }
  if (settings.named !== null) log(say.startingNamed(settings.named));
  else if (!settings.configured && settings.emptyConfig === null) log(say.noConfig);
  let rules = settings.rules;
  for (const entry of say.banner({
    ...{ version: play.version, checksum: digest('cloudflared', play.version), connectorId },
    ...{ settings: settings.shown, environment: settings.environment },
    protocol: settings.protocol === 'http2' ? 'http2' : 'quic',
  })) {
    log(entry);
  }
  if (now.has('url-then-exit')) {
    for (const entry of say.edgeDns) log(entry);
    log(say.tunnelStopped);
    log(say.shuttingDown(say.edgeDnsReason));
    out.last(say.edgeDnsReason);
    return 1;
  }

  const proxy = await startOriginProxy(() => rules, log);
  const connections = new Map<number, Registered>();
  let metrics: MetricsServer;
  try {
    if (now.has('metrics-busy')) throw Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
    metrics = await startMetrics(settings.metrics, {
      ...{ connectorId, host: settings.named === null ? tunnel.host : '', version: play.version },
      readyConnections: () => connections.size,
      requests: proxy.requests,
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const place = settings.metrics ?? '127.0.0.1:20241';
    const problem = `failed to bind to address (${place}): listen tcp ${place}: bind: address already in use`;
    log(say.metricsTaken(problem));
    out.last(`Error opening metrics server listener: ${problem}`);
    return 1;
  }
  log(say.metricsServer(metrics.address));

  const stop = new AbortController();
  const wait = (ms: number): Promise<void> => sleep(ms / play.speed, undefined, { signal: stop.signal });
  if (settings.prechecks) {
    void wait(times.precheck).then(
      () => say.prechecks(settings.protocol === 'http2' ? 'http2' : 'quic', randomUUID()).forEach(log),
      () => undefined,
    );
  }
  const played = (next: string): void => {
    now.set(next);
    applyManners();
    if (now.has('ready-then-dead') || now.has('rotating')) dies();
  };
  let been = false;
  const firstUp = (): void => {
    been = true;
    if (settings.pidfile !== null) writeFileSync(settings.pidfile, String(process.pid));
    if (settings.named !== null && play.service !== null) {
      rules = [
        { hostname: tunnel.host, service: play.service },
        { hostname: null, service: 'http_status:404' },
      ];
      log(say.newConfiguration(JSON.stringify({ ingress: rules })));
    }
    const life = now.has('ready-then-dead') ? times.goesWell : now.has('rotating') ? times.rotates : null;
    if (life !== null) void wait(life).then(dies, () => undefined);
  };
  for (let connIndex = 0; connIndex < settings.connections; connIndex++) {
    void keepConnection({
      ...{ connIndex, log, wait, draw: Math.random },
      ...{ protocol: settings.protocol, retries: settings.retries, ending: () => stop.signal.aborted },
      dial: (protocol) =>
        edge.dial(
          {
            ...{ tunnelId: tunnel.id, connIndex, connectorId, protocol, scenario },
            ...{
              pid: process.pid,
              proxyPort: proxy.port,
              hostname: settings.named === null ? null : tunnel.host,
            },
          },
          played,
        ),
      up: (connection) => {
        connections.set(connIndex, connection);
        if (!been) firstUp();
      },
      down: () => connections.delete(connIndex),
    }).catch((error: unknown) => {
      // Its waiting was cut short: the process ends.
      if (!stop.signal.aborted) throw error;
    });
  }

  const ending = await Promise.race([
    death,
    signals.first.then((signal): Ending => ({ why: 'signal', signal })),
  ]);
  const open = [...connections];
  if (ending.why === 'dies') {
    stop.abort();
    for (const entry of [say.noMoreConnections, say.tunnelStopped, say.metricsStopped]) log(entry);
    return 1;
  }
  log(say.graceful(ending.signal));
  stop.abort();
  const grace = settings.graceMs / play.speed;
  if (grace > 0) for (const [connIndex] of open) log(say.unregistered(connIndex));
  for (const [, connection] of open) connection.end();
  // Requests on their way may end in this time; the edge sends no new ones.
  if (grace > 0) await sleep(grace);
  await metrics.close();
  proxy.close();
  log(say.metricsStopped);
  if (grace === 0) {
    for (const [connIndex] of open)
      for (const entry of [say.cancelled, say.terminated(connIndex, null)]) log(entry);
    log(say.noMoreConnections);
  }
  log(say.tunnelStopped);
  return 0;
}

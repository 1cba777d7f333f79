import type { PublicProbe } from './public-probe.ts';
import type { TunnelMetrics } from './tunnel-metrics.ts';
import type { Found, TunnelEffect, TunnelState } from './tunnel-state.ts';

/** One look at everything that tells how the tunnel is, all at once. Rejects by the signal. */
export async function lookAtTunnel(
  { metricsPort, url, plan }: Pick<TunnelState, 'metricsPort' | 'url' | 'plan'>,
  effect: Extract<TunnelEffect, { type: 'look' }>,
  by: { metrics: TunnelMetrics; probe: PublicProbe; originUp: () => boolean },
  signal: AbortSignal,
): Promise<Found> {
  const { metrics, probe, originUp } = by;
  const { probeOrigin, healthPaths } = plan;
  const [ready, hostname, seen] = await Promise.all([
    metricsPort === null ? ('unknown' as const) : metrics.ready(metricsPort, signal),
    metricsPort === null || !effect.hostname ? null : metrics.hostname(metricsPort, signal),
    url === null || !effect.public ? null : probe({ url, probeOrigin, healthPaths }, signal),
  ]);
  const answered = url === null || seen === null ? null : { url, ...seen };
  return { ready, hostname, public: answered, originUp: originUp() };
}

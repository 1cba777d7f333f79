import type {
  ConsumerView,
  LogLine,
  ServiceView,
  TunnelAddress,
  TunnelStage,
} from '../../shared/services.ts';
import type { PastView } from './service-history.ts';
import type { TunnelState } from './tunnel-state.ts';

const states: Record<TunnelStage, ServiceView['state']> = {
  stopped: 'stopped',
  spawning: 'starting',
  'url-assigned': 'starting',
  registered: 'starting',
  settling: 'starting',
  verified: 'ready',
  degraded: 'unhealthy',
  restarting: 'unhealthy',
  backoff: 'unhealthy',
  stopping: 'stopping',
  failed: 'failed',
};

export const tunnelServiceState = (stage: TunnelStage): ServiceView['state'] => states[stage];

/** The state of the tunnel as the window and the command line show it. */
export function tunnelView(
  state: TunnelState,
  more: { log: LogLine[]; past: PastView; address: TunnelAddress | null; consumers: ConsumerView[] },
): ServiceView {
  const { plan, lastProbe, nextAttemptAt, phase } = state;
  return {
    name: 'tunnel',
    desired: state.desired,
    state: states[phase],
    url: state.url,
    pid: state.child?.pid ?? null,
    adopted: false,
    demo: false,
    since: iso(state.since),
    restarts: state.restarts,
    lastProbe: lastProbe && { ...lastProbe, at: iso(lastProbe.at) },
    nextAttemptAt: nextAttemptAt === null ? null : iso(nextAttemptAt),
    // Before anybody asked for a tunnel, having none set up is no problem; a missing program is worth telling.
    problem: state.problem ?? (phase === 'stopped' && plan.mode !== 'none' ? plan.problem : null),
    startWill: startWill(state),
    supervisor: null,
    tunnel: { mode: plan.mode, stage: phase, address: more.address, consumers: more.consumers },
    ...more.past,
    log: more.log,
  };
}

/** What pressing Start would do now. */
function startWill({ plan, desired, phase }: TunnelState): ServiceView['startWill'] {
  if (plan.problem !== null) return 'nothing';
  const idle: TunnelStage[] = ['stopped', 'failed', 'backoff'];
  if (desired === 'up' && !idle.includes(phase)) return 'nothing';
  return plan.mode === 'url' ? 'adopt' : 'command';
}

/** What the log says when a stage begins; null: nothing. */
export function stageNote(state: TunnelState, now: number): string | null {
  switch (state.phase) {
    case 'spawning':
      return `Starting cloudflared (${state.failedStarts % 2 === 0 ? 'http2' : 'quic'}).`;
    case 'url-assigned':
      return `The address is ${state.url}; it is not connected yet.`;
    case 'settling':
      return `Looking whether ${state.url} answers.`;
    case 'verified':
      return `${state.url} answers.`;
    case 'degraded':
    case 'failed':
      return state.problem?.message ?? null;
    case 'backoff':
    case 'restarting': {
      const seconds = Math.max(0, (state.nextAttemptAt ?? now) - now) / 1000;
      return `${state.problem?.message ?? 'The settings changed.'} Next start in ${seconds.toFixed(1)} s.`;
    }
    case 'stopping':
      return 'Stopping.';
    case 'stopped':
      return 'Stopped.';
    case 'registered':
      return null;
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

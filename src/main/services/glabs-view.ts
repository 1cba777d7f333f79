import type { LogLine, ServiceView } from '../../shared/services.ts';
import type { GlabsState, Phase } from './glabs-state.ts';
import type { PastView } from './service-history.ts';

const states: Record<Phase, ServiceView['state']> = {
  stopped: 'stopped',
  looking: 'starting',
  starting: 'starting',
  ready: 'ready',
  unhealthy: 'unhealthy',
  waiting: 'unhealthy',
  stopping: 'stopping',
  failed: 'failed',
  foreign: 'foreign',
};

export const serviceState = (phase: Phase): ServiceView['state'] => states[phase];

/** The state of G-Labs as the window and the command line show it. */
export function glabsView(state: GlabsState, log: LogLine[], past: PastView): ServiceView {
  const { lastProbe, nextAttemptAt } = state;
  return {
    name: 'glabs',
    desired: state.desired,
    state: states[state.phase],
    url: state.plan.url,
    pid: state.child?.pid ?? state.adoptedPid,
    adopted: state.adopted,
    demo: state.demo,
    since: iso(state.since),
    restarts: state.restarts,
    lastProbe: lastProbe && {
      at: iso(lastProbe.at),
      ok: lastProbe.outcome.kind === 'up',
      ms: lastProbe.outcome.ms,
      message: lastProbe.outcome.message,
    },
    nextAttemptAt: nextAttemptAt === null ? null : iso(nextAttemptAt),
    problem: state.problem ?? (state.phase === 'ready' ? state.keyProblem : null),
    startWill: startWill(state),
    supervisor: null,
    tunnel: null,
    ...past,
    log,
  };
}

/** What pressing Start would do now. */
function startWill(state: GlabsState): ServiceView['startWill'] {
  const { launch, url } = state.plan;
  const underWay: Phase[] = ['looking', 'starting', 'ready', 'waiting', 'stopping'];
  if (state.desired === 'up' && underWay.includes(state.phase)) return 'nothing';
  if (state.lastProbe?.outcome.kind === 'up' || launch === 'none') return 'adopt';
  return launch === 'demo' && state.realSeenAt === url ? 'adopt' : launch;
}

/** What the log says when a phase begins; null: nothing. `command`: name of the program, without its arguments. */
export function phaseNote(
  state: GlabsState,
  before: GlabsState,
  command: string,
  now: number,
): string | null {
  switch (state.phase) {
    case 'starting':
      if (state.child?.taken)
        return `Process ${state.child.pid}, which an earlier Flowdeck left running, is watched again.`;
      return state.demo ? 'Starting the built-in simulator (demo).' : `Starting ${command}.`;
    case 'ready': {
      const what = state.demo ? 'A simulator (demo)' : 'G-Labs';
      return state.adopted
        ? `${what} was found running at ${state.plan.url}; Flowdeck did not start it.`
        : `${what} is ready.`;
    }
    case 'waiting': {
      const seconds = Math.max(0, (state.nextAttemptAt ?? now) - now) / 1000;
      return `${state.problem?.message ?? ''} Next start in ${seconds.toFixed(1)} s.`;
    }
    case 'stopping':
      return 'Stopping.';
    case 'stopped':
      return before.adopted ? 'Let go. It runs on, since Flowdeck did not start it.' : 'Stopped.';
    case 'unhealthy':
    case 'failed':
    case 'foreign':
      return state.problem?.message ?? null;
    case 'looking':
      return null;
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

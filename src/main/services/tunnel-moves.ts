import type { Problem, TunnelStage } from '../../shared/services.ts';
import type { Trouble } from './cloudflared-lines.ts';
import { limitWait, nextDelay, onlyWaitingHelps, quickFailuresUntilFailed } from './tunnel-pace.ts';
import {
  fresh,
  type TimerName,
  type TunnelEffect,
  type TunnelState,
  type TunnelTimes,
} from './tunnel-state.ts';
import { problems } from './tunnel-words.ts';

export interface TunnelStep {
  state: TunnelState;
  effects: TunnelEffect[];
}

export interface TunnelContext {
  /** Milliseconds since the epoch. */
  now: number;
  /** In [0, 1). */
  random: number;
  /** Whether this machine has a network that a tunnel could use. */
  online: boolean;
  times: TunnelTimes;
}

export const nothing = (state: TunnelState): TunnelStep => ({ state, effects: [] });

/** Misses of before do not count. */
export function calmed(state: TunnelState): TunnelState {
  return { ...state, misses: 0, firstMissAt: null, rechecking: false };
}

/** The moves that the reducer is made of: entering a stage, looking, waiting, giving up what runs. */
export class TunnelMoves {
  protected readonly state: TunnelState;
  protected readonly context: TunnelContext;

  constructor(state: TunnelState, context: TunnelContext) {
    this.state = state;
    this.context = context;
  }

  protected wait(
    state: TunnelState,
    ms: number,
    waitingFor: 'pause' | 'network' | 'leave',
    problem: Problem,
  ): TunnelStep {
    const nextAttemptAt = this.context.now + ms;
    const waiting = { ...this.enter(state, 'backoff', true), nextAttemptAt, waitingFor, problem };
    return { state: waiting, effects: [this.timerFor(waiting, 'restart', ms)] };
  }

  /** It ended, or it is of no use any more: once more after a pause, or no more. */
  protected failed(state: TunnelState, trouble: Trouble | null, problem: Problem): TunnelStep {
    const { now, random, times } = this.context;
    const steady = state.verifiedSince !== null && now - state.verifiedSince >= times.steady;
    const patience = onlyWaitingHelps(trouble);
    const beforeEdge: TunnelStage[] = ['spawning', 'url-assigned'];
    const failures = (steady ? 0 : state.failures) + 1;
    const lasted = state.verifiedSince !== null && now - state.verifiedSince >= times.quick;
    const quickFailures = lasted ? 0 : state.quickFailures + (patience ? 0 : 1);
    const counted: TunnelState = {
      ...state,
      ...fresh(),
      failures,
      quickFailures,
      failedStarts:
        beforeEdge.includes(state.phase) && !patience ? state.failedStarts + 1 : state.failedStarts,
      reason: problem.message,
    };
    if (trouble === 'bad-token') {
      return this.endChild({ ...this.enter(counted, 'failed', true), problem }, 'failed');
    }
    if (quickFailures >= quickFailuresUntilFailed) {
      const words = problems.tooOften(quickFailures, problem);
      return this.endChild({ ...this.enter(counted, 'failed', true), problem: words }, 'failed');
    }
    const limited = state.plan.mode === 'quick' ? limitWait(state.creations, now, times) : 0;
    const ms = Math.max(nextDelay(failures, random, times), limited);
    const waitingFor = trouble === 'no-network' ? 'network' : patience ? 'leave' : 'pause';
    const waiting = this.wait(counted, ms, waitingFor, problem);
    const ended = this.endChild(waiting.state, 'restarting');
    return this.also(ended, waiting.effects);
  }

  /** Asks the process of ours to end, once; the phase is `phase` while it is there. */
  protected endChild(state: TunnelState, phase: TunnelStage): TunnelStep {
    const { child } = state;
    if (!child) return nothing(state);
    const entered = this.enter({ ...state, child: { ...child, ending: true } }, phase);
    return { state: entered, effects: child.ending ? [] : [{ type: 'end', generation: child.generation }] };
  }

  /** There is an address to look at. */
  protected watching(state: TunnelState): boolean {
    return ['settling', 'verified', 'degraded'].includes(state.phase);
  }

  /** Instead of the look that is due or under way; many of these before an answer are one. */
  protected lookNow(state: TunnelState): TunnelStep {
    const quiet = state.phase === 'settling' && this.context.now < state.quietUntil;
    if (state.hurried || quiet) return nothing(state);
    const hurried: TunnelState = { ...state, look: state.look + 1, hurried: true };
    return { state: hurried, effects: [this.lookEffect(hurried, true)] };
  }

  protected lookIn(state: TunnelState, ms: number): TunnelStep {
    const next: TunnelState = { ...state, look: state.look + 1 };
    return { state: next, effects: [this.timerFor(next, 'look', ms)] };
  }

  protected lookEffect(state: TunnelState, urgent = false): TunnelEffect {
    const { now, times } = this.context;
    const due =
      urgent ||
      state.phase !== 'verified' ||
      state.misses > 0 ||
      state.lastPublicAt === null ||
      now - state.lastPublicAt >= times.publicLook;
    const { generation, look } = state;
    const quick = state.plan.mode === 'quick' && !this.watching(state);
    return { type: 'look', generation, look, public: this.watching(state) && due, hostname: quick };
  }

  protected timerFor(state: TunnelState, name: TimerName, ms: number): TunnelEffect {
    return { type: 'timer', generation: state.generation, name, look: state.look, ms };
  }

  protected also(step: TunnelStep, effects: TunnelEffect[]): TunnelStep {
    return { state: step.state, effects: [...step.effects, ...effects] };
  }

  /** `renew`: what was under way is stale from now on. */
  protected enter(state: TunnelState, phase: TunnelStage, renew = false): TunnelState {
    const since = state.phase === phase ? state.since : this.context.now;
    return { ...state, phase, since, generation: renew ? state.generation + 1 : state.generation };
  }
}

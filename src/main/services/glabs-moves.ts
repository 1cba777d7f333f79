import { restartDelay } from './backoff.ts';
import type { FailureKind, GlabsEffect, GlabsState, Phase } from './glabs-state.ts';
import { type Problem, problems } from './glabs-words.ts';
import type { ProbeOutcome } from './probe.ts';

/** Milliseconds. behaviour.md §10. */
const probeEveryMs = 2000;
export const probeLimitMs = 3000;
/** Of one that was ready: three misses at one begin every 2 s are a hang, noticed within 8 s. */
const watchLimitMs = 1500;
export const healthyResetMs = 60_000;
const quickFailuresUntilFailed = 5;
/** A failure is quick when less health than this came before it. */
const quickMs = 5000;

export interface Step {
  state: GlabsState;
  effects: GlabsEffect[];
}

export const nothing = (state: GlabsState): Step => ({ state, effects: [] });

/** The moves that the supervision of G-Labs is made of. `now` in milliseconds since the epoch, `random` in [0, 1). */
export class GlabsMoves {
  protected readonly state: GlabsState;
  protected readonly now: number;
  protected readonly random: number;

  constructor(state: GlabsState, now: number, random: number) {
    this.state = state;
    this.now = now;
    this.random = random;
  }

  /** Our process ended or hangs: once more after a pause, or no more (behaviour.md §10). */
  protected failed(state: GlabsState, kind: FailureKind, problem: Problem): Step {
    const steady = state.readyAt !== null && this.now - state.readyAt >= healthyResetMs;
    const before = steady ? { couldNotStart: 0, neverReady: 0, died: 0 } : state.failures;
    const failures = { ...before, [kind]: before[kind] + 1 };
    const times = failures.couldNotStart + failures.neverReady + failures.died;
    // One that served for a while is worth another start, however often: the pauses grow all the same.
    const quick = state.readyAt === null || this.now - state.readyAt < quickMs;
    const quickFailures = quick ? state.quickFailures + 1 : 0;
    const counted: GlabsState = { ...state, failures, quickFailures, readyAt: null, misses: 0 };
    if (quickFailures >= quickFailuresUntilFailed) {
      const words = problems.tooOften(quickFailures, problem.message);
      return this.endChild({ ...this.enter(counted, 'failed', true), problem: words }, 'failed');
    }
    const ms = restartDelay(times, this.random);
    const waiting = { ...this.enter(counted, 'waiting', true), problem, nextAttemptAt: this.now + ms };
    const ended = this.endChild(waiting, 'waiting');
    return {
      ...ended,
      effects: [...ended.effects, { type: 'timer', generation: waiting.generation, name: 'restart', ms }],
    };
  }

  /** Looks what is on the port; starts nothing as long as a process of ours is there. */
  protected attempt(state: GlabsState): Step {
    const fresh: GlabsState = {
      ...state,
      plan: state.nextPlan ?? state.plan,
      nextPlan: null,
      adopted: false,
      adoptedPid: null,
      demo: false,
      misses: 0,
      readyAt: null,
      nextAttemptAt: null,
      keyProblem: null,
    };
    if (state.child) return this.endChild(this.enter(fresh, 'stopping', true), 'stopping');
    return this.probeNow(this.enter(fresh, 'looking', true));
  }

  /** Asks the process of ours to end, once; the phase is `phase` while it is there. */
  protected endChild(state: GlabsState, phase: Phase): Step {
    const { child } = state;
    if (!child) return nothing(state);
    const entered = this.enter({ ...state, child: { ...child, ending: true } }, phase);
    return { state: entered, effects: child.ending ? [] : [{ type: 'end', generation: child.generation }] };
  }

  protected probeNow(state: GlabsState): Step {
    const look = state.phase === 'foreign' || state.phase === 'looking';
    const limitMs = state.phase === 'ready' ? watchLimitMs : probeLimitMs;
    return { state, effects: [{ type: 'probe', generation: state.generation, look, limitMs }] };
  }

  protected askKey(step: Step): Step {
    const { generation } = step.state;
    return {
      state: { ...step.state, keyAskedAt: this.now },
      effects: [...step.effects, { type: 'check-key', generation }],
    };
  }

  /** The next look begins a span after the last one began, however long the answer took. */
  protected watchAgain(state: GlabsState, outcome: ProbeOutcome): Step {
    return this.again(state, Math.max(0, probeEveryMs - outcome.ms));
  }

  protected again(state: GlabsState, ms: number = probeEveryMs): Step {
    return { state, effects: [{ type: 'timer', generation: state.generation, name: 'probe', ms }] };
  }

  /** `renew`: what was under way is stale from now on. */
  protected enter(state: GlabsState, phase: Phase, renew = false): GlabsState {
    const since = state.phase === phase ? state.since : this.now;
    return { ...state, phase, since, generation: renew ? state.generation + 1 : state.generation };
  }
}
